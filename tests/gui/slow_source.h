// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/gui/picture_source.h"

#include <optional>

namespace exhibit::test {

/// Answers as pictures have it, or later, or not.
class SlowSource : public PictureSource {
public:
    bool holdsSearches = false;
    bool holdsCounts = false;
    std::optional<std::int64_t> total; ///< Of searches; else as pictures have it.
    bool failsCounts = false;
    bool failsTimelines = false;
    bool callRuns = false; ///< No step of it is written.
    std::vector<std::chrono::milliseconds> later; ///< Steps more, each after the one before.
    bool estimates = false; ///< Bars, where they may be.
    bool knowsNoEstimates = false; ///< An older server.
    int incidentsAsked = 0;
    bool holdsCalls = false;
    bool failsCalls = false;
    bool failsSearches = false;
    std::optional<domain::CallSearchRequest> callsAsked; ///< The last time, not only counted.

    domain::Question search(domain::SearchRequest request,
                            domain::AnswerTo<domain::SearchReply> answer) override
    {
        if (failsSearches) {
            return fail<domain::SearchReply>(std::move(answer));
        }
        if (!holdsSearches || request.limit == 1) {
            return PictureSource::search(std::move(request),
                                         [answer, total = total, callRuns = callRuns](
                                             domain::SourceResult<domain::SearchReply> reply) {
                                             reply->total = total.value_or(reply->total);
                                             for (auto& hit : reply->incidents) {
                                                 hit.incident.rootCause = callRuns
                                                     ? std::nullopt
                                                     : hit.incident.rootCause;
                                             }
                                             answer(std::move(reply));
                                         });
        }
        auto open = std::make_shared<Held>(Held{std::move(request), std::move(answer), {}});
        m_held = open;
        return open;
    }
    domain::Question searchCalls(domain::CallSearchRequest request,
                                 domain::AnswerTo<domain::CallSearchReply> answer) override
    {
        callsAsked = request.limit == 1 ? callsAsked : std::optional(request);
        if (holdsCalls) {
            return m_counts;
        }
        return failsCalls ? fail<domain::CallSearchReply>(std::move(answer))
                          : PictureSource::searchCalls(std::move(request), std::move(answer));
    }
    domain::Question facets(domain::FacetsRequest request,
                            domain::AnswerTo<domain::FacetsReply> answer) override
    {
        if (holdsCounts) {
            return m_counts;
        }
        return failsCounts ? fail<domain::FacetsReply>(std::move(answer))
                           : PictureSource::facets(std::move(request), std::move(answer));
    }
    domain::Question histogram(domain::HistogramRequest request,
                               domain::AnswerTo<domain::HistogramReply> answer) override
    {
        if (holdsCounts) {
            return m_counts;
        }
        if (failsCounts) {
            return fail<domain::HistogramReply>(std::move(answer));
        }
        const bool mayBeEstimated = request.estimate.value_or(false);
        return PictureSource::histogram(
            std::move(request),
            [answer,
             refused = knowsNoEstimates && mayBeEstimated,
             about
             = estimates && mayBeEstimated](domain::SourceResult<domain::HistogramReply> reply) {
                reply->isEstimate = about;
                if (refused) {
                    reply = tl::make_unexpected(
                        domain::SourceFailure{{ErrorCode::InvalidInput, "unknown", "/estimate"}});
                }
                answer(std::move(reply));
            });
    }
    domain::Question timeline(std::string id,
                              domain::AnswerTo<domain::TimelineReply> answer) override
    {
        if (callRuns) {
            return PictureSource::timeline(
                std::move(id), [answer](domain::SourceResult<domain::TimelineReply> reply) {
                    reply->events.clear();
                    reply->inflectionStep.reset();
                    answer(std::move(reply));
                });
        }
        if (failsTimelines) {
            return fail<domain::TimelineReply>(std::move(answer));
        }
        return PictureSource::timeline(
            std::move(id),
            [answer, later = later](domain::SourceResult<domain::TimelineReply> reply) {
                for (const auto after : later) {
                    auto last = reply->events.back();
                    ++last.stepIndex;
                    last.time += after;
                    reply->events.push_back(last);
                }
                answer(std::move(reply));
            });
    }
    domain::Question incident(std::string id, domain::AnswerTo<domain::Incident> answer) override
    {
        ++incidentsAsked;
        return PictureSource::incident(std::move(id), std::move(answer));
    }

    domain::Question exportSearch(domain::SearchRequest request,
                                  domain::ExportChoice choice,
                                  domain::AnswerTo<Bytes> answer) override
    {
        exported = request.query.value_or("") + " as " + choice.format + ": " + choice.reason;
        Q_UNUSED(answer)
        return m_counts;
    }

    std::string exported;
    [[nodiscard]] bool isAskedToCount() const { return m_counts.use_count() > 1; }
    [[nodiscard]] bool isAsked() const { return !m_held.expired(); }
    void answerHeld()
    {
        holdsSearches = false;
        if (const auto held = m_held.lock()) {
            held->question = PictureSource::search(held->request, held->answer);
        }
    }

private:
    struct Held {
        domain::SearchRequest request;
        domain::AnswerTo<domain::SearchReply> answer;
        domain::Question question;
    };
    template <class T>
    domain::Question fail(domain::AnswerTo<T> answer)
    {
        return snapshot({}, [answer](const domain::SourceResult<Json>& none) {
            answer(tl::make_unexpected(none.error()));
        });
    }

    std::weak_ptr<Held> m_held;
    domain::Question m_counts = std::make_shared<int>(); ///< Never answered.
};

} // namespace exhibit::test
