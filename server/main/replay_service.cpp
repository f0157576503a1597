// SPDX-License-Identifier: Apache-2.0
#include "server/main/replay_service.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <future>

namespace exhibit::server {
namespace {

using namespace std::chrono_literals;

constexpr auto kWaitStep = 50ms;

std::string whyNotSent(const storage::RecordedCall& call, const replay::AnswerContent& original)
{
    if (call.outcome == "refused") {
        return "The call was refused before a provider saw it.";
    }
    if (call.upstreamStatus == 0) {
        return "No provider answered the call: there is nothing to compare.";
    }
    return replay::saysAnything(original)
        ? ""
        : "The recorded answer says nothing that another could be compared with.";
}

/// What the record says of the call, in the form of a judgement.
replay::Judgement recordedJudgement(const storage::RecordedCall& call)
{
    replay::Judgement judgement{call.snapshotId, call.decisions, call.passes, {}};
    if (call.outcome == "stopped" || call.outcome == "refused") {
        const auto stop = std::find_if(
            call.decisions.rbegin(), call.decisions.rend(), [](const auto& decision) {
                return decision.result == domain::DecisionResult::Block;
            });
        if (stop != call.decisions.rend()) {
            judgement.stoppedBy = stop->policyId;
        }
    }
    return judgement;
}

} // namespace

ReplayService::ReplayService(Services services)
    : m_services(std::move(services))
{
    if (!m_services.embeddings.model.empty()) {
        m_embeddings.emplace(m_services.io, m_services.embeddings);
    }
}

Result<replay::Outcome> ReplayService::replay(const api::ReplayOrder& order)
{
    const api::Place place(m_places);
    if (!place.taken()) {
        return fail(ErrorCode::Unavailable,
                    "as many replays as may run at once are running",
                    std::string(api::kReplaysBusy));
    }
    EXHIBIT_TRY(auto outcome, judgeOriginal(order));
    outcome.notReplayableReason = whyNotSent(*order.call, outcome.original);
    if (!outcome.notReplayableReason.empty()) {
        return outcome;
    }
    auto replayed = send(order);
    if (replayed) {
        outcome.replayed = *std::move(replayed);
        outcome.match = replay::compareAnswers(outcome.original,
                                               outcome.replayed->content,
                                               m_embeddings ? std::optional(m_embeddings->measure())
                                                            : std::nullopt);
        return outcome;
    }
    auto error = std::move(replayed).error();
    if (error.code != ErrorCode::Conflict) {
        return fail(error.code, std::move(error.message), std::string(api::kProviderFault));
    }
    outcome.notReplayableReason = std::move(error.message);
    return outcome;
}

Result<replay::Judgement> ReplayService::judge(
    const api::ReplayOrder& order,
    const std::shared_ptr<const domain::PolicySnapshot>& snapshot,
    const gateway::ProviderAnswer& answer) const
{
    const auto catalogue = m_services.catalogue.get();
    const auto* project = catalogue->findProject(order.call->projectId);
    EXHIBIT_TRY(auto compiled, m_services.snapshots.get(snapshot));
    EXHIBIT_TRY(auto judged,
                gateway::judgeAgain(*order.call,
                                    answer,
                                    {std::move(compiled),
                                     project == nullptr ? "" : project->slug,
                                     order.prices ? &*order.prices : nullptr}));
    return gateway::judgementOf(std::move(judged), snapshot->snapshotId);
}

Result<replay::Outcome> ReplayService::judgeOriginal(const api::ReplayOrder& order) const
{
    EXHIBIT_TRY(const auto answer, gateway::recordedAnswer(*order.call));
    EXHIBIT_TRY(auto again, judge(order, order.recorded, answer));
    replay::Outcome outcome;
    if (order.judgedBy->snapshotId != order.recorded->snapshotId) {
        EXHIBIT_TRY(auto other, judge(order, order.judgedBy, answer));
        outcome.underOther = std::move(other);
    }
    outcome.original = gateway::contentOf(answer);
    outcome.recorded = recordedJudgement(*order.call);
    outcome.again = std::move(again);
    outcome.differences = replay::differences(outcome.recorded, outcome.again);
    return outcome;
}

Result<replay::ReplayedCall> ReplayService::send(const api::ReplayOrder& order)
{
    EXHIBIT_TRY(auto snapshot, m_services.snapshots.get(order.judgedBy));
    const gateway::ReplayOrder sent{
        order.tenant, order.key, order.request, order.call, std::move(snapshot)};
    const auto answer = std::make_shared<std::promise<Result<replay::ReplayedCall>>>();
    auto replayed = answer->get_future();
    boost::asio::post(m_services.io, [&gateway = m_services.gateway, sent, answer] {
        gateway.replay(sent, [answer](Result<replay::ReplayedCall> result) {
            answer->set_value(std::move(result));
        });
    });
    // The gateway ends every call in time; a server that stops does not wait for it.
    while (replayed.wait_for(kWaitStep) != std::future_status::ready) {
        if (m_stopped) {
            return fail(ErrorCode::Unavailable, "the server is being stopped");
        }
    }
    return replayed.get();
}

} // namespace exhibit::server
