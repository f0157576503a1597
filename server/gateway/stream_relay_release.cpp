// SPDX-License-Identifier: Apache-2.0
// Which of the events that are held may go out, and as what.
#include "server/gateway/answer_rewrite.h"
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

/// True when nothing that is held keeps the event back: tool calls never hold up texts, and there
/// may be thousands of their events.
bool StreamRelay::mayOvertake(const HeldEvent& held) const
{
    const bool free = m_held.empty() || held.isAnywhere
        || (m_heldTexts == 0 && !held.isToolCall && !held.waitsForAll && !held.waitsForChoices);
    return free && mayPass(held);
}

void StreamRelay::releaseReady()
{
    EventOrder order;
    for (auto held = m_held.begin(); held != m_held.end();) {
        if (!order.blocks(*held) && mayPass(*held)) {
            m_heldBytes -= held->event.raw.size();
            m_heldTexts -= held->isToolCall ? 0 : 1;
            letOut(*held);
            held = m_held.erase(held);
        } else {
            order.stays(*held);
            ++held;
        }
    }
}

/// However many events a call that is held has, each costs the same.
void StreamRelay::releaseInOrder()
{
    while (!m_held.empty() && mayPass(m_held.front())) {
        m_heldBytes -= m_held.front().event.raw.size();
        m_heldTexts -= m_held.front().isToolCall ? 0 : 1;
        letOut(m_held.front());
        m_held.pop_front();
    }
}

bool StreamRelay::mayPass(const HeldEvent& held) const
{
    const auto isPart
        = [this](const AnswerPiece& piece) { return m_channels.isToolCall(piece.channel); };
    const bool closed = std::any_of(held.pieces.begin(), held.pieces.end(), isPart)
        && std::all_of(held.pieces.begin(), held.pieces.end(), [&](const AnswerPiece& piece) {
                            return !isPart(piece) || m_channels.isClosedCall(piece);
                        });
    const bool toolsHeld = m_channels.isGuarded() && !closed
        && !std::all_of(held.toolChoices.begin(), held.toolChoices.end(), [this](std::int64_t c) {
                               return m_channels.isFinished(c);
                           });
    return !toolsHeld
        && std::all_of(held.pieces.begin(), held.pieces.end(), [this](const AnswerPiece& piece) {
               return m_channels.mayPass(piece);
           });
}

void StreamRelay::letOut(const HeldEvent& held)
{
    if (isChanged(held)) {
        releaseRewritten(held);
    } else {
        release(held);
    }
}

void StreamRelay::release(const HeldEvent& held)
{
    noteReleased(held);
    m_ended = m_ended || held.isLast || held.event.data() == "[DONE]";
    append(m_released, held.number, held.event.raw);
}

void StreamRelay::noteReleased(const HeldEvent& held)
{
    m_begun = m_begun || held.event.hasData;
    for (const auto& piece : held.pieces) {
        m_channels.noteReleased(piece);
    }
    for (auto& choice : m_choices) {
        choice.begun = choice.begun || contains(held.choices, choice.index);
        choice.ended = choice.ended
            || (contains(held.ends, choice.index) && m_channels.isFinished(choice.index));
    }
}

void StreamRelay::releaseRewritten(const HeldEvent& held)
{
    const auto walk = JsonWalk::parse(held.event.data());
    if (!walk) {
        withhold(held);
        return;
    }
    std::string json
        = rewriteAnswer(m_options.surface, *walk, AnswerForm::Chunk, held.pieces, m_channels);
    // A line end may only stand between values; within one event line it would end the data.
    std::replace(json.begin(), json.end(), '\n', ' ');
    std::replace(json.begin(), json.end(), '\r', ' ');
    append(m_withheld, held.number, held.event.raw);
    noteReleased(held);
    const auto name = held.event.name.empty() ? "" : "event: " + held.event.name + "\n";
    append(m_released, held.number, name + "data: " + json + "\n\n");
}

/// True when the event cannot go out as it came: a redacted text, or the end of a choice that did
/// not come to its end.
bool StreamRelay::isChanged(const HeldEvent& held) const
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

} // namespace exhibit::gateway
