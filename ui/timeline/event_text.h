// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/incident_source.h"

#include <QString>

#include <vector>

namespace exhibit::ui {

/// A member of an event's data, with what stands for absence.
[[nodiscard]] std::int64_t integerOf(const Json& data, std::string_view name);
[[nodiscard]] QString textOf(const Json& data, std::string_view name);

enum class FactState : std::uint8_t { Present, Null, Absent };

/// A context fact; present, null and absent are three different things.
struct Fact {
    QString path;
    FactState state = FactState::Present;
    QString value; ///< As JSON; empty unless present.
};
[[nodiscard]] std::vector<Fact> factsOf(const domain::TimelineEvent& event);
[[nodiscard]] QString stateWord(FactState state);

/// How much of an answer was released, which is durable and allowed out, and how much was held:
/// bytes of the provider's text, or of the stream where no text is recorded.
struct AnswerBytes {
    std::int64_t released = 0;
    std::int64_t withheld = 0;
    bool redacted = false; ///< Placeholders went out in the place of some of it.
    bool recovered = false; ///< Closed after a crash: what was released is an upper bound.
    bool isWire = false; ///< Bytes of the stream: tool calls alone, or nothing that is a text.
};
/// What one channel of an answer released and what was withheld, as far as it is recorded.
struct AnswerText {
    QString channel;
    QString released;
    QString withheld;
    QString original; ///< Of what was released with placeholders in it; else empty.
    AnswerBytes bytes; ///< Also of what the record has no room for.
};
[[nodiscard]] AnswerBytes answerBytesOf(const domain::TimelineEvent& event);
[[nodiscard]] std::vector<AnswerText> answersOf(const domain::TimelineEvent& event);
/// The channel that was cut, else the first.
[[nodiscard]] AnswerText mainAnswerOf(const std::vector<AnswerText>& answers);

/// The first event of that type of a call; a run can have many calls. nullptr: there is none.
[[nodiscard]] const domain::TimelineEvent* firstOf(const domain::TimelineReply& timeline,
                                                   const CallId& call,
                                                   domain::StepType type);

/// The tools that a call's answer asks for: "lookup, send_mail (withheld)". Empty: none.
[[nodiscard]] QString toolsOf(const domain::TimelineReply& timeline, const CallId& call);

/// The last user message of an input event.
[[nodiscard]] QString userMessageOf(const domain::TimelineEvent& event);

/// Name of an event for card, list twin and screen readers: "User asks", "CONTENT_ACCURACY".
[[nodiscard]] QString eventTitle(const domain::TimelineEvent& event);
/// One or two sentences about it; what it cost is in the timeline's currency.
[[nodiscard]] QString eventSummary(const domain::TimelineEvent& event,
                                   const std::optional<std::string>& currency);
/// Where an inflection point is: "at byte 123", or "before any answer".
[[nodiscard]] QString pointText(const Json& point);
/// "+788.6 ms" from the start of the run.
[[nodiscard]] QString offsetText(std::int64_t microseconds);
[[nodiscard]] std::int64_t offsetOf(const domain::TimelineReply& reply, std::size_t event);
/// Of any moment; the reply has events.
[[nodiscard]] std::int64_t offsetOf(const domain::TimelineReply& reply, UtcTime at);

/// Headline of a run: one sentence of cause and effect, and one of gap, step, policy and bytes.
struct Headline {
    bool hasCause = false;
    QString sentence;
    QString detail;
};
[[nodiscard]] Headline headlineOf(const domain::Incident& incident,
                                  const domain::TimelineReply* reply);
[[nodiscard]] QString gapText(domain::GapKind kind);

} // namespace exhibit::ui
