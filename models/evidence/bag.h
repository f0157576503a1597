// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

/// BagIt (RFC 8493, and 0.97 as older bags are): every file is listed with its digest, and nothing
/// lies beside what is listed.
namespace exhibit::evidence {

/// The files of a bag, wherever they lie.
class BagFiles {
public:
    virtual ~BagFiles() = default;
    /// Paths below the bag's folder with '/', sorted.
    [[nodiscard]] virtual const std::vector<std::string>& names() const = 0;
    [[nodiscard]] virtual std::uint64_t size(const std::string& name) const = 0;
    /// A tag file; TooLarge beyond limits::kBagTagFileBytesMax.
    [[nodiscard]] virtual Result<Bytes> read(const std::string& name) const = 0;
    /// Lower-case hex by the name that manifests have for the algorithm.
    [[nodiscard]] virtual Result<std::string> digest(const std::string& name,
                                                     const std::string& algorithm) const = 0;
};

struct BagFinding {
    std::string subject; ///< The file.
    std::string detail;
};

struct BagReport {
    std::string version;
    std::size_t payloadFiles = 0;
    std::vector<std::string> algorithms; ///< Of the payload manifests.
    std::vector<BagFinding> failures; ///< Empty: complete and valid. At most 100.
    std::set<std::string> blamed; ///< Every subject of a failure, also of those beyond these.
    /// Files outside data/ that no tag manifest lists: RFC 8493 allows them, readers judge them.
    std::vector<std::string> unlistedTagFiles;
};

/// InvalidInput when the files are no bag at all.
[[nodiscard]] Result<BagReport> checkBag(const BagFiles& files);

/// A folder as a bag. Follows no symbolic links: one is InvalidInput.
[[nodiscard]] Result<std::unique_ptr<BagFiles>> openBagFolder(const std::filesystem::path& folder);

/// "hex  path" lines, sorted by path, as sha256sum reads them.
struct ManifestLine {
    std::string digest; ///< Lower-case hex.
    std::string path;
};
[[nodiscard]] Result<std::vector<ManifestLine>> parseManifest(BytesView text, bool percentEncoded);
[[nodiscard]] std::string writeManifest(std::vector<ManifestLine> lines);

} // namespace exhibit::evidence
