// SPDX-License-Identifier: Apache-2.0
#include "server/prevention/call_guard.h"

#include "models/base/limits.h"
#include "server/prevention/compiled_rule.h"
#include "server/prevention/input_judge.h"
#include "server/prevention/output_guard.h"
#include "server/prevention/tool_judge.h"

#include <algorithm>

namespace exhibit::prevention {
namespace {

/// Expressions may speak of durations in any way, so they are asked that often.
constexpr std::chrono::seconds kExpressionPace{1};

std::vector<AppliedPolicy> thresholdOnes(const std::vector<AppliedPolicy>& policies)
{
    std::vector<AppliedPolicy> thresholds;
    std::copy_if(policies.begin(),
                 policies.end(),
                 std::back_inserter(thresholds),
                 [](const AppliedPolicy& policy) {
                     return std::holds_alternative<domain::ThresholdRule>(policy.policy->rule);
                 });
    return thresholds;
}

} // namespace

class CallGuard::Impl {
public:
    Impl(std::shared_ptr<const CompiledSnapshot> compiled, const CallSubject& subject)
        : snapshot(std::move(compiled))
        , builder(snapshot->snapshot().snapshotId)
        , inputPolicies(select(subject, domain::Stage::Input))
        , runPolicies(select(subject, domain::Stage::Run))
        , thresholds(thresholdOnes(runPolicies))
        , runFindings(domain::Stage::Run, builder)
        , scope{subject.project,
                subject.model,
                subject.userId,
                subject.facts,
                {subject.run, 0, utcNow(), subject.priced},
                {}}
        , output(snapshot, select(subject, domain::Stage::Output), builder, scope)
        , tools(snapshot, select(subject, domain::Stage::ToolCall), builder)
    {
    }

    [[nodiscard]] std::vector<AppliedPolicy> select(const CallSubject& subject,
                                                    domain::Stage stage) const
    {
        return selectPolicies(snapshot->snapshot(), subject, stage);
    }
    [[nodiscard]] bool hasRunExpressions() const
    {
        return std::any_of(runPolicies.begin(), runPolicies.end(), [](const AppliedPolicy& policy) {
            return std::holds_alternative<domain::ExpressionRule>(policy.policy->rule);
        });
    }
    void usageChanged();
    void judgeThresholds();
    void judgeRunExpressions();
    /// The first stop wins, stays, and ends the output stage.
    void take(const std::optional<Stop>& next)
    {
        if (next && !stop) {
            stop = next;
            output.close();
        }
    }

    std::shared_ptr<const CompiledSnapshot> snapshot;
    DecisionBuilder builder;
    std::vector<AppliedPolicy> inputPolicies;
    std::optional<InputJudge> input; ///< While the request is being read.
    std::vector<AppliedPolicy> runPolicies;
    ThresholdJudge thresholds;
    RuleFindings runFindings;
    EvaluationClock thresholdClock;
    std::vector<domain::Decision> thresholdDecisions;
    bool usageSeen = false;
    CallScope scope;
    OutputGuard output;
    ToolJudge tools;
    std::optional<Stop> stop;
};

void CallGuard::Impl::usageChanged()
{
    usageSeen = true;
    judgeThresholds();
    if (!stop) {
        judgeRunExpressions();
    }
}

void CallGuard::Impl::judgeRunExpressions()
{
    const auto running = thresholdClock.run();
    const ExpressionScope values
        = [this](const std::vector<std::string>& path) { return scope.value(path); };
    for (const auto& policy : runPolicies) {
        const auto& compiled = snapshot->rules()[policy.index];
        if (compiled.expression) {
            judgeExpression(*compiled.expression, values, policy, runFindings);
        }
    }
    take(runFindings.stop());
}

void CallGuard::Impl::judgeThresholds()
{
    const auto& usage = scope.usage;
    std::vector<ThresholdEvent> events;
    {
        const auto running = thresholdClock.run();
        events = thresholds.judge(usage);
    }
    for (const auto& event : events) {
        thresholdDecisions.push_back(
            builder.fromThreshold(event, usage.now, thresholdClock.microseconds()));
        if (event.stops()) {
            Stop next;
            next.decision = thresholdDecisions.back();
            if (!event.unknown) {
                next.reason = terminationReasonOf(event.rule().metric);
                next.killReason = killReasonOf(event.rule().metric);
            }
            take(next);
        }
    }
}

CallGuard::CallGuard(std::shared_ptr<const CompiledSnapshot> snapshot, CallSubject subject)
    : m_impl(std::make_unique<Impl>(std::move(snapshot), subject))
{
}

CallGuard::~CallGuard() = default;

InputVerdict CallGuard::judgeInput(const std::vector<TextChannel>& texts)
{
    while (readInput(texts)) { }
    return concludeInput();
}

bool CallGuard::readInput(const std::vector<TextChannel>& texts)
{
    if (!m_impl->input) {
        m_impl->input.emplace(
            InputStage{*m_impl->snapshot, m_impl->builder, m_impl->inputPolicies, m_impl->scope},
            texts);
    }
    return m_impl->input->read(limits::kScanSliceBytes);
}

InputVerdict CallGuard::concludeInput()
{
    auto verdict = m_impl->input->conclude();
    m_impl->input.reset();
    m_impl->scope.note(verdict.outcome.decisions);
    m_impl->take(verdict.stop);
    return verdict;
}

void CallGuard::usageChanged(const domain::RunCounters& counters,
                             std::int64_t callOutputTokens,
                             UtcTime now)
{
    if (!m_impl->stop) {
        auto& usage = m_impl->scope.usage;
        usage.counters = counters;
        usage.callOutputTokens = callOutputTokens;
        usage.now = now;
        m_impl->usageChanged();
    }
}

bool CallGuard::needsUsage() const
{
    return m_impl->thresholds.needsUsage() || m_impl->hasRunExpressions();
}

std::optional<UtcTime> CallGuard::durationDue(UtcTime now) const
{
    if (m_impl->stop) {
        return std::nullopt;
    }
    const auto due = m_impl->thresholds.durationDue(m_impl->scope.usage.counters.startedAt);
    if (!m_impl->hasRunExpressions()) {
        return due;
    }
    const auto next = now + kExpressionPace;
    return due ? std::min(*due, next) : next;
}

bool CallGuard::outputUnguarded() const
{
    return m_impl->output.unguarded() && m_impl->tools.empty();
}

bool CallGuard::judgesToolCalls() const
{
    return !m_impl->tools.empty();
}

void CallGuard::judgeToolCall(const ToolCall& call)
{
    if (!m_impl->stop) {
        m_impl->tools.judge(call, m_impl->scope);
        m_impl->take(m_impl->tools.stop());
    }
}

bool CallGuard::redactsOutput() const
{
    return m_impl->output.redacts();
}

bool CallGuard::findsNothing(std::string_view text)
{
    return m_impl->output.findsNothing(text);
}

std::size_t CallGuard::channel(const std::string& name, TextRole role)
{
    const auto number = m_impl->output.channel(name, role);
    m_impl->take(m_impl->output.stop());
    return number;
}

void CallGuard::feed(std::size_t channel, std::string_view delta)
{
    scan::Pace endless;
    static_cast<void>(feed(channel, delta, endless));
}

std::size_t CallGuard::feed(std::size_t channel, std::string_view delta, scan::Pace& pace)
{
    const auto consumed = m_impl->output.feed(channel, delta, pace);
    m_impl->take(m_impl->output.stop());
    return consumed;
}

std::size_t CallGuard::settled(std::size_t channel) const
{
    return m_impl->output.settled(channel);
}

void CallGuard::finishChannel(std::size_t channel)
{
    m_impl->output.finishChannel(channel);
    m_impl->take(m_impl->output.stop());
}

void CallGuard::outputUnreadable(std::string_view why)
{
    m_impl->output.unreadable(why);
    if (!m_impl->stop) {
        m_impl->tools.unreadable(why);
    }
    m_impl->take(m_impl->output.stop());
    m_impl->take(m_impl->tools.stop());
}

const std::optional<Stop>& CallGuard::stop() const
{
    return m_impl->stop;
}

std::vector<Replacement> CallGuard::takeReplacements(std::size_t channel)
{
    return m_impl->output.takeReplacements(channel);
}

std::optional<Replacement> CallGuard::openReplacement(std::size_t channel) const
{
    return m_impl->output.openReplacement(channel);
}

StageOutcome CallGuard::finishOutput()
{
    StageOutcome outcome;
    m_impl->output.conclude(outcome);
    m_impl->tools.conclude(outcome);
    std::move(m_impl->thresholdDecisions.begin(),
              m_impl->thresholdDecisions.end(),
              std::back_inserter(outcome.decisions));
    m_impl->runFindings.conclude(outcome, m_impl->thresholdClock.microseconds());
    if (m_impl->usageSeen) {
        const JudgedStage stage{domain::Stage::Run,
                                m_impl->runPolicies,
                                {},
                                false,
                                m_impl->thresholdClock.microseconds()};
        appendPasses(stage, m_impl->snapshot->snapshot().snapshotId, outcome);
    }
    return outcome;
}

} // namespace exhibit::prevention
