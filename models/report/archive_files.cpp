// SPDX-License-Identifier: Apache-2.0
#include "models/report/archive_files.h"

#include "models/evidence/zip_format.h"
#include "models/report/step_line.h"

#include <fmt/format.h>

namespace exhibit::report {
namespace {

constexpr std::size_t kHexDigits = 64;
constexpr std::string_view kBetween = "  "; ///< As sha256sum writes it.

using Digests = std::map<std::string, Digest, std::less<>>;

/// One line; false where it is none.
bool takeManifestLine(BytesView& lines, Digests& listed)
{
    const auto end = lines.find('\n');
    const BytesView line = lines.substr(0, end);
    const auto hash = fromHex(line.substr(0, std::min(line.size(), kHexDigits)));
    if (end == lines.npos || line.size() <= kHexDigits + kBetween.size() || !hash
        || !line.substr(kHexDigits).starts_with(kBetween)) {
        return false;
    }
    Digest digest{};
    std::copy(hash->begin(), hash->end(), digest.begin());
    lines.remove_prefix(end + 1);
    return listed.emplace(line.substr(kHexDigits + kBetween.size()), digest).second;
}

std::optional<Digests> readManifest(BytesView lines)
{
    Digests listed;
    while (!lines.empty()) {
        if (!takeManifestLine(lines, listed)) {
            return std::nullopt;
        }
    }
    return listed;
}

} // namespace

Result<ArchiveFiles> ArchiveFiles::open(BytesView archive)
{
    EXHIBIT_TRY(auto zip, evidence::ZipArchive::open(archive));
    ArchiveFiles files(std::move(zip));
    for (const auto& file : files.m_archive.files()) {
        const auto slash = file.name.find('/');
        if (slash == file.name.npos) {
            return fail(ErrorCode::InvalidInput, "a file beside the one folder", file.name);
        }
        files.m_folder = file.name.substr(0, slash);
        if (const auto content = files.m_archive.read(file)) {
            files.m_digests.emplace(file.name.substr(slash + 1), sha256(content->view()));
        } else {
            files.m_corrupt.emplace(file.name.substr(slash + 1), content.error().message);
        }
    }
    return files;
}

std::uint64_t ArchiveFiles::size(const std::string& path) const
{
    const auto* const file = m_archive.find(m_folder + "/" + path);
    return file == nullptr ? 0 : file->bytes;
}

Result<evidence::ZipContent> ArchiveFiles::read(const std::string& path) const
{
    const auto* const file = m_archive.find(m_folder + "/" + path);
    if (file == nullptr) {
        return fail(ErrorCode::NotFound, "it is not in the archive", path);
    }
    if (const auto why = m_corrupt.find(path); why != m_corrupt.end()) {
        return fail(ErrorCode::Corrupt, why->second, path);
    }
    return m_archive.readAgain(*file);
}

BytesView firstNameIn(BytesView archive)
{
    namespace zip = evidence::zip;
    constexpr std::size_t kNameLength = 26; // Where a local header has it.
    if (archive.size() < zip::kLocalBytes || zip::Fields(archive).u32() != zip::kLocalMark) {
        return {};
    }
    const std::size_t bytes = zip::Fields(archive.substr(kNameLength)).u16();
    return archive.substr(zip::kLocalBytes, bytes);
}

void checkManifest(const ArchiveFiles& files, ArchiveReport& checked)
{
    auto& report = checked.report;
    for (const auto& [path, why] : files.corrupt()) {
        report.failed("container", path, "modified: " + why);
    }
    const std::string name(kFileManifest);
    const auto content = files.read(name);
    if (!content) {
        report.failed("coverage", name, "incomplete: " + content.error().message);
        return;
    }
    const auto listed = readManifest(content->view());
    if (!listed) {
        report.failed("report", name, "a line is no hash and path, or names a file again");
        return;
    }
    bool sound = files.corrupt().empty();
    for (const auto& [path, digest] : files.digests()) {
        const auto line = listed->find(path);
        if (line == listed->end() && path != kFileManifest) {
            report.failed("coverage", path, "the manifest does not list it");
            sound = false;
        } else if (line != listed->end() && line->second != digest) {
            report.failed("report", path, "modified: it is not the file that the manifest lists");
            sound = false;
        }
    }
    for (const auto& [path, digest] : *listed) {
        if (!files.has(path) && !files.corrupt().contains(path)) {
            report.failed("coverage", path, "incomplete: the manifest lists it, it is not there");
            sound = false;
        }
    }
    if (sound) {
        checked.compared.insert(name);
        report.passed("coverage",
                      name,
                      fmt::format("{}, each as the manifest lists it and none beside them",
                                  counted(static_cast<std::int64_t>(listed->size()), "file")));
    }
}

} // namespace exhibit::report
