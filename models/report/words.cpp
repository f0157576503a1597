// SPDX-License-Identifier: Apache-2.0
#include "models/report/words.h"

#include "models/domain/money.h"
#include "models/report/safe_text.h"
#include "models/report/step_line.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::report {

namespace {

std::string gapInPlainWords(domain::GapKind kind)
{
    switch (kind) {
    case domain::GapKind::EnforcementGap:
        return "A policy saw it happen, but the mode it was in let it pass. ";
    case domain::GapKind::CoverageGap:
        return "No policy in force looked for it. ";
    case domain::GapKind::DataGap:
        return "The application did not give the model a fact that the answer needed, and the "
               "model answered as if it knew. ";
    case domain::GapKind::ModelFault:
        return "Nothing in the request called for it: the model did it of itself. ";
    case domain::GapKind::PromptAttack:
        return "The request carried words that were meant to turn the model from its task. ";
    case domain::GapKind::UpstreamFault:
        return "The provider of the model failed. ";
    case domain::GapKind::ConfigurationFault:
        return "The way the system was set up allowed it. ";
    }
    return {};
}

/// A limit of the whole run was reached: there is no place in an answer where it happened.
bool ranOver(const EvidenceBundle& bundle)
{
    return bundle.violation && bundle.violation->channel && bundle.violation->channel->empty();
}

} // namespace

std::string causeInPlainWords(const EvidenceBundle& bundle)
{
    if (!bundle.incident.rootCause) {
        return leftOut(bundle, Include::RootCause) ? "Why it happened was left out of this export. "
                                                   : "Why it happened is not part of this export. ";
    }
    const auto kind = bundle.incident.rootCause->kind;
    return kind == domain::GapKind::ModelFault && ranOver(bundle)
        ? "The run went on until it had used what it was allowed. "
        : gapInPlainWords(kind);
}

std::string whatTheModelDid(const EvidenceBundle& bundle)
{
    if (!bundle.violation) {
        return "gave rise to an incident under the policy ";
    }
    switch (bundle.violation->result) {
    case domain::DecisionResult::Error:
        return "gave an answer that could not be judged by the policy ";
    case domain::DecisionResult::Pass:
        return "gave an answer that was judged by the policy ";
    default:
        return ranOver(bundle) ? "was called in a run that broke the policy " : "broke the policy ";
    }
}

std::string outcomeInPlainWords(const EvidenceBundle& bundle)
{
    if (!bundle.violation) {
        return "No decision of a policy is recorded for it.";
    }
    switch (bundle.violation->result) {
    case domain::DecisionResult::Block:
        return "The server stopped it there and ended the run.";
    case domain::DecisionResult::Redact:
        return "The server replaced the words concerned before they went out; the run went on.";
    case domain::DecisionResult::Warn:
        return "The server noted it and let it pass.";
    case domain::DecisionResult::Error:
        return "The policy could not be evaluated.";
    case domain::DecisionResult::Pass:
        return "The policy that decided let it pass.";
    }
    return {};
}

std::string costInWords(domain::Microcents microcents, const std::optional<std::string>& currency)
{
    const std::string amount = domain::amountOf(microcents);
    if (currency) {
        return oneLine(*currency) + ' ' + amount;
    }
    return microcents == 0 ? amount : amount + " of a currency that is not recorded";
}

std::string namedKey(const std::vector<KeyLabel>& labels, const std::string& keyId)
{
    const auto found = std::find_if(
        labels.begin(), labels.end(), [&keyId](const auto& key) { return key.keyId == keyId; });
    return namedKey(keyId, found == labels.end() ? std::string() : found->label);
}

std::string namedKey(const std::string& keyId, const std::string& label)
{
    return label.empty() ? oneLine(keyId)
                         : fmt::format("{} ({})", oneLine(keyId), bounded(oneLine(label), 120));
}

bool leftOut(const EvidenceBundle& bundle, Include include)
{
    const auto& names = bundle.leftOut;
    return std::find(names.begin(), names.end(), wireName(include)) != names.end();
}

namespace {

std::string_view inWords(std::string_view include)
{
    constexpr std::pair<Include, std::string_view> kWords[] = {
        {Include::FullTrace, "the run’s other calls"},
        {Include::PolicyLog, "decisions of policies beside the one that opened the incident"},
        {Include::ReplayCert, "replay certificates"},
        {Include::RootCause, "the root cause"},
        {Include::RawIo, "what was asked and answered, word for word"},
    };
    for (const auto& [one, words] : kWords) {
        if (wireName(one) == include) {
            return words;
        }
    }
    return include;
}

} // namespace

std::string leftOutInWords(const std::vector<std::string>& leftOut)
{
    std::string all;
    for (const auto& include : leftOut) {
        all += fmt::format(
            "{}{} ({})", all.empty() ? "" : "; ", inWords(include), oneLine(include));
    }
    return all.empty() ? all : "Left out of this export by choice: " + all + ".";
}

std::string gapName(domain::GapKind kind)
{
    switch (kind) {
    case domain::GapKind::EnforcementGap:
        return "Enforcement gap";
    case domain::GapKind::CoverageGap:
        return "Coverage gap";
    case domain::GapKind::DataGap:
        return "Data gap";
    case domain::GapKind::ModelFault:
        return "Fault of the model";
    case domain::GapKind::PromptAttack:
        return "Attack through the prompt";
    case domain::GapKind::UpstreamFault:
        return "Fault of the provider";
    case domain::GapKind::ConfigurationFault:
        return "Fault of the configuration";
    }
    return {};
}

Mark markOf(domain::Severity severity)
{
    switch (severity) {
    case domain::Severity::Critical:
        return Mark::Critical;
    case domain::Severity::High:
        return Mark::High;
    case domain::Severity::Medium:
        return Mark::Medium;
    case domain::Severity::Low:
        return Mark::Low;
    }
    return Mark::None;
}

Mark markOf(domain::DecisionResult result)
{
    switch (result) {
    case domain::DecisionResult::Block:
        return Mark::Stopped;
    case domain::DecisionResult::Redact:
        return Mark::Changed;
    case domain::DecisionResult::Warn:
    case domain::DecisionResult::Error:
        return Mark::Warned;
    case domain::DecisionResult::Pass:
        return Mark::None;
    }
    return Mark::None;
}

std::string sentenceCase(std::string_view wire)
{
    std::string text(wire);
    for (char& c : text) {
        c = c == '_' ? ' ' : c;
    }
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') {
        text[0] = static_cast<char>(text[0] - 32);
    }
    return text;
}

std::string shownModel(std::string_view name)
{
    constexpr std::size_t kModelBytesMax = 120;
    return bounded(oneLine(name), kModelBytesMax);
}

std::string longDate(UtcTime time)
{
    constexpr std::string_view kMonths[] = {"January",
                                            "February",
                                            "March",
                                            "April",
                                            "May",
                                            "June",
                                            "July",
                                            "August",
                                            "September",
                                            "October",
                                            "November",
                                            "December"};
    const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(time));
    return fmt::format("{} {} {}",
                       static_cast<unsigned>(date.day()),
                       kMonths[static_cast<unsigned>(date.month()) - 1],
                       static_cast<int>(date.year()));
}

} // namespace exhibit::report
