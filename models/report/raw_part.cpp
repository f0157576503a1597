// SPDX-License-Identifier: Apache-2.0
// The part of a report with what was asked and answered, word for word.
#include "models/report/incident_report.h"
#include "models/report/production_pages.h"
#include "models/report/safe_text.h"
#include "models/report/step_line.h"
#include "models/report/words.h"

#include <fmt/format.h>

namespace exhibit::report {
namespace {

/// Some 500 pages. What is beyond is in the bundle.
constexpr std::size_t kRawBytesMax = std::size_t{2} << 20U;

bool isOfWithheld(const std::string& path)
{
    return path == "withheld" || path.ends_with(".withheld");
}

void addStep(Document& document, const BundleStep& step)
{
    document.blocks.emplace_back(
        Paragraph{{{fmt::format("Step {} ", step.stepIndex), {.bold = true}},
                   {oneLine(sentenceCase(wireName(step.stepType))), {.bold = true}},
                   {". " + bounded(oneLine(step.event), 300), {}}}});
    for (const auto& line : linesOf(*step.data)) {
        if (line.value.empty()) {
            continue;
        }
        const std::string name = oneLine(line.name) + "  ";
        if (isOfWithheld(line.name)) {
            document.blocks.emplace_back(Notice{
                {{name + "never sent to the client  ", {.bold = true}}, {safeText(line.value), {}}},
                true});
        } else {
            document.blocks.emplace_back(
                Paragraph{{{name, {.bold = true, .quiet = true}}, {safeText(line.value), {}}}});
        }
    }
}

} // namespace

bool ReportParts::hasRawIo() const
{
    return !leftOut(m_bundle, Include::RawIo);
}

void ReportParts::rawIo(Document& document, const std::string& number) const
{
    document.blocks.emplace_back(Heading{number + " Requests and answers"});
    document.blocks.emplace_back(Paragraph{
        plain(m_bundle.redacted
                  ? "Word for word as recorded, but for placeholders where this export replaced "
                    "personal data and secrets."
                  : "Word for word as recorded. The bytes of the wire are in the attached pack.")});
    std::size_t bytes = 0;
    std::int64_t beyond = 0;
    for (const auto& step : m_bundle.steps) {
        if (!step.data || !isRawIo(step.stepType)) {
            continue;
        }
        const auto size = printJson(*step.data).size();
        if (bytes + size > kRawBytesMax) {
            ++beyond;
            continue;
        }
        bytes += size;
        addStep(document, step);
    }
    if (beyond > 0) {
        document.blocks.emplace_back(Paragraph{plain(
            fmt::format("{} more in the bundle of the attached pack: the pages would be too many.",
                        beyond == 1 ? "1 step is" : grouped(beyond) + " steps are"))});
    }
}

} // namespace exhibit::report
