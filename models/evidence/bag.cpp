// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/bag.h"

#include "models/base/limits.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>

namespace exhibit::evidence {
namespace {

constexpr std::size_t kFailuresMax = 100;
constexpr std::string_view kPayload = "data/";
constexpr std::string_view kBlanks = " \t";

tl::unexpected<Error> noBag(std::string why)
{
    return fail(ErrorCode::InvalidInput, std::move(why));
}

/// Lines without their ends, which are LF, CR LF or CR.
std::vector<std::string_view> linesOf(std::string_view text)
{
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = text.find_first_of("\r\n");
        lines.push_back(text.substr(0, end));
        const bool pair = end != text.npos && text.substr(end).starts_with("\r\n");
        text.remove_prefix(end == text.npos ? text.size() : end + (pair ? 2 : 1));
    }
    return lines;
}

std::string decodePercent(std::string_view path)
{
    std::string decoded;
    for (std::size_t i = 0; i < path.size(); ++i) {
        const auto code = path.substr(i, 3);
        const char c = code == "%0A" || code == "%0a" ? '\n'
            : code == "%0D" || code == "%0d"          ? '\r'
            : code == "%25"                           ? '%'
                                                      : '\0';
        decoded += c == '\0' ? path[i] : c;
        i += c == '\0' ? 0 : 2;
    }
    return decoded;
}

/// Relative and within the bag.
bool isSafePath(std::string_view path)
{
    while (true) {
        const std::size_t slash = path.find('/');
        const auto segment = path.substr(0, slash);
        if (segment.empty() || segment == "." || segment == "..") {
            return false;
        }
        if (slash == path.npos) {
            return true;
        }
        path.remove_prefix(slash + 1);
    }
}

/// The algorithm of "manifest-ALG.txt", or nothing.
std::optional<std::string> algorithmOf(const std::string& name, std::string_view prefix)
{
    constexpr std::string_view kEnd = ".txt";
    if (!name.starts_with(prefix) || !name.ends_with(kEnd) || name.find('/') != name.npos) {
        return std::nullopt;
    }
    return name.substr(prefix.size(), name.size() - prefix.size() - kEnd.size());
}

Result<std::string> readVersion(const BagFiles& files)
{
    const auto text = files.read("bagit.txt");
    if (!text) {
        return noBag("there is no bagit.txt");
    }
    const auto lines = linesOf(*text);
    constexpr std::string_view kVersion = "BagIt-Version: ";
    constexpr std::string_view kEncoding = "Tag-File-Character-Encoding: ";
    if (lines.size() != 2 || !lines[0].starts_with(kVersion) || !lines[1].starts_with(kEncoding)) {
        return noBag("bagit.txt is not the two lines it has to be");
    }
    const auto version = lines[0].substr(kVersion.size());
    const bool number = version.size() >= 3 && version.find('.') != version.npos
        && version.find_first_not_of("0123456789.") == version.npos;
    if (!number) {
        return noBag("bagit.txt names no version");
    }
    return std::string(version);
}

class Checker {
public:
    Checker(const BagFiles& files, BagReport& report)
        : m_files(files)
        , m_report(report)
        , m_names(files.names().begin(), files.names().end())
        , m_modern(report.version >= "1.0")
    {
    }

    Result<void> run()
    {
        for (const auto& name : m_files.names()) {
            if (const auto algorithm = algorithmOf(name, "manifest-")) {
                m_report.algorithms.push_back(*algorithm);
                EXHIBIT_CHECK(checkManifest(name, *algorithm, m_payload));
            } else if (const auto tagAlgorithm = algorithmOf(name, "tagmanifest-")) {
                EXHIBIT_CHECK(checkManifest(name, *tagAlgorithm, m_tags));
            }
        }
        if (m_report.algorithms.empty()) {
            return noBag("there is no payload manifest");
        }
        checkComplete();
        EXHIBIT_CHECK(checkOxum());
        return checkFetch();
    }

private:
    using Listed = std::map<std::string, std::size_t>; ///< Path to the manifests it is in.

    void failed(std::string subject, std::string detail)
    {
        m_report.blamed.insert(subject);
        if (m_report.failures.size() < kFailuresMax) {
            m_report.failures.push_back({std::move(subject), std::move(detail)});
        }
    }

    Result<void> checkManifest(const std::string& name,
                               const std::string& algorithm,
                               Listed& listed)
    {
        EXHIBIT_TRY(const Bytes text, m_files.read(name));
        const auto lines = parseManifest(text, m_modern);
        if (!lines) {
            failed(name, lines.error().message);
            return {};
        }
        const bool payload = &listed == &m_payload;
        std::set<std::string_view> seen;
        for (const auto& line : *lines) {
            if (!isSafePath(line.path) || line.path.starts_with(kPayload) != payload) {
                failed(line.path, name + " lists a path that does not belong there");
                continue;
            }
            if (!seen.insert(line.path).second) {
                failed(line.path, name + " lists it twice");
                continue;
            }
            ++listed[line.path];
            EXHIBIT_CHECK(checkDigest(line, algorithm, name));
        }
        return {};
    }

    Result<void> checkDigest(const ManifestLine& line,
                             const std::string& algorithm,
                             const std::string& manifest)
    {
        if (!m_names.contains(line.path)) {
            failed(line.path, manifest + " lists it, but it is missing");
            return {};
        }
        const auto digest = m_files.digest(line.path, algorithm);
        if (!digest && digest.error().code == ErrorCode::Corrupt) {
            failed(line.path, digest.error().message);
            return {};
        }
        EXHIBIT_CHECK(digest);
        if (*digest != line.digest) {
            failed(line.path, "its bytes do not have the digest in " + manifest);
        }
        return {};
    }

    /// Every payload file is in every manifest (before 1.0: in one of them).
    void checkComplete()
    {
        const std::size_t needed = m_modern ? m_report.algorithms.size() : 1;
        for (const auto& name : m_files.names()) {
            if (name.starts_with(kPayload)) {
                ++m_report.payloadFiles;
                const auto listed = m_payload.find(name);
                if (listed == m_payload.end() || listed->second < needed) {
                    failed(name, "it is not listed in every payload manifest");
                }
            } else if (!m_tags.contains(name) && !algorithmOf(name, "tagmanifest-")) {
                m_report.unlistedTagFiles.push_back(name);
            }
        }
    }

    Result<void> checkOxum()
    {
        if (!m_names.contains("bag-info.txt")) {
            return {};
        }
        EXHIBIT_TRY(const Bytes text, m_files.read("bag-info.txt"));
        for (const auto line : linesOf(text)) {
            const std::size_t colon = line.find(':');
            if (colon == line.npos || line.substr(0, colon) != "Payload-Oxum") {
                continue;
            }
            auto value = line.substr(colon + 1);
            value.remove_prefix(std::min(value.size(), value.find_first_not_of(kBlanks)));
            std::uint64_t bytes = 0;
            for (const auto& name : m_files.names()) {
                bytes += name.starts_with(kPayload) ? m_files.size(name) : 0;
            }
            if (value != std::to_string(bytes) + "." + std::to_string(m_report.payloadFiles)) {
                failed("bag-info.txt", "Payload-Oxum does not describe the payload");
            }
        }
        return {};
    }

    /// What fetch.txt names has to be here: nothing is ever fetched.
    Result<void> checkFetch()
    {
        if (!m_names.contains("fetch.txt")) {
            return {};
        }
        EXHIBIT_TRY(const Bytes text, m_files.read("fetch.txt"));
        for (const auto line : linesOf(text)) {
            std::size_t at = 0;
            for (int i = 0; i < 2; ++i) {
                at = line.find_first_of(kBlanks, at);
                at = at == line.npos ? line.size()
                                     : std::min(line.find_first_not_of(kBlanks, at), line.size());
            }
            const std::string path(line.substr(at));
            if (!isSafePath(path) || !m_names.contains(path)) {
                failed(path, "fetch.txt names it, but it is not here");
            }
        }
        return {};
    }

    const BagFiles& m_files;
    BagReport& m_report;
    std::set<std::string> m_names;
    bool m_modern;
    Listed m_payload;
    Listed m_tags;
};

} // namespace

Result<std::vector<ManifestLine>> parseManifest(BytesView text, bool percentEncoded)
{
    std::vector<ManifestLine> lines;
    for (const auto line : linesOf(text)) {
        const std::size_t gap = line.find_first_of(kBlanks);
        const std::size_t begin = gap == line.npos ? gap : line.find_first_not_of(kBlanks, gap);
        if (begin == line.npos || gap == 0) {
            return fail(ErrorCode::InvalidInput, "a manifest line is not a digest and a path");
        }
        std::string digest(line.substr(0, gap));
        std::transform(digest.begin(), digest.end(), digest.begin(), [](char c) {
            return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
        });
        auto path = line.substr(begin);
        path.remove_prefix(path.starts_with('*') ? 1 : 0);
        path.remove_prefix(path.starts_with("./") ? 2 : 0);
        lines.push_back(
            {std::move(digest), percentEncoded ? decodePercent(path) : std::string(path)});
        if (lines.size() > limits::kPackFilesMax) {
            return fail(ErrorCode::TooLarge, "a manifest lists more files than bags may hold");
        }
    }
    return lines;
}

std::string writeManifest(std::vector<ManifestLine> lines)
{
    std::sort(
        lines.begin(), lines.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    std::string text;
    for (const auto& line : lines) {
        text += line.digest + "  " + line.path + "\n";
    }
    return text;
}

Result<BagReport> checkBag(const BagFiles& files)
{
    BagReport report;
    EXHIBIT_TRY(report.version, readVersion(files));
    EXHIBIT_CHECK(Checker(files, report).run());
    return report;
}

} // namespace exhibit::evidence
