// SPDX-License-Identifier: Apache-2.0
// The bundle in a pack is what people read; here it is held against the entries.
#include "models/evidence/bundle_claims.h"
#include "models/evidence/field.h"
#include "models/evidence/pack_checks.h"

#include <fmt/format.h>

namespace exhibit::evidence {
namespace {

constexpr std::size_t kBundleBytesMax = std::size_t{64} << 20U;
constexpr std::string_view kReportPath = "data/report/report.pdf";
constexpr std::string_view kIncidentEntry = "incident.opened";
constexpr std::string_view kDecisionEntry = "decision.recorded";

std::string_view incidentIdOf(const Json& bundle)
{
    const Json* incident = findMember(bundle, "incident");
    return incident == nullptr ? std::string_view() : stringMember(*incident, "incident_id");
}

/// Steps of decisions, with their places, by the decision's id.
std::multimap<std::string_view, std::size_t> decidedSteps(const Json& bundle)
{
    std::multimap<std::string_view, std::size_t> steps;
    const Json* list = findMember(bundle, "steps");
    if (list == nullptr || !list->is_array()) {
        return steps;
    }
    for (std::size_t i = 0; i < list->get_array().size(); ++i) {
        const auto id = stringMember(list->get_array()[i], "decision_id");
        if (!id.empty()) {
            steps.emplace(id, i);
        }
    }
    return steps;
}

} // namespace

void PackChecks::checkReport()
{
    const bool pdf = m_pack.has(std::string(kReportPath));
    if (pdf) {
        m_report.notChecked("report",
                            std::string(kReportPath),
                            "the signature of the PDF is not looked at here; the pack prevails "
                            "over it");
    }
    const std::string name(kBundlePath);
    const auto content = m_pack.content(name);
    if (!content) {
        if (!pdf) {
            m_report.notChecked("report", "", "the pack holds no report");
        }
    } else if (content->view().size() > kBundleBytesMax) {
        m_report.notChecked("report", name, "it is too large to be compared with the entries");
    } else if (const auto bundle = parseJson(content->view())) {
        checkBundle(*bundle);
    } else {
        m_report.failed("report", name, bundle.error().message);
    }
}

void PackChecks::checkBundle(const Json& bundle)
{
    if (incidentIdOf(bundle).empty()) {
        m_report.notChecked("report", std::string(kBundlePath), "it names no incident");
        return;
    }
    checkBundledIncident(bundle);
    checkBundledDecisions(bundle);
}

void PackChecks::checkBundledIncident(const Json& bundle)
{
    const Json id(incidentIdOf(bundle));
    bool unnamed = false;
    for (const auto& [sequence, entry] : m_entries) {
        if (entry.entry.type != kIncidentEntry) {
            continue;
        }
        const auto claim = m_claims.find({sequence, "/incident_id"});
        if (claim == m_claims.end() || claim->second != id) {
            unnamed = unnamed || claim == m_claims.end();
            continue;
        }
        const auto committed = shownDocument(entry, "/incident");
        if (!committed) {
            m_report.notChecked(
                "report",
                "",
                fmt::format("entry {} does not show what the incident was", sequence));
            return;
        }
        const auto wrong = incidentContradictions(bundle, *committed);
        blameBundle(wrong, sequence);
        if (wrong.empty()) {
            m_report.passed("report",
                            std::string(kBundlePath),
                            fmt::format("the incident is what entry {} committed to", sequence));
        }
        return;
    }
    if (unnamed) {
        m_report.notChecked("report", "", "no entry shows that it opened the bundle's incident");
    } else {
        m_report.failed(
            "report", std::string(kBundlePath), "no entry of the pack opens the bundle's incident");
    }
}

void PackChecks::checkBundledDecisions(const Json& bundle)
{
    const auto steps = decidedSteps(bundle);
    const Json* incident = findMember(bundle, "incident");
    std::size_t compared = 0;
    bool sound = true;
    for (const auto& [sequence, entry] : m_entries) {
        const auto committed
            = entry.entry.type == kDecisionEntry ? shownDocument(entry, "/decision") : std::nullopt;
        const auto id = committed ? stringMember(*committed, "decision_id") : std::string_view();
        if (id.empty()) {
            continue;
        }
        std::vector<std::string> wrong;
        if (stringMember(*incident, "decision_id") == id) {
            wrong = violationContradictions(bundle, *committed);
        }
        const auto [first, last] = steps.equal_range(id);
        for (auto step = first; step != last; ++step) {
            const auto& list = findMember(bundle, "steps")->get_array();
            const auto more = stepContradictions(
                list[step->second], fmt::format("/steps/{}", step->second), *committed);
            wrong.insert(wrong.end(), more.begin(), more.end());
        }
        blameBundle(wrong, sequence);
        sound = sound && wrong.empty();
        ++compared;
    }
    if (compared > 0 && sound) {
        m_report.passed("report",
                        std::string(kBundlePath),
                        fmt::format("{} decisions are what their entries committed to", compared));
    }
}

std::optional<Json> PackChecks::shownDocument(const PackEntry& entry, std::string_view path) const
{
    const auto& fields = entry.entry.fields;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (fields[i].path != path
            || !m_disclosed.contains({entry.entry.sequence, fields[i].path})) {
            continue;
        }
        const auto content = m_pack.content(fieldPath(entry.entry.sequence, i));
        const auto field
            = content ? parseField(content->view()) : tl::make_unexpected(content.error());
        const auto* text = field ? field->value.if_string() : nullptr;
        auto document = text == nullptr ? Result<Json>(fail(ErrorCode::InvalidInput, "no text"))
                                        : parseJson(*text);
        return document ? std::optional(*std::move(document)) : std::nullopt;
    }
    return std::nullopt;
}

void PackChecks::blameBundle(const std::vector<std::string>& members, std::uint64_t sequence)
{
    for (const auto& member : members) {
        m_report.failed("report",
                        fmt::format("{} {}", kBundlePath, member),
                        fmt::format("modified: entry {} committed to something else", sequence),
                        std::string(kBundlePath));
    }
}

} // namespace exhibit::evidence
