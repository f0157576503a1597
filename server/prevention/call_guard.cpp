// SPDX-License-Identifier: Apache-2.0
#include "server/prevention/call_guard.h"

#include "server/prevention/input_judge.h"
#include "server/prevention/output_guard.h"

namespace exhibit::prevention {

class CallGuard::Impl {
public:
    Impl(std::shared_ptr<const CompiledSnapshot> compiled, const CallSubject& subject)
        : snapshot(std::move(compiled))
        , builder(snapshot->snapshot().snapshotId)
        , inputPolicies(select(subject, domain::Stage::Input))
        , runPolicies(select(subject, domain::Stage::Run))
        , thresholds(runPolicies)
        , priced(subject.priced)
        , output(snapshot, select(subject, domain::Stage::Output), builder)
    {
    }

    [[nodiscard]] std::vector<AppliedPolicy> select(const CallSubject& subject,
                                                    domain::Stage stage) const
    {
        return selectPolicies(snapshot->snapshot(), subject, stage);
    }
    void usageChanged(const UsageState& usage);
    /// The first stop wins and stays.
    void take(const std::optional<Stop>& next)
    {
        if (next && !stop) {
            stop = next;
        }
    }

    std::shared_ptr<const CompiledSnapshot> snapshot;
    DecisionBuilder builder;
    std::vector<AppliedPolicy> inputPolicies;
    std::vector<AppliedPolicy> runPolicies;
    ThresholdJudge thresholds;
    bool priced;
    EvaluationClock thresholdClock;
    std::vector<domain::Decision> thresholdDecisions;
    bool usageSeen = false;
    OutputGuard output;
    std::optional<Stop> stop;
};

void CallGuard::Impl::usageChanged(const UsageState& usage)
{
    usageSeen = true;
    std::vector<ThresholdEvent> events;
    {
        const auto running = thresholdClock.run();
        events = thresholds.judge(usage);
    }
    for (const auto& event : events) {
        thresholdDecisions.push_back(
            builder.fromThreshold(event, usage.now, thresholdClock.microseconds()));
        if (event.stops() && !stop) {
            stop = Stop{};
            stop->decision = thresholdDecisions.back();
            if (!event.unknown) {
                stop->reason = terminationReasonOf(event.rule().metric);
                stop->killReason = killReasonOf(event.rule().metric);
            }
            output.close();
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
    auto verdict
        = InputJudge{*m_impl->snapshot, m_impl->builder, m_impl->inputPolicies}.judge(texts);
    m_impl->take(verdict.stop);
    if (verdict.stop) {
        m_impl->output.close();
    }
    return verdict;
}

void CallGuard::usageChanged(const domain::RunCounters& counters,
                             std::int64_t callOutputTokens,
                             UtcTime now)
{
    if (!m_impl->stop) {
        m_impl->usageChanged({counters, callOutputTokens, now, m_impl->priced});
    }
}

bool CallGuard::needsUsage() const
{
    return m_impl->thresholds.needsUsage();
}

bool CallGuard::outputUnguarded() const
{
    return m_impl->output.unguarded();
}

bool CallGuard::redactsOutput() const
{
    return m_impl->output.redacts();
}

std::size_t CallGuard::channel(const std::string& name)
{
    const auto number = m_impl->output.channel(name);
    m_impl->take(m_impl->output.stop());
    return number;
}

void CallGuard::feed(std::size_t channel, std::string_view delta)
{
    m_impl->output.feed(channel, delta);
    m_impl->take(m_impl->output.stop());
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
    m_impl->take(m_impl->output.stop());
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
    std::move(m_impl->thresholdDecisions.begin(),
              m_impl->thresholdDecisions.end(),
              std::back_inserter(outcome.decisions));
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
