// SPDX-License-Identifier: Apache-2.0
// Any bytes as a file that somebody handed on, as the parts of an archive, and as an archive whose
// sums somebody made fit again. Whatever it is, the verdict follows from the checks, nothing is
// ticked that a check blames, and what is told of it is text.
#include "models/base/assert.h"
#include "models/base/sha256.h"
#include "models/evidence/zip_reader.h"
#include "models/evidence/zip_writer.h"
#include "models/report/archive_files.h"
#include "models/report/handed_out.h"

#include <algorithm>
#include <cstdint>

namespace exhibit::report {
namespace {

using evidence::CheckResult;
using evidence::Verdict;

void look(BytesView file)
{
    const auto inspection = inspectHandedOut(file, {});
    const auto& report = inspection.report;
    EXHIBIT_ASSERT(report.verdict != Verdict::Valid); // No key is pinned.
    if (inspection.kind != evidence::FileKind::Evidence) {
        const bool bad
            = report.verdict == Verdict::Invalid || report.verdict == Verdict::Unreadable;
        EXHIBIT_ASSERT(report.hasFailure() == bad);
    }
    const bool failed
        = std::any_of(report.checks.begin(), report.checks.end(), [](const auto& check) {
              return check.result == CheckResult::Failed;
          });
    EXHIBIT_ASSERT(failed == report.hasFailure());
    for (const auto& one : inspection.files) {
        EXHIBIT_ASSERT(one.result != CheckResult::Failed || failed);
        EXHIBIT_ASSERT(one.result != CheckResult::Passed
                       || !report.blame().files.contains(one.path));
    }
    const auto told = printJson(evidence::reportJson("file", report));
    EXHIBIT_ASSERT(parseJson(told).has_value());
    EXHIBIT_ASSERT(told == printJson(evidence::reportJson("file", verifyHandedOut(file, {}))));
}

Bytes packed(const std::map<std::string, Bytes>& files)
{
    Bytes archive;
    evidence::ZipWriter writer([&archive](BytesView part) -> Result<void> {
        archive += part;
        return {};
    });
    for (const auto& [name, content] : files) {
        EXHIBIT_ASSERT(writer.add(name, content));
    }
    EXHIBIT_ASSERT(writer.finish());
    return archive;
}

/// With sums that fit whatever lies in it: what only they would find is looked at too.
void lookAtFittingSums(BytesView bytes)
{
    const auto zip = evidence::ZipArchive::open(bytes);
    if (!zip) {
        return;
    }
    std::map<std::string, Bytes> files;
    Bytes manifest;
    std::string folder;
    for (const auto& file : zip->files()) {
        const auto content = zip->readAgain(file);
        const auto slash = file.name.find('/');
        if (!content || slash == file.name.npos) {
            return;
        }
        folder = file.name.substr(0, slash + 1);
        const auto path = file.name.substr(slash + 1);
        if (path != kFileManifest) {
            files.emplace(file.name, content->view());
            manifest += toHex(asView(sha256(content->view()))) + "  " + path + "\n";
        }
    }
    files.insert_or_assign(folder + std::string(kFileManifest), manifest);
    look(packed(files));
}

} // namespace
} // namespace exhibit::report

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace exhibit;
    const BytesView bytes(reinterpret_cast<const char*>(data), size);
    report::look(bytes);
    for (const auto* name : {"soc2-b1/soc2.json",
                             "production-b1/legal_discovery.json",
                             "soc2-b1/manifest-sha256.txt"}) {
        report::look(report::packed({{name, Bytes(bytes)}}));
    }
    report::lookAtFittingSums(bytes);
    return 0;
}
