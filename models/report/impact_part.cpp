// SPDX-License-Identifier: Apache-2.0
#include "models/report/incident_report.h"
#include "models/report/safe_text.h"
#include "models/report/step_line.h"
#include "models/report/words.h"

#include <fmt/format.h>

namespace exhibit::report {

void ReportParts::impact(Document& document, const std::string& heading, std::size_t bytesMax) const
{
    document.blocks.emplace_back(Heading{heading});
    if (!m_bundle.impact) {
        document.blocks.emplace_back(Paragraph{
            {{"Nobody has assessed the impact yet. ", {.bold = true}},
             {"What this cost the business, whom it affected and whether personal information was "
              "involved is therefore not known; a machine does not guess it.",
              {}}}});
        return;
    }
    const auto& impact = m_bundle.impact->value;
    document.blocks.emplace_back(
        Paragraph{plain(bounded(oneLine(impact.businessImpact), bytesMax))});
    document.blocks.emplace_back(Paragraph{
        {{"Affected: ", {.bold = true}},
         {impact.affectedParties.empty() ? std::string("not said.")
                                         : bounded(oneLine(impact.affectedParties), bytesMax / 2),
          {}}}});
    std::string personal = "not determined.";
    if (impact.personalInformation) {
        const auto& information = *impact.personalInformation;
        personal = information.involved
            ? fmt::format("involved: {}, of {}, {}.",
                          bounded(oneLine(information.what), bytesMax / 4),
                          bounded(oneLine(information.whose), bytesMax / 4),
                          information.count ? counted(*information.count, "person", "people")
                                            : std::string("number not known"))
            : "not involved.";
    }
    document.blocks.emplace_back(
        Paragraph{{{"Personal information: ", {.bold = true}}, {personal, {}}}});
    document.blocks.emplace_back(
        Paragraph{{{fmt::format("Assessed by {} on {} (version {}){}.",
                                namedKey(m_bundle.keyLabels, m_bundle.impact->enteredBy),
                                longDate(m_bundle.impact->enteredAt),
                                m_bundle.impact->version,
                                impact.approver ? ", approved by " + oneLine(*impact.approver)
                                                : std::string()),
                    {.quiet = true}}}});
}

} // namespace exhibit::report
