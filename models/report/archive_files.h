// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/sha256.h"
#include "models/evidence/report.h"
#include "models/evidence/zip_reader.h"

#include <map>
#include <set>

namespace exhibit::report {

inline constexpr std::string_view kFileManifest = "manifest-sha256.txt";

/// An archive of ours that is no pack: one folder, files by their path in it, and a manifest of
/// them. The archive's bytes outlive it.
class ArchiveFiles {
public:
    /// Errors as of ZipArchive::open(). Every file has been read once.
    [[nodiscard]] static Result<ArchiveFiles> open(BytesView archive);

    [[nodiscard]] const std::string& folder() const { return m_folder; }
    /// What the files really are, by path.
    [[nodiscard]] const std::map<std::string, Digest, std::less<>>& digests() const
    {
        return m_digests;
    }
    /// Files that cannot be unpacked as they were packed, and why, by path; they have no digest.
    [[nodiscard]] const std::map<std::string, std::string, std::less<>>& corrupt() const
    {
        return m_corrupt;
    }
    [[nodiscard]] bool has(std::string_view path) const { return m_digests.contains(path); }
    [[nodiscard]] std::uint64_t size(const std::string& path) const;
    /// NotFound where there is none, Corrupt.
    [[nodiscard]] Result<evidence::ZipContent> read(const std::string& path) const;
    [[nodiscard]] const evidence::ZipArchive& archive() const { return m_archive; }

private:
    explicit ArchiveFiles(evidence::ZipArchive archive)
        : m_archive(std::move(archive))
    {
    }

    evidence::ZipArchive m_archive;
    std::string m_folder; ///< Without its slash.
    std::map<std::string, Digest, std::less<>> m_digests;
    std::map<std::string, std::string, std::less<>> m_corrupt;
};

/// What a verification found of an archive.
struct ArchiveReport {
    evidence::VerificationReport report;
    /// Files that a check held against something else, and that were as it says. Of all others
    /// nothing is known: one tick never stands for several facts.
    std::set<std::string, std::less<>> compared;
};

/// The name of the archive's first file, without looking any further; empty: it is no ZIP file.
[[nodiscard]] BytesView firstNameIn(BytesView archive);

/// Adds the checks `container`, `report` and `coverage`: each file can be unpacked and is the one
/// in the manifest, each line of that has its file, and no file is beside it.
void checkManifest(const ArchiveFiles& files, ArchiveReport& checked);

} // namespace exhibit::report
