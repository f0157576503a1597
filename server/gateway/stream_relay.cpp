// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/stream_relay.h"

#include <algorithm>

namespace exhibit::gateway {
namespace {

template <class T>
bool contains(const std::vector<T>& list, const T& value)
{
    return std::find(list.begin(), list.end(), value) != list.end();
}

} // namespace

StreamRelay::StreamRelay(prevention::CallGuard& guard, UsageMeter& meter, Options options)
    : m_guard(guard)
    , m_meter(meter)
    , m_options(options)
    , m_channels(guard)
    , m_holdsWhole(guard.holdsWholeAnswer())
{
}

Result<void> StreamRelay::feed(BytesView bytes)
{
    m_parser.append(bytes);
    while (!m_stopped) {
        EXHIBIT_TRY(auto event, m_parser.next());
        if (!event) {
            return {};
        }
        take(*std::move(event));
    }
    return {};
}

void StreamRelay::finish()
{
    if (m_stopped) {
        return;
    }
    // Some readers also take an event that lacks its empty line.
    if (auto rest = m_parser.finish()) {
        take(*std::move(rest));
    }
    m_done = true;
    if (!m_stopped && !m_channels.finishAll()) {
        stop();
    }
    if (m_stopped) {
        return;
    }
    if (m_holdsWhole) {
        endRedacted();
    } else {
        releaseReady();
    }
    m_ended = true;
}

void StreamRelay::abandon()
{
    for (auto& held : m_held) {
        withhold(std::move(held));
    }
    m_held.clear();
    m_heldBytes = 0;
    withholdRest();
}

void StreamRelay::checkStop()
{
    if (m_guard.stop() && !m_stopped) {
        stop();
    }
}

void StreamRelay::take(SseEvent event)
{
    Held held;
    held.number = m_eventCount++;
    held.event = std::move(event);
    if (!held.event.hasData) {
        release(std::move(held));
        return;
    }
    if (m_done) {
        // Readers look no further than [DONE], and nothing behind it was judged.
        if (m_channels.isGuarded()) {
            withhold(std::move(held));
        } else {
            release(std::move(held));
        }
        return;
    }
    held.waitsForAll = true;
    if (held.event.data() == "[DONE]") {
        m_done = true;
        m_channels.finishAll();
    } else if (const auto walk = JsonWalk::parse(held.event.data())) {
        const auto answer = readAnswer(*walk, AnswerForm::Chunk);
        if (isOurUsage(answer)) {
            m_meter.report(*answer.usage);
            meter();
            withhold(std::move(held));
            checkStop();
            return;
        }
        takeChunk(held, *walk, answer);
    } else {
        takeUnreadable("An event of the provider's stream is no JSON.");
    }
    hold(std::move(held));
}

void StreamRelay::takeUnreadable(std::string_view why)
{
    if (m_channels.isGuarded()) {
        m_guard.outputUnreadable(why);
    }
}

bool StreamRelay::isOurUsage(const ChatAnswer& answer) const
{
    return m_options.hideUsage && answer.hasChoices && answer.choices.empty()
        && answer.usage.has_value();
}

void StreamRelay::takeChunk(Held& held, const JsonWalk& walk, const ChatAnswer& answer)
{
    m_frame.learn(walk);
    if (!answer.problem.empty()) {
        takeUnreadable(answer.problem);
    }
    for (const auto& text : answer.texts) {
        held.pieces.push_back(m_channels.feed(walk, text));
        m_meter.addAnswerText(held.pieces.back().end - held.pieces.back().begin);
    }
    noteChoices(held, answer);
    if (answer.usage) {
        m_meter.report(*answer.usage);
    }
    meter();
}

void StreamRelay::noteChoices(Held& held, const ChatAnswer& answer)
{
    held.waitsForAll = answer.choices.empty();
    held.waitsForChoices = held.pieces.empty();
    for (const auto& choice : answer.choices) {
        held.choices.push_back(choice.index);
        const bool known = std::any_of(m_choices.begin(), m_choices.end(), [&](const Choice& c) {
            return c.index == choice.index;
        });
        if (!known && m_choices.size() < limits::kGuardChannelsMax) {
            m_choices.push_back({choice.index, false});
        }
        if (!choice.finishReason.empty()) {
            held.waitsForChoices = true;
            held.ends.push_back(choice.index);
            m_finishReasons.push_back(choice.finishReason);
            m_channels.finishChoice(choice.index);
        }
    }
}

void StreamRelay::meter()
{
    if (m_guard.needsUsage()) {
        m_guard.usageChanged(m_meter.runCounters(), m_meter.usage().completionTokens, utcNow());
    }
}

void StreamRelay::hold(Held held)
{
    if (m_held.empty() && !m_holdsWhole && !m_guard.stop() && mayPass(held)) {
        release(std::move(held));
        return;
    }
    m_heldBytes += held.event.raw.size();
    m_held.push_back(std::move(held));
    if (m_heldBytes > limits::kStreamHeldBytesMax) {
        m_holdsWhole = false;
        takeUnreadable("More of the answer was held back than can be kept.");
    }
    if (m_guard.stop()) {
        stop();
    } else if (!m_holdsWhole) {
        releaseReady();
    } else if (m_done) {
        endRedacted();
    }
}

void StreamRelay::releaseReady()
{
    Blocked blocked;
    for (auto held = m_held.begin(); held != m_held.end();) {
        if (!isBlocked(*held, blocked) && mayPass(*held)) {
            m_heldBytes -= held->event.raw.size();
            release(std::move(*held));
            held = m_held.erase(held);
        } else {
            block(*held, blocked);
            ++held;
        }
    }
}

bool StreamRelay::isBlocked(const Held& held, const Blocked& blocked) const
{
    if (held.waitsForAll) {
        return blocked.any;
    }
    const bool choiceWaits = held.waitsForChoices
        && std::any_of(held.choices.begin(), held.choices.end(), [&](std::int64_t choice) {
                                 return contains(blocked.choices, choice);
                             });
    return choiceWaits
        || std::any_of(held.pieces.begin(), held.pieces.end(), [&](const AnswerPiece& piece) {
               return contains(blocked.lanes, m_channels.lane(piece.channel));
           });
}

void StreamRelay::block(const Held& held, Blocked& blocked) const
{
    blocked.any = true;
    for (const auto& piece : held.pieces) {
        blocked.lanes.push_back(m_channels.lane(piece.channel));
    }
    blocked.choices.insert(blocked.choices.end(), held.choices.begin(), held.choices.end());
}

bool StreamRelay::mayPass(const Held& held) const
{
    return std::all_of(held.pieces.begin(), held.pieces.end(), [this](const AnswerPiece& piece) {
        return m_channels.mayPass(piece);
    });
}

void StreamRelay::release(Held held)
{
    for (const auto& piece : held.pieces) {
        m_channels.noteReleased(piece);
    }
    for (auto& choice : m_choices) {
        choice.ended = choice.ended || contains(held.ends, choice.index);
    }
    m_ended = m_ended || held.event.data() == "[DONE]";
    append(m_released, held.number, held.event.raw);
}

void StreamRelay::releaseRewritten(Held held)
{
    const auto walk = JsonWalk::parse(held.event.data());
    if (!walk) {
        withhold(std::move(held));
        return;
    }
    std::string json = rewriteAnswer(*walk, AnswerForm::Chunk, held.pieces, m_channels);
    // A line end may only stand between values; within one event line it would end the data.
    std::replace(json.begin(), json.end(), '\n', ' ');
    std::replace(json.begin(), json.end(), '\r', ' ');
    append(m_withheld, held.number, held.event.raw);
    for (const auto& piece : held.pieces) {
        m_channels.noteReleased(piece);
    }
    append(m_released, held.number, "data: " + json + "\n\n");
}

/// The whole answer was held and is known: every event goes out, with placeholders where texts
/// were redacted.
void StreamRelay::endRedacted()
{
    for (auto& held : m_held) {
        if (isChanged(held)) {
            releaseRewritten(std::move(held));
        } else {
            release(std::move(held));
        }
    }
    m_held.clear();
    m_heldBytes = 0;
}

/// What was held goes out as far as it is final; the event with the cut is rewritten.
void StreamRelay::stop()
{
    m_stopped = true;
    m_stopEvent = std::max<std::int64_t>(m_eventCount - 1, 0);
    m_channels.freeze();
    Blocked blocked;
    for (auto& held : m_held) {
        const bool open = !isBlocked(held, blocked) && !held.waitsForAll;
        if (open && mayPass(held) && !isChanged(held)) {
            release(std::move(held));
            continue;
        }
        block(held, blocked);
        const bool something
            = std::any_of(held.pieces.begin(), held.pieces.end(), [this](const AnswerPiece& piece) {
                  return piece.begin < piece.end && m_channels.allowed(piece.channel) > piece.begin;
              });
        if (open && something) {
            releaseRewritten(std::move(held));
        } else {
            withhold(std::move(held));
        }
    }
    m_held.clear();
    m_heldBytes = 0;
    withholdRest();
}

/// True when the event cannot go out as it came: a redacted text, or the end of a choice that did
/// not come to its end.
bool StreamRelay::isChanged(const Held& held) const
{
    const bool redacted
        = std::any_of(held.pieces.begin(), held.pieces.end(), [this](const AnswerPiece& piece) {
              return m_channels.isRedacted(piece);
          });
    return redacted
        || !std::all_of(held.ends.begin(), held.ends.end(), [this](std::int64_t choice) {
               return m_channels.isFinished(choice);
           });
}

void StreamRelay::withholdRest()
{
    while (auto rest = m_parser.finish()) {
        append(m_withheld, m_eventCount++, rest->raw);
    }
}

void StreamRelay::withhold(Held held)
{
    append(m_withheld, held.number, held.event.raw);
}

void StreamRelay::append(std::vector<EventBytes>& list, std::int64_t number, BytesView bytes)
{
    if (!list.empty() && list.back().firstEvent + list.back().eventCount == number) {
        ++list.back().eventCount;
        list.back().bytes += bytes;
        return;
    }
    list.push_back({number, 1, Bytes(bytes)});
}

std::vector<EventBytes> StreamRelay::takeReleased()
{
    return std::exchange(m_released, {});
}

std::vector<EventBytes> StreamRelay::takeWithheld()
{
    return std::exchange(m_withheld, {});
}

std::vector<std::int64_t> StreamRelay::openChoices() const
{
    std::vector<std::int64_t> open;
    for (const auto& choice : m_choices) {
        if (!choice.ended) {
            open.push_back(choice.index);
        }
    }
    return open;
}

} // namespace exhibit::gateway
