// SPDX-License-Identifier: Apache-2.0
#include "tests/support/sample_upstream/delivery.h"

#include <algorithm>
#include <array>

namespace exhibit::sample {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kSlowLatency{1000};
constexpr milliseconds kSlowEventGap{100};
constexpr std::size_t kHugeJsonBytes = std::size_t{24} * 1024 * 1024;
constexpr std::size_t kHugeEventBytes = std::size_t{6} * 1024 * 1024;

constexpr std::array<std::pair<std::string_view, Fault>, 11> kFaultNames{
    {{"slow", Fault::Slow},
     {"cut", Fault::Cut},
     {"cut_before", Fault::CutBefore},
     {"429", Fault::RateLimited},
     {"500", Fault::ServerError},
     {"malformed", Fault::Malformed},
     {"wrong_content_type", Fault::WrongContentType},
     {"huge", Fault::Huge},
     {"one_byte", Fault::OneByte},
     {"no_done", Fault::NoDone},
     {"stall", Fault::Stall}}};

std::size_t middleOf(const Answer& answer)
{
    // Of a stream the end of an event, so that whole events were sent and more were to come.
    return answer.stream && answer.eventEnds.size() > 1
        ? answer.eventEnds[(answer.eventEnds.size() - 1) / 2]
        : answer.body.size() / 2;
}

Answer withBody(const Answer& recorded, std::string body)
{
    Answer answer = recorded.stream ? streamAnswer(200, {}, std::move(body))
                                    : jsonAnswer(200, {}, std::move(body));
    answer.head = recorded.head;
    return answer;
}

Answer malformed(const Answer& recorded)
{
    const std::size_t middle = middleOf(recorded);
    if (!recorded.stream) {
        return withBody(recorded, recorded.body.substr(0, middle));
    }
    return withBody(recorded,
                    recorded.body.substr(0, middle) + "data: {\"choices\":[{\"delta\":\n\n"
                        + recorded.body.substr(middle));
}

Answer wrongContentType(const Answer& recorded)
{
    const std::string body = recorded.body;
    const HeaderPairs headers{{"content-type", "text/html; charset=utf-8"}};
    return recorded.stream ? streamAnswer(200, headers, body) : jsonAnswer(200, headers, body);
}

Answer huge(const Answer& recorded)
{
    if (!recorded.stream) {
        return withBody(recorded,
                        R"({"object":"chat.completion","choices":[{"index":0,"message":{)"
                        R"("role":"assistant","content":")"
                            + std::string(kHugeJsonBytes, 'x') + R"("},"finish_reason":"stop"}]})");
    }
    return withBody(recorded,
                    R"(data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{)"
                    R"("content":")"
                        + std::string(kHugeEventBytes, 'x') + "\"}}]}\n\n" + recorded.body);
}

Answer withoutLastEvent(const Answer& recorded)
{
    if (!recorded.stream || recorded.eventEnds.size() < 2) {
        return recorded;
    }
    const std::size_t end = recorded.eventEnds[recorded.eventEnds.size() - 2];
    return withBody(recorded, recorded.body.substr(0, end));
}

Answer rateLimited()
{
    return errorAnswer(429,
                       "requests",
                       "rate_limit_exceeded",
                       "Rate limit reached for requests",
                       {{"retry-after", "1"},
                        {"x-ratelimit-limit-requests", "500"},
                        {"x-ratelimit-remaining-requests", "0"}});
}

std::shared_ptr<const Answer> replacement(const Answer& recorded, Fault fault)
{
    switch (fault) {
    case Fault::RateLimited:
        return std::make_shared<Answer>(rateLimited());
    case Fault::ServerError:
        return std::make_shared<Answer>(errorAnswer(
            500, "server_error", "internal_error", "The server had an error processing it"));
    case Fault::Malformed:
        return std::make_shared<Answer>(malformed(recorded));
    case Fault::WrongContentType:
        return std::make_shared<Answer>(wrongContentType(recorded));
    case Fault::Huge:
        return std::make_shared<Answer>(huge(recorded));
    case Fault::NoDone:
        return std::make_shared<Answer>(withoutLastEvent(recorded));
    default:
        return nullptr;
    }
}

} // namespace

Result<Fault> parseFault(std::string_view name)
{
    const auto* found
        = std::ranges::find(kFaultNames, name, [](const auto& entry) { return entry.first; });
    if (found == kFaultNames.end()) {
        return fail(ErrorCode::InvalidInput, "unknown fault", std::string(name));
    }
    return found->second;
}

Delivery planDelivery(const Answer& recorded, Fault fault, const Pace& pace)
{
    Delivery delivery;
    delivery.own = replacement(recorded, fault);
    delivery.answer = delivery.own != nullptr ? delivery.own.get() : &recorded;
    delivery.pace = pace;
    if (fault == Fault::Slow) {
        delivery.pace.latency = std::max(pace.latency, kSlowLatency);
        delivery.pace.eventGap = std::max(pace.eventGap, kSlowEventGap);
    } else if (fault == Fault::OneByte) {
        delivery.pace.chunkBytes = 1;
    } else if (fault == Fault::CutBefore) {
        delivery.closeBeforeFirstByte = true;
    } else if (fault == Fault::Cut) {
        delivery.closeAfter = middleOf(recorded);
    } else if (fault == Fault::Stall) {
        delivery.stallAfter = middleOf(recorded);
    }
    return delivery;
}

} // namespace exhibit::sample
