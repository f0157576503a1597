// SPDX-License-Identifier: Apache-2.0
#include "ui/timeline/event_text.h"

#include "ui/text.h"
#include "ui/widgets/time_display.h"

#include <QCoreApplication>

#include <algorithm>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;
using domain::StepType;

QString tr(const char* text, int count = -1)
{
    return QCoreApplication::translate("Events", text, nullptr, count);
}

bool recoveredOf(const domain::TimelineEvent& event)
{
    const Json* recovered = findMember(event.data, "recovered");
    return recovered != nullptr && recovered->is_bool() && recovered->get_bool();
}

const Json* factAt(const Json* facts, const QString& path)
{
    const Json* at = facts;
    for (const QString& part : path.split(QLatin1Char('.'))) {
        at = at != nullptr ? findMember(*at, fromQt(part)) : nullptr;
    }
    return at;
}

QString contentText(const Json& content)
{
    if (content.is_string()) {
        return toQt(content.get_string());
    }
    if (const auto beginning = stringMember(content, "beginning"); !beginning.empty()) {
        return toQt(beginning) + QChar(0x2026);
    }
    QString text;
    if (content.is_array()) {
        for (const auto& part : content.get_array()) {
            text += toQt(stringMember(part, "text"));
        }
    }
    return text;
}

QString callSummary(const domain::TimelineEvent& event, const std::optional<std::string>& currency)
{
    QString text = tr("%1 tokens, cost %2", forPlural(event.tokens))
                       .arg(grouped(event.tokens),
                            costText(integerOf(event.data, "cost_microcents"), currency));
    if (const auto first = integerOf(event.data, "first_byte_us"); first > 0) {
        text += tr(", first byte after %1").arg(durationText(first));
    }
    return text
        + tr(", %1 in all. %2.")
              .arg(durationText(integerOf(event.data, "latency_us")),
                   textOf(event.data, "outcome"));
}

QString outputSummary(const domain::TimelineEvent& event)
{
    const auto answer = answerBytesOf(event);
    const QString out = (answer.recovered ? tr("At most %1 B released") : tr("%1 B released"))
                            .arg(grouped(answer.released))
        + (answer.redacted ? tr(", redacted") : QString());
    const QString all = answer.withheld > 0
        ? out + tr(", %1 B withheld.").arg(grouped(answer.withheld))
        : out + u"."_s;
    return answer.isWire ? tr("No text recorded: %1").arg(all) : all;
}

QString contextSummary(const domain::TimelineEvent& event)
{
    int counts[3] = {0, 0, 0};
    for (const auto& fact : factsOf(event)) {
        ++counts[static_cast<int>(fact.state)];
    }
    return tr("%1 present, %2 null, %3 absent.").arg(counts[0]).arg(counts[1]).arg(counts[2]);
}

/// No record says what a client received: only what was allowed out.
QString releasedText(const AnswerBytes& answer)
{
    const QString out = grouped(answer.released);
    const QString held = answer.withheld > 0
        ? tr(" %1 were withheld.", forPlural(answer.withheld)).arg(grouped(answer.withheld))
        : QString();
    const int count = forPlural(answer.released);
    return (answer.isWire ? tr(" No text is recorded of the answer.") : QString())
        + (answer.recovered
               ? tr(" At most %1 bytes were released: the gateway crashed meanwhile.", count)
               : held.isEmpty() ? tr(" The answer was released whole, %1 bytes.", count)
                                : tr(" %1 bytes were released.", count))
              .arg(out)
        + (answer.redacted ? tr(" Placeholders stood in them.") : QString()) + held;
}

/// The first sentence of a text: to the first full stop followed by a blank.
QString firstSentence(const QString& text)
{
    const auto end = text.indexOf(u". "_s);
    return end < 0 ? text : text.left(end + 1);
}

} // namespace

std::int64_t integerOf(const Json& data, std::string_view name)
{
    const Json* member = findMember(data, name);
    return member != nullptr && member->is_int64() ? member->get_int64() : 0;
}

QString textOf(const Json& data, std::string_view name)
{
    return toQt(stringMember(data, name));
}

QString stateWord(FactState state)
{
    switch (state) {
    case FactState::Present:
        return tr("present");
    case FactState::Null:
        return tr("sent without a value");
    case FactState::Absent:
        break;
    }
    return tr("not sent at all");
}

std::vector<Fact> factsOf(const domain::TimelineEvent& event)
{
    std::vector<Fact> facts;
    const Json* states = findMember(event.data, "states");
    const Json* values = findMember(event.data, "facts");
    if (states == nullptr || !states->is_object()) {
        return facts;
    }
    for (const auto& member : states->get_object()) {
        Fact fact;
        fact.path = toQt(member.key());
        const std::string_view state = member.value().is_string()
            ? std::string_view(member.value().get_string())
            : std::string_view();
        fact.state = state == "null" ? FactState::Null
            : state == "absent"      ? FactState::Absent
                                     : FactState::Present;
        if (const Json* value = factAt(values, fact.path);
            value != nullptr && fact.state == FactState::Present) {
            fact.value = toQt(printJson(*value));
        }
        facts.push_back(std::move(fact));
    }
    return facts;
}

std::vector<AnswerText> answersOf(const domain::TimelineEvent& event)
{
    std::vector<AnswerText> answers;
    const Json* texts = findMember(event.data, "texts");
    if (texts != nullptr && texts->is_array()) {
        for (const auto& text : texts->get_array()) {
            AnswerText answer{textOf(text, "channel"),
                              textOf(text, "released"),
                              textOf(text, "withheld"),
                              textOf(text, "original"),
                              {}};
            answer.bytes = {integerOf(text, "released_bytes"),
                            integerOf(text, "withheld_bytes"),
                            findMember(text, "original") != nullptr,
                            recoveredOf(event)};
            answers.push_back(std::move(answer));
        }
    }
    return answers;
}

AnswerText mainAnswerOf(const std::vector<AnswerText>& answers)
{
    const auto cut = std::find_if(answers.begin(), answers.end(), [](const AnswerText& answer) {
        return answer.bytes.withheld > 0;
    });
    return cut != answers.end() ? *cut : answers.empty() ? AnswerText{} : answers.front();
}

AnswerBytes answerBytesOf(const domain::TimelineEvent& event)
{
    AnswerBytes bytes;
    for (const auto& answer : answersOf(event)) {
        bytes.released += answer.bytes.released;
        bytes.withheld += answer.bytes.withheld;
        bytes.redacted = bytes.redacted || answer.bytes.redacted;
    }
    if (bytes.released + bytes.withheld == 0) {
        bytes.released = integerOf(event.data, "released_bytes");
        bytes.withheld = integerOf(event.data, "withheld_bytes");
        bytes.isWire = bytes.released + bytes.withheld > 0;
    }
    bytes.recovered = recoveredOf(event);
    return bytes;
}

const domain::TimelineEvent* firstOf(const domain::TimelineReply& timeline,
                                     const CallId& call,
                                     StepType type)
{
    const auto found = std::find_if(
        timeline.events.begin(), timeline.events.end(), [&](const domain::TimelineEvent& event) {
            return event.type == type && event.callId == call;
        });
    return found == timeline.events.end() ? nullptr : &*found;
}

QString toolsOf(const domain::TimelineReply& timeline, const CallId& call)
{
    QStringList tools;
    for (const auto& event : timeline.events) {
        if (event.type == StepType::ToolCall && event.callId == call) {
            const Json* released = findMember(event.data, "released");
            const bool out = released == nullptr || !released->is_bool() || released->get_bool();
            const QString name = textOf(event.data, "name");
            tools << (out ? name : tr("%1 (withheld)").arg(name));
        }
    }
    return tools.join(u", "_s);
}

QString userMessageOf(const domain::TimelineEvent& event)
{
    const Json* messages = findMember(event.data, "messages");
    QString found;
    if (messages != nullptr && messages->is_array()) {
        for (const auto& message : messages->get_array()) {
            const Json* content = findMember(message, "content");
            if (stringMember(message, "role") == "user" && content != nullptr) {
                found = contentText(*content);
            }
        }
    }
    return found;
}

QString eventTitle(const domain::TimelineEvent& event)
{
    switch (event.type) {
    case StepType::Input:
        return tr("User asks");
    case StepType::Context:
        return tr("Context facts");
    case StepType::Policy:
        return event.policy ? toQt(*event.policy) : tr("Policies pass");
    case StepType::LlmCall:
        return textOf(event.data, "model");
    case StepType::ToolCall:
        return textOf(event.data, "name");
    case StepType::Output:
        return answerBytesOf(event).withheld > 0 ? tr("Answer cut") : tr("Answer");
    case StepType::RootCause:
        return tr("Root cause");
    case StepType::Kill:
        return tr("Run stopped");
    case StepType::Error:
        break;
    }
    return tr("Error");
}

QString eventSummary(const domain::TimelineEvent& event, const std::optional<std::string>& currency)
{
    switch (event.type) {
    case StepType::Input:
        return userMessageOf(event);
    case StepType::Context:
        return contextSummary(event);
    case StepType::Policy:
        return event.reason ? toQt(*event.reason) : QString();
    case StepType::LlmCall:
        return callSummary(event, currency);
    case StepType::ToolCall:
        return textOf(event.data, "arguments");
    case StepType::Output:
        return outputSummary(event);
    case StepType::RootCause:
        return event.analysis ? toQt(*event.analysis) : QString();
    case StepType::Kill:
    case StepType::Error:
        break;
    }
    return textOf(event.data, "outcome") + u" "_s + textOf(event.data, "error_code");
}

QString pointText(const Json& point)
{
    return textOf(point, "channel").isEmpty()
        ? tr("before any answer")
        : tr("at byte %1").arg(integerOf(point, "byte_offset"));
}

QString offsetText(std::int64_t microseconds)
{
    if (microseconds >= 10'000'000) {
        return u"+%1 s"_s.arg(decimal(double(microseconds) / 1e6, 1));
    }
    return u"+%1 ms"_s.arg(decimal(double(microseconds) / 1000.0, 1));
}

std::int64_t offsetOf(const domain::TimelineReply& reply, std::size_t event)
{
    return offsetOf(reply, reply.events.at(event).time);
}

std::int64_t offsetOf(const domain::TimelineReply& reply, UtcTime at)
{
    return std::chrono::duration_cast<std::chrono::microseconds>(at - reply.events.front().time)
        .count();
}

QString gapText(domain::GapKind kind)
{
    switch (kind) {
    case domain::GapKind::EnforcementGap:
        return tr("Enforcement gap");
    case domain::GapKind::CoverageGap:
        return tr("Coverage gap");
    case domain::GapKind::DataGap:
        return tr("Data gap");
    case domain::GapKind::ModelFault:
        return tr("Model fault");
    case domain::GapKind::PromptAttack:
        return tr("Prompt attack");
    case domain::GapKind::UpstreamFault:
        return tr("Upstream fault");
    case domain::GapKind::ConfigurationFault:
        break;
    }
    return tr("Configuration fault");
}

Headline headlineOf(const domain::Incident& incident, const domain::TimelineReply* reply)
{
    Headline headline;
    headline.hasCause = incident.rootCause.has_value();
    if (!headline.hasCause) {
        headline.sentence = tr("No root cause recorded");
        headline.detail = tr("Look at the inflection point, where the run changed its course (I).");
        return headline;
    }
    const auto& cause = *incident.rootCause;
    headline.sentence = firstSentence(toQt(cause.analysis));
    headline.detail = tr("%1 at step %2.").arg(gapText(cause.kind)).arg(cause.causingStep);
    if (reply == nullptr) {
        return headline;
    }
    for (const auto& event : reply->events) {
        if (reply->inflectionStep != event.stepIndex || !event.policy || !event.result) {
            continue;
        }
        headline.detail
            += tr(" Step %1 decided: %2 %3")
                   .arg(event.stepIndex)
                   .arg(isolated(toQt(*event.policy)), isolated(toQt(wireName(*event.result))));
        if (const Json* point = findMember(event.data, "inflection")) {
            headline.detail += QLatin1Char(' ') + pointText(*point);
        }
        headline.detail += u"."_s;
    }
    for (const auto& event : reply->events) {
        if (event.type == StepType::Output && event.callId == incident.callId) {
            headline.detail += releasedText(answerBytesOf(event));
            break; // A call has one answer.
        }
    }
    return headline;
}

} // namespace exhibit::ui
