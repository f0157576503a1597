// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/gateway/answer_channels.h"
#include "server/gateway/sse_parser.h"

#include <vector>

namespace exhibit::gateway {

/// Bytes of events that follow one another.
struct EventBytes {
    std::int64_t firstEvent = 0;
    std::int64_t eventCount = 0;
    Bytes bytes;
};

/// Adds one event's bytes, to the last element when they follow it.
void append(std::vector<EventBytes>& list, std::int64_t number, BytesView bytes);

/// One event of a provider's stream and what keeps its place among the others.
struct HeldEvent {
    std::int64_t number = 0; ///< Of all events, from 0.
    SseEvent event;
    std::vector<AnswerPiece> pieces;
    std::vector<std::size_t> lanes; ///< Of the pieces.
    std::vector<std::int64_t> choices;
    std::vector<std::int64_t> ends; ///< Choices whose finish reason it brings.
    std::vector<std::int64_t> toolChoices; ///< Those with a part of a tool call in it.
    bool isToolCall = false; ///< Has nothing else, and waits until its calls have closed.
    bool waitsForChoices = false; ///< Ends a choice, or has nothing else to keep its place by.
    bool waitsForAll = false; ///< Belongs to no choice.
    bool inOrder = false; ///< Its readers need all events in the order they were made.
    bool isAnywhere = false; ///< Keeps no order at all.
    bool isLast = false; ///< Ends the answer.
    bool cannotBeCut = false; ///< What is wrong with it is in no text of its choices.
};

/// What events that stay keep from going out, looked at in the order they came: order is kept
/// within a choice and field, a choice's end waits for its events, and what belongs to no choice
/// waits for all (rulings.md 12).
class EventOrder {
public:
    void stays(const HeldEvent& held);
    [[nodiscard]] bool blocks(const HeldEvent& held) const;

private:
    std::vector<std::size_t> m_lanes;
    std::vector<std::int64_t> m_choices;
    bool m_any = false;
};

} // namespace exhibit::gateway
