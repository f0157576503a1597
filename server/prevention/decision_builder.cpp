// SPDX-License-Identifier: Apache-2.0
#include "server/prevention/decision_builder.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::prevention {
namespace {

constexpr std::size_t kNamedMax = 4; ///< Patterns and channels named in one sentence.

std::string joinShortened(const std::vector<std::string>& names)
{
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), kNamedMax); ++i) {
        text += (i == 0 ? "" : ", ") + names[i];
    }
    return names.size() > kNamedMax ? text + fmt::format(" and {} more", names.size() - kNamedMax)
                                    : text;
}

std::size_t countRuns(const StageFinding& finding)
{
    std::size_t count = 0;
    for (const auto& text : finding.texts) {
        count += text.finding->runs.all().size();
    }
    return count;
}

std::string channelsOf(const StageFinding& finding)
{
    std::vector<std::string> channels;
    for (const auto& text : finding.texts) {
        channels.push_back(text.channel);
    }
    return joinShortened(channels);
}

/// The pattern as a reader of the policy knows it: by its placeholder, else by its place.
std::string patternName(const domain::PatternsRule& rule, std::uint32_t ordinal)
{
    const auto& placeholder = rule.patterns[ordinal].placeholder;
    return placeholder ? *placeholder : fmt::format("pattern {}", ordinal + 1);
}

std::string matchedPatterns(const StageFinding& finding)
{
    const auto& rule = std::get<domain::PatternsRule>(finding.policy.policy->rule);
    std::vector<std::string> names;
    for (std::uint32_t ordinal = 0; ordinal < rule.patterns.size(); ++ordinal) {
        const bool matched = std::any_of(
            finding.texts.begin(), finding.texts.end(), [ordinal](const FindingInText& text) {
                const auto& patterns = text.finding->patterns;
                return ordinal < patterns.size() && patterns[ordinal];
            });
        const auto name = patternName(rule, ordinal);
        if (matched && std::find(names.begin(), names.end(), name) == names.end()) {
            names.push_back(name);
        }
    }
    return joinShortened(names);
}

std::vector<domain::MatchSpan> spansOf(const StageFinding& finding)
{
    std::vector<domain::MatchSpan> spans;
    for (const auto& text : finding.texts) {
        for (const auto& run : text.finding->runs.all()) {
            if (spans.size() == limits::kDecisionSpansMax) {
                return spans;
            }
            spans.push_back({text.channel,
                             static_cast<std::int64_t>(run.begin),
                             static_cast<std::int64_t>(run.end)});
        }
    }
    return spans;
}

std::string_view unitOf(domain::Metric metric)
{
    switch (metric) {
    case domain::Metric::RunCost:
        return " microcents";
    case domain::Metric::RunDuration:
        return " seconds";
    case domain::Metric::RunTokens:
    case domain::Metric::RunLlmCalls:
    case domain::Metric::CallOutputTokens:
        break;
    }
    return "";
}

/// What became of the text, as the end of a sentence.
std::string consequence(const StageFinding& finding)
{
    const bool input = finding.stage == domain::Stage::Input;
    switch (finding.policy.policy->mode) {
    case domain::Mode::Block:
        if (input) {
            return "the request was not sent to the provider";
        }
        return finding.cut ? fmt::format(
                   "the text was ended at byte {} of {}", finding.cut->at, finding.cut->channel)
                           : "the run was stopped";
    case domain::Mode::Redact:
        return input ? "placeholders were sent to the provider instead"
                     : "placeholders were released instead";
    case domain::Mode::Warn:
    case domain::Mode::Monitor:
        break;
    }
    return fmt::format("it passed, because the policy's mode is {}",
                       wireName(finding.policy.policy->mode));
}

std::string_view subjectOf(const StageFinding& finding)
{
    return finding.stage == domain::Stage::Input ? "The request" : "The answer";
}

void describePatterns(const StageFinding& finding, domain::Decision& decision)
{
    const auto count = countRuns(finding);
    decision.reason = fmt::format("{} {} of {} in {}.",
                                  count,
                                  count == 1 ? "match" : "matches",
                                  matchedPatterns(finding),
                                  channelsOf(finding));
    decision.actuallyDid = fmt::format("{} contained what the policy looks for ({}); {}.",
                                       subjectOf(finding),
                                       matchedPatterns(finding),
                                       consequence(finding));
    if (decision.shouldHave.empty()) {
        decision.shouldHave = fmt::format(
            "{} should not contain what {} looks for.", subjectOf(finding), decision.policyId);
    }
}

std::string factOf(const domain::Rule& rule)
{
    const auto* contradiction = std::get_if<domain::ContradictsContextRule>(&rule);
    return contradiction != nullptr ? contradiction->fact
                                    : std::get<domain::MissingContextRule>(rule).fact;
}

void describeContradiction(const StageFinding& finding, domain::Decision& decision)
{
    const auto fact = factOf(finding.policy.policy->rule);
    decision.fact = fact;
    decision.factState = std::string(wireName(FactState::Present));
    decision.reason = fmt::format("A claim about {} differs from the fact supplied, with no hedge "
                                  "in its sentence, in {}.",
                                  fact,
                                  channelsOf(finding));
    decision.actuallyDid = fmt::format(
        "The answer stated {} other than the fact says; {}.", fact, consequence(finding));
    if (decision.shouldHave.empty()) {
        decision.shouldHave = fmt::format("State {} as it was supplied.", fact);
    }
    if (!decision.failureCode) {
        decision.failureCode = domain::FailureCode::Contradiction;
    }
}

void describeClaim(const StageFinding& finding, domain::Decision& decision)
{
    const auto& rule = std::get<domain::MissingContextRule>(finding.policy.policy->rule);
    const auto state = wireName(finding.policy.factState.value_or(FactState::Absent));
    decision.fact = rule.fact;
    decision.factState = std::string(state);
    decision.reason
        = fmt::format("Definite claim about {}, which is {}, with no hedge in its sentence, in {}.",
                      rule.fact,
                      state,
                      channelsOf(finding));
    decision.actuallyDid
        = fmt::format("The answer stated {} as certain although the fact was {}; {}.",
                      rule.fact,
                      state,
                      consequence(finding));
    if (decision.shouldHave.empty()) {
        decision.shouldHave = fmt::format("Say that {} is not known.", rule.fact);
    }
    if (!decision.failureCode) {
        decision.failureCode = domain::FailureCode::MissingDataAssertion;
    }
}

} // namespace

domain::DecisionResult resultOf(domain::Mode mode)
{
    switch (mode) {
    case domain::Mode::Block:
        return domain::DecisionResult::Block;
    case domain::Mode::Redact:
        return domain::DecisionResult::Redact;
    case domain::Mode::Warn:
    case domain::Mode::Monitor:
        break;
    }
    return domain::DecisionResult::Warn;
}

std::string placeholderOf(const domain::Policy& policy, std::uint32_t ordinal)
{
    const auto& rule = std::get<domain::PatternsRule>(policy.rule);
    const auto& own = rule.patterns[ordinal].placeholder;
    return own ? *own : rule.placeholder.value_or("[REDACTED]");
}

DecisionBuilder::DecisionBuilder(std::string snapshotId)
    : m_snapshotId(std::move(snapshotId))
{
}

domain::Decision DecisionBuilder::begin(const domain::Policy& policy,
                                        domain::Stage stage,
                                        UtcTime at) const
{
    domain::Decision decision;
    decision.decisionId = DecisionId::generate();
    decision.policyId = policy.policyId;
    decision.policyVersion = policy.version;
    decision.stage = stage;
    decision.severity = policy.severity;
    decision.mode = policy.mode;
    decision.snapshotId = m_snapshotId;
    decision.shouldHave = policy.expectedBehaviour;
    decision.failureCode = policy.failureCode;
    decision.at = at;
    return decision;
}

domain::Decision DecisionBuilder::fromFinding(const StageFinding& finding) const
{
    const auto& policy = *finding.policy.policy;
    UtcTime firstAt = finding.texts.front().finding->firstAt;
    for (const auto& text : finding.texts) {
        firstAt = std::min(firstAt, text.finding->firstAt);
    }
    auto decision = begin(policy, finding.stage, firstAt);
    decision.result = resultOf(policy.mode);
    decision.spans = spansOf(finding);
    decision.wholeTextHeld = finding.wholeTextHeld;
    decision.evaluationUs = finding.evaluationUs;
    if (std::holds_alternative<domain::PatternsRule>(policy.rule)) {
        describePatterns(finding, decision);
    } else if (std::holds_alternative<domain::ContradictsContextRule>(policy.rule)) {
        describeContradiction(finding, decision);
    } else {
        describeClaim(finding, decision);
    }
    return decision;
}

domain::Decision DecisionBuilder::fromThreshold(const ThresholdEvent& event,
                                                UtcTime now,
                                                std::int64_t evaluationUs) const
{
    const auto& rule = event.rule();
    const auto metric = wireName(rule.metric);
    if (event.unknown) {
        auto error = fromError(event.policy,
                               domain::Stage::Run,
                               "The model has no price, so that nobody knows what its calls cost.");
        error.metric = std::string(metric);
        error.limit = rule.max;
        error.evaluationUs = evaluationUs;
        error.at = now;
        return error;
    }
    auto decision = begin(*event.policy.policy, domain::Stage::Run, now);
    decision.result = event.stops() ? domain::DecisionResult::Block : domain::DecisionResult::Warn;
    decision.metric = std::string(metric);
    decision.used = event.used;
    decision.limit = rule.max;
    decision.evaluationUs = evaluationUs;
    const auto unit = unitOf(rule.metric);
    decision.reason = event.exceeded
        ? fmt::format("{} is {}{}, more than the {} allowed.", metric, event.used, unit, rule.max)
        : fmt::format("{} is {}{}, at or over the warning level {}; {} are allowed.",
                      metric,
                      event.used,
                      unit,
                      rule.warnAt.value_or(rule.max),
                      rule.max);
    decision.actuallyDid = fmt::format("The run reached a {} of {}{}; {}.",
                                       metric,
                                       event.used,
                                       unit,
                                       event.stops() ? "it was stopped" : "it went on");
    if (decision.shouldHave.empty()) {
        decision.shouldHave = fmt::format("Stay within a {} of {}{}.", metric, rule.max, unit);
    }
    if (!decision.failureCode) {
        decision.failureCode = domain::FailureCode::Runaway;
    }
    return decision;
}

domain::Decision DecisionBuilder::fromRule(const AppliedPolicy& policy,
                                           domain::Stage stage,
                                           std::string reason) const
{
    auto decision = begin(*policy.policy, stage, utcNow());
    decision.result = resultOf(policy.policy->mode);
    decision.reason = std::move(reason);
    const bool blocks = policy.policy->mode == domain::Mode::Block;
    decision.actuallyDid = !blocks
        ? fmt::format("It passed, because the policy's mode is {}.", wireName(policy.policy->mode))
        : stage == domain::Stage::Input ? "The request was not sent to the provider."
        : stage == domain::Stage::Run   ? "The run was stopped."
                                        : "It was withheld, and the run was stopped.";
    if (decision.shouldHave.empty()) {
        decision.shouldHave = fmt::format("Keep to what {} allows.", decision.policyId);
    }
    if (!decision.failureCode && stage == domain::Stage::ToolCall) {
        decision.failureCode = domain::FailureCode::UnsafeToolCall;
    }
    if (!decision.failureCode && std::holds_alternative<domain::SchemaRule>(policy.policy->rule)) {
        decision.failureCode = domain::FailureCode::SchemaViolation;
    }
    return decision;
}

domain::Decision DecisionBuilder::fromError(const AppliedPolicy& policy,
                                            domain::Stage stage,
                                            std::string_view why) const
{
    auto decision = begin(*policy.policy, stage, utcNow());
    decision.result = domain::DecisionResult::Error;
    // Not the policy's own code: nobody knows whether it was broken.
    decision.failureCode.reset();
    if (stage == domain::Stage::Output || stage == domain::Stage::ToolCall) {
        decision.failureCode = domain::FailureCode::UpstreamFailure;
    }
    decision.reason = std::string(why);
    const bool blocks = policy.policy->effectiveOnError() == domain::OnError::Block;
    const std::string_view what = stage == domain::Stage::Output ? "answer" : "call";
    decision.actuallyDid = blocks
        ? fmt::format("The policy could not be evaluated; the {} was ended, as its on_error asks.",
                      what)
        : fmt::format("The policy could not be evaluated; the {} passed, as its on_error allows.",
                      what);
    if (policy.factState) {
        decision.fact = factOf(policy.policy->rule);
        decision.factState = std::string(wireName(*policy.factState));
    }
    return decision;
}

} // namespace exhibit::prevention
