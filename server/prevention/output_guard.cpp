// SPDX-License-Identifier: Apache-2.0
#include "server/prevention/output_guard.h"

#include "models/base/assert.h"
#include "server/prevention/compiled_rule.h"

#include <algorithm>

namespace exhibit::prevention {
namespace {

/// Those that can say nothing before a text has ended.
bool judgesWhole(const AppliedPolicy& applied)
{
    const auto& rule = applied.policy->rule;
    return std::holds_alternative<domain::SchemaRule>(rule)
        || std::holds_alternative<domain::ExpressionRule>(rule);
}

std::vector<AppliedPolicy> wholeOnes(const std::vector<AppliedPolicy>& policies)
{
    std::vector<AppliedPolicy> wholes;
    std::copy_if(policies.begin(), policies.end(), std::back_inserter(wholes), judgesWhole);
    return wholes;
}

} // namespace

OutputGuard::OutputGuard(std::shared_ptr<const CompiledSnapshot> snapshot,
                         std::vector<AppliedPolicy> policies,
                         const DecisionBuilder& builder,
                         const CallScope& scope)
    : m_snapshot(std::move(snapshot))
    , m_policies(std::move(policies))
    , m_scanning(scanningOnes(m_policies))
    , m_wholes(wholeOnes(m_policies))
    , m_builder(builder)
    , m_scope(scope)
    , m_wholeFindings(domain::Stage::Output, builder)
    , m_plan(planOf(*m_snapshot, m_scanning))
{
}

std::size_t OutputGuard::channel(const std::string& name, TextRole role)
{
    const auto found = m_channelNumbers.find(name);
    if (found != m_channelNumbers.end()) {
        return found->second;
    }
    // All texts beyond the limit share one channel that nobody judges.
    if (m_channels.size() == limits::kGuardChannelsMax) {
        m_channels.emplace_back();
        unreadable("The answer has more texts than can be judged.");
    }
    if (m_channels.size() > limits::kGuardChannelsMax) {
        return limits::kGuardChannelsMax;
    }
    auto& added = m_channels.emplace_back();
    added.name = name;
    added.role = role;
    if (m_plan != nullptr) {
        added.judge.emplace(m_plan, m_scope.facts);
    }
    added.fits = m_wholes.empty() || role != TextRole::Answer;
    m_channelNumbers.emplace(name, m_channels.size() - 1);
    return m_channels.size() - 1;
}

std::size_t OutputGuard::feed(std::size_t channel, std::string_view delta, scan::Pace& pace)
{
    EXHIBIT_ASSERT(channel < m_channels.size());
    auto& fed = m_channels[channel];
    if (m_closed) {
        return delta.size();
    }
    auto consumed = delta.size();
    if (fed.judge && !fed.judge->finished()) {
        const auto running = m_clock.run();
        consumed = fed.judge->feed(delta, pace);
    }
    fed.position += consumed;
    if (!fed.fits) {
        keepWhole(fed, delta.substr(0, consumed));
    }
    stopAt(fed);
    lookForExhaustion(fed);
    if (!m_closed && fed.judge && fed.judge->holdsTooMuch()) {
        unreadable("Disguised characters hold back more of the answer than can be kept.");
        if (!m_closed) {
            fed.judge->readAsIs();
        }
    }
    return consumed;
}

void OutputGuard::finishChannel(std::size_t channel)
{
    EXHIBIT_ASSERT(channel < m_channels.size());
    auto& finished = m_channels[channel];
    if (m_closed) {
        return;
    }
    if (finished.judge) {
        const auto running = m_clock.run();
        finished.judge->finish();
    }
    stopAt(finished);
    lookForExhaustion(finished);
    if (!m_closed && !finished.fits) {
        judgeWhole(finished);
    }
}

bool OutputGuard::findsNothing(std::string_view text)
{
    if (m_plan == nullptr || text.empty()) {
        return true;
    }
    const auto running = m_clock.run();
    TextJudge judge(m_plan, m_scope.facts);
    judge.feed(text);
    judge.finish();
    return judge.findings().empty() && !judge.stop() && !judge.exhausted();
}

void OutputGuard::lookForExhaustion(const Channel& channel)
{
    if (channel.judge && channel.judge->exhausted()) {
        unreadable("The answer makes more work for the patterns than they may have.");
    }
}

/// Memory does not grow with a stream that never ends.
void OutputGuard::keepWhole(Channel& channel, std::string_view delta)
{
    if (channel.text.size() + delta.size() <= limits::kAnswerBytesMax) {
        channel.text += delta;
        return;
    }
    unreadable("The answer is longer than what can be judged as a whole.");
    channel.text.clear();
    channel.fits = !m_closed;
}

bool OutputGuard::wholesBlock() const
{
    return std::any_of(m_wholes.begin(), m_wholes.end(), [](const AppliedPolicy& applied) {
        return applied.policy->mode == domain::Mode::Block;
    });
}

/// True for an answer that is empty; one that only calls tools has no text to judge.
bool OutputGuard::callsNoTools(const Channel& channel) const
{
    // Channels of a choice have its path; other APIs have one answer.
    const auto& name = channel.name;
    constexpr std::string_view kChoices = "choices/";
    const auto end = name.starts_with(kChoices) ? name.find('/', kChoices.size()) + 1 : 0;
    return std::none_of(m_channels.begin(), m_channels.end(), [&](const Channel& other) {
        return other.role == TextRole::ToolCall && other.position > 0
            && other.name.compare(0, end, name, 0, end) == 0;
    });
}

void OutputGuard::judgeWhole(Channel& channel)
{
    const auto text = std::exchange(channel.text, {});
    if (!text.empty() || callsNoTools(channel)) {
        const auto running = m_clock.run();
        m_judgedWhole = true;
        for (const auto& applied : m_wholes) {
            judgeAnswer(applied, channel, text);
        }
    }
    m_stop = m_wholeFindings.stop();
    m_closed = m_stop.has_value();
    channel.fits = !m_closed;
}

void OutputGuard::judgeAnswer(const AppliedPolicy& applied,
                              const Channel& channel,
                              const std::string& text)
{
    const auto& compiled = m_snapshot->rules()[applied.index];
    if (compiled.expression) {
        const ExpressionScope values
            = [&](const std::vector<std::string>& path) -> std::optional<Json> {
            if (path.front() != "answer") {
                return m_scope.value(path);
            }
            return path.size() != 2  ? std::nullopt
                : path[1] == "text"  ? std::optional<Json>(text)
                : path[1] == "bytes" ? std::optional<Json>(text.size())
                                     : std::nullopt;
        };
        judgeExpression(*compiled.expression, values, applied, m_wholeFindings, channel.name);
        return;
    }
    const auto json = parseJson(text);
    const auto fault = json ? compiled.schemas.front().violation(*json)
                            : std::optional<std::string>("it is no JSON");
    if (fault) {
        RuleFindings::Found found;
        found.reason
            = "The answer does not fit the schema: " + *fault + ", in " + channel.name + ".";
        found.channel = channel.name;
        found.wholeTextHeld = applied.policy->mode == domain::Mode::Block;
        m_wholeFindings.add(applied, std::move(found));
    }
}

void OutputGuard::stopAt(const Channel& channel)
{
    if (!channel.judge || !channel.judge->stop()) {
        return;
    }
    m_closed = true;
    // Nothing is found after a stop, so that all decisions of the stage are known now.
    StageOutcome outcome{decide(judged(), m_builder), {}, {}};
    const auto& stop = *channel.judge->stop();
    m_stop = Stop{};
    m_stop->decision = decisionOf(outcome, *m_scanning[stop.policy].policy, domain::Stage::Output);
    m_stop->channel = channel.name;
    m_stop->cutAt = stop.cutAt;
    m_decisions = std::move(outcome.decisions);
}

void OutputGuard::unreadable(std::string_view why)
{
    if (m_closed || !m_errors.empty()) {
        return;
    }
    const domain::Decision* gravest = nullptr;
    auto judging = m_scanning;
    judging.insert(judging.end(), m_wholes.begin(), m_wholes.end());
    m_errors.reserve(judging.size());
    for (const auto& applied : judging) {
        m_errors.push_back(m_builder.fromError(applied, domain::Stage::Output, why));
        const bool blocks = applied.policy->effectiveOnError() == domain::OnError::Block;
        if (blocks && (gravest == nullptr || applied.policy->severity > gravest->severity)) {
            gravest = &m_errors.back();
        }
    }
    if (gravest != nullptr) {
        m_closed = true;
        m_stop = Stop{};
        m_stop->decision = *gravest;
    }
}

std::size_t OutputGuard::settled(std::size_t channel) const
{
    EXHIBIT_ASSERT(channel < m_channels.size());
    const auto& asked = m_channels[channel];
    if (!asked.fits && wholesBlock()) {
        return 0;
    }
    return asked.judge ? asked.judge->settled() : asked.position;
}

std::vector<Replacement> OutputGuard::takeReplacements(std::size_t channel)
{
    EXHIBIT_ASSERT(channel < m_channels.size());
    auto& asked = m_channels[channel];
    return asked.judge ? prevention::takeReplacements(*asked.judge, *m_plan)
                       : std::vector<Replacement>{};
}

std::optional<Replacement> OutputGuard::openReplacement(std::size_t channel) const
{
    EXHIBIT_ASSERT(channel < m_channels.size());
    const auto& asked = m_channels[channel];
    const auto run = asked.judge ? asked.judge->openRedaction() : std::nullopt;
    return run ? std::optional(replacementOf(*run, *m_plan)) : std::nullopt;
}

JudgedStage OutputGuard::judged() const
{
    JudgedStage stage{domain::Stage::Output, m_policies, {}, false, m_clock.microseconds(), {}};
    for (const auto& applied : m_wholes) {
        if (m_judgedWhole && applied.policy->mode == domain::Mode::Block) {
            stage.heldFor.push_back(applied.policy->policyId);
        }
    }
    for (const auto& channel : m_channels) {
        if (channel.judge && !channel.judge->findings().empty()) {
            stage.texts.push_back({channel.name, &*channel.judge});
        }
    }
    return stage;
}

void OutputGuard::conclude(StageOutcome& outcome)
{
    auto stage = judged();
    auto decisions = m_decisions ? *std::move(m_decisions) : decide(stage, m_builder);
    std::move(m_errors.begin(), m_errors.end(), std::back_inserter(outcome.decisions));
    std::move(decisions.begin(), decisions.end(), std::back_inserter(outcome.decisions));
    outcome.masked = maskedSpans(stage);
    m_wholeFindings.conclude(outcome, m_clock.microseconds());
    // A call that was stopped before its answer was never judged by output policies, and one
    // without a whole text not by those that judge such.
    if (sawText() || !m_closed) {
        if (!m_judgedWhole) {
            std::erase_if(stage.policies, judgesWhole);
        }
        appendPasses(stage, m_snapshot->snapshot().snapshotId, outcome);
    }
}

} // namespace exhibit::prevention
