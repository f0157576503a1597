// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/bag.h"
#include "models/evidence/dsse.h"
#include "models/evidence/zip_reader.h"
#include "models/evidence/zip_writer.h"

#include <map>
#include <optional>

/// Packs (evidence-format.md, 2.10): one BagIt bag in a strict ZIP, signed over its tag manifest.
namespace exhibit::evidence {

inline constexpr std::string_view kPackMimetype = "application/vnd.exhibit+zip";
inline constexpr std::string_view kPackPredicate = "https://exhibit.example/evidence-pack/v1";
inline constexpr std::string_view kPackSignature = "pack.dsse.json";
inline constexpr std::string_view kLogsFolder = "data/logs/";
inline constexpr std::string_view kOpeningFile = "entry.json"; ///< In a folder of that.
inline constexpr std::string_view kOpeningProof = "opening.tlog-proof"; ///< Beside it.
inline constexpr std::string_view kTagManifest = "tagmanifest-sha256.txt";
/// What is known of the incident, as machines read it; reports are made from it.
inline constexpr std::string_view kBundlePath = "data/exports/evidence.json";

/// Paths inside the bag.
[[nodiscard]] std::string entryPath(std::uint64_t sequence);
[[nodiscard]] std::string fieldPath(std::uint64_t sequence, std::size_t position);
[[nodiscard]] std::string blobPath(std::uint64_t sequence, std::size_t position);
[[nodiscard]] std::string proofPath(std::uint64_t sequence);
[[nodiscard]] std::string checkpointPath(std::uint64_t size);
[[nodiscard]] std::string tokenPath(std::uint64_t size);
[[nodiscard]] std::string consistencyPath(std::uint64_t first, std::uint64_t second);
/// "data/logs/<epoch>/": the first entry of a log that took over, with its proof and fields.
[[nodiscard]] std::string openingPath(std::int32_t epoch, std::string_view file);
[[nodiscard]] std::string openingFieldPath(std::int32_t epoch, std::size_t position);
[[nodiscard]] std::string certificatePath(std::string_view id);
[[nodiscard]] std::string certificatePayloadPath(std::string_view id);

/// A field that an entry commits to and the pack does not show.
struct Redaction {
    std::uint64_t sequence = 0;
    std::string path;
    Digest digest{};
    std::string reason;
    std::string by;
    /// Sequence number of the field.erased entry: nobody can show it any more.
    std::optional<std::uint64_t> erasedBy;
};
[[nodiscard]] Result<Bytes> writeRedactions(std::vector<Redaction> redactions);
[[nodiscard]] Result<std::vector<Redaction>> parseRedactions(BytesView json);

/// What the pack's signature says beside the digest of the tag manifest.
struct PackStatement {
    std::string id;
    std::string origin;
    std::uint64_t treeSize = 0;
    std::uint64_t withheld = 0;
    std::string exporter; ///< Empty: not said.
    std::string caseId; ///< Empty: not said.
};
[[nodiscard]] Result<Bytes> writePackStatement(const PackStatement& statement,
                                               const Digest& tagManifest);

/// Payload files by their path, "data/..." each.
using PackPayload = std::map<std::string, Bytes>;
/// Signs the statement; the signer makes its bytes again from these parts.
using PackSigner
    = std::function<Result<Envelope>(const PackStatement& statement, const Digest& tagManifest)>;

/// Every file of the bag by path, with manifests and signature. `date` is YYYY-MM-DD.
[[nodiscard]] Result<std::map<std::string, Bytes>> makeBag(const PackStatement& statement,
                                                           const std::string& date,
                                                           PackPayload payload,
                                                           const PackSigner& signer);
/// The archive of a bag: the same bytes for the same bag.
[[nodiscard]] Result<void> writePack(const std::string& id,
                                     const std::map<std::string, Bytes>& bag,
                                     const ZipWriter::Sink& sink);

/// An opened pack. The archive's bytes outlive it.
class Pack final : public BagFiles {
public:
    /// Errors as ZipArchive::open(); nothing inside has been believed then.
    [[nodiscard]] static Result<Pack> open(BytesView archive);

    /// The one top directory, "exhibit-<id>".
    [[nodiscard]] std::string folder() const { return m_top.substr(0, m_top.size() - 1); }
    [[nodiscard]] const std::vector<std::string>& names() const override { return m_names; }
    [[nodiscard]] std::uint64_t size(const std::string& name) const override;
    [[nodiscard]] Result<Bytes> read(const std::string& name) const override;
    [[nodiscard]] Result<std::string> digest(const std::string& name,
                                             const std::string& algorithm) const override;

    /// Any file's content, without another look at the CRC; NotFound when there is none.
    [[nodiscard]] Result<ZipContent> content(const std::string& name) const;
    [[nodiscard]] bool has(const std::string& name) const;
    [[nodiscard]] const ZipArchive& archive() const { return m_archive; }
    /// Names that begin so, sorted.
    [[nodiscard]] std::vector<std::string> under(std::string_view prefix) const;

private:
    Pack(ZipArchive archive, std::string top);
    [[nodiscard]] const ZipFile* file(const std::string& name) const;

    ZipArchive m_archive;
    std::string m_top; ///< With its slash.
    std::vector<std::string> m_names;
};

} // namespace exhibit::evidence
