// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/timeline_text.h"

#include "app/ctl/table.h"
#include "app/ctl/text_layout.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::ctl {
namespace {

using domain::StepType;
using domain::TimelineEvent;

constexpr std::size_t kIndent = 8;

std::int64_t integerMember(const Json& json, std::string_view name)
{
    const Json* member = findMember(json, name);
    return member != nullptr && member->is_int64() ? member->get_int64() : 0;
}

std::string milliseconds(std::int64_t microseconds)
{
    return fmt::format("{:.1f} ms", static_cast<double>(microseconds) / 1000.0);
}

/// A message's text: a string, the text parts of an array, or the beginning of a long one.
std::string textOf(const Json& value)
{
    if (value.is_string()) {
        return std::string(value.get_string());
    }
    if (const auto beginning = stringMember(value, "beginning"); !beginning.empty()) {
        return std::string(beginning) + fmt::format("… ({} bytes)", integerMember(value, "bytes"));
    }
    return printJson(value);
}

class Printer {
public:
    Printer(const Output& output, const std::optional<std::string>& currency)
        : m_output(output)
        , m_currency(currency)
    {
    }

    void header(const domain::Incident& incident) const;
    void event(const TimelineEvent& event) const;
    void rootCause(const domain::RootCause& cause) const;

private:
    void detail(std::string_view label, std::string_view text, Paint paint = Paint::Plain) const;
    void input(const Json& data) const;
    void context(const Json& data) const;
    void decision(const TimelineEvent& event) const;
    void call(const Json& data) const;
    void toolCall(const Json& data) const;
    void answer(const Json& data) const;
    void unknown(const Json& data) const;

    const Output& m_output;
    const std::optional<std::string>& m_currency; ///< Of every cost in the timeline.
};

void Printer::header(const domain::Incident& incident) const
{
    auto& stream = m_output.stream;
    stream << m_output.paint(Paint::Bold, printable(incident.title)) << '\n';
    printFields(
        m_output,
        {{"incident", {incident.incidentId.text()}},
         {"severity", {std::string(wireName(incident.severity)), paintOf(incident.severity)}},
         {"status", {std::string(wireName(incident.status))}},
         {"policy", {incident.policyId}},
         {"failure", {incident.failureCode ? std::string(wireName(*incident.failureCode)) : ""}},
         {"run", {incident.runId.text()}},
         {"call", {incident.callId.text()}},
         {"user", {incident.userId.value_or("")}},
         {"session", {incident.sessionId.value_or("")}},
         {"model", {incident.model}},
         {"created", {formatTime(incident.createdAt)}},
         {"cost", {amountText(incident.costMicrocents, incident.currency)}},
         {"latency", {milliseconds(incident.latencyUs)}}});
    stream << '\n';
}

void Printer::detail(std::string_view label, std::string_view text, Paint paint) const
{
    if (text.empty()) {
        return;
    }
    const std::string front = std::string(kIndent, ' ') + std::string(label) + ": ";
    const std::size_t columns
        = m_output.columns > front.size() + 20 ? m_output.columns - front.size() : 0;
    bool first = true;
    for (const auto& line : wrapped(text, columns)) {
        m_output.stream << (first ? std::string(kIndent, ' ') + m_output.paint(Paint::Dim, label)
                                    + ": "
                                  : std::string(front.size(), ' '))
                        << m_output.paint(paint, line) << '\n';
        first = false;
    }
}

void Printer::event(const TimelineEvent& event) const
{
    const std::string name = event.type == StepType::Policy && event.policy
        ? fmt::format("{} {}", wireName(event.type), *event.policy)
        : std::string(wireName(event.type));
    const std::string status = event.status == domain::StepStatus::Ok
        ? ""
        : "  [" + std::string(wireName(event.status)) + "]";
    // The marks are words and signs; colour only repeats them.
    m_output.stream << (event.isInflection ? "=>" : "  ")
                    << fmt::format(
                           " {:>3}  {}  ", event.stepIndex, formatTime(event.time).substr(11, 12))
                    << m_output.paint(Paint::Bold, printable(name));
    if (event.result) {
        m_output.stream << "  " << m_output.paint(paintOf(event.status), wireName(*event.result));
    }
    m_output.stream << m_output.paint(paintOf(event.status), status);
    if (event.isInflection) {
        m_output.stream << "  " << m_output.paint(Paint::BoldRed, "INFLECTION POINT");
    }
    m_output.stream << '\n';
    switch (event.type) {
    case StepType::Input:
        return input(event.data);
    case StepType::Context:
        return context(event.data);
    case StepType::Policy:
        return decision(event);
    case StepType::LlmCall:
        return call(event.data);
    case StepType::ToolCall:
        return toolCall(event.data);
    case StepType::Output:
        return answer(event.data);
    case StepType::RootCause:
        return detail("analysis", event.analysis.value_or(""));
    case StepType::Kill:
    case StepType::Error:
        return unknown(event.data);
    }
}

void Printer::input(const Json& data) const
{
    detail("model", stringMember(data, "model"));
    const Json* messages = findMember(data, "messages");
    if (messages == nullptr || !messages->is_array()) {
        return;
    }
    if (const auto before = integerMember(data, "messages_before"); before > 0) {
        detail("earlier", fmt::format("{} messages are not shown", before));
    }
    for (const auto& message : messages->get_array()) {
        const auto role = stringMember(message, "role");
        const Json* content = findMember(message, "content");
        detail(role.empty() ? "message" : printable(role),
               content != nullptr && !content->is_null() ? textOf(*content) : printJson(message));
    }
}

void Printer::context(const Json& data) const
{
    const Json* states = findMember(data, "states");
    if (states == nullptr || !states->is_object()) {
        return unknown(data);
    }
    for (const auto& member : states->get_object()) {
        const std::string state = textOf(member.value());
        detail(printable(member.key()), state, state == "present" ? Paint::Plain : Paint::Yellow);
    }
}

void Printer::decision(const TimelineEvent& event) const
{
    detail("reason", event.reason.value_or(""));
    const auto& data = event.data;
    if (const auto fact = stringMember(data, "fact"); !fact.empty()) {
        detail("fact", fmt::format("{} is {}", fact, stringMember(data, "fact_state")));
    }
    if (const auto metric = stringMember(data, "metric"); !metric.empty()) {
        detail("limit",
               fmt::format("{}: {} of {} used",
                           metric,
                           integerMember(data, "used"),
                           integerMember(data, "limit")));
    }
    if (const Json* point = findMember(data, "inflection"); point != nullptr) {
        detail("where",
               fmt::format("{}, byte {}, event {}, {} into the call",
                           stringMember(*point, "channel"),
                           integerMember(*point, "byte_offset"),
                           integerMember(*point, "event_no"),
                           milliseconds(integerMember(*point, "at_us"))));
    }
    detail("should have", stringMember(data, "should_have"));
    detail("actually did", stringMember(data, "actually_did"));
    detail("snapshot", stringMember(data, "snapshot_id"));
}

void Printer::call(const Json& data) const
{
    const auto upstream = stringMember(data, "upstream");
    detail("provider",
           fmt::format("{}{}, status {}, {}",
                       upstream.empty() ? "" : std::string(upstream) + ", ",
                       stringMember(data, "model"),
                       integerMember(data, "upstream_status"),
                       stringMember(data, "outcome")));
    if (const Json* usage = findMember(data, "usage"); usage != nullptr) {
        detail("used",
               fmt::format("{} + {} tokens, cost {}, {}",
                           integerMember(*usage, "prompt_tokens"),
                           integerMember(*usage, "completion_tokens"),
                           amountText(integerMember(data, "cost_microcents"), m_currency),
                           milliseconds(integerMember(data, "latency_us"))));
    }
}

void Printer::toolCall(const Json& data) const
{
    const Json* released = findMember(data, "released");
    const bool out = released == nullptr || !released->is_bool() || released->get_bool();
    detail(out ? "released" : "withheld",
           fmt::format("{}({})", stringMember(data, "name"), stringMember(data, "arguments")),
           out ? Paint::Plain : Paint::Red);
}

void Printer::answer(const Json& data) const
{
    bool isText = false;
    const Json* texts = findMember(data, "texts");
    if (texts != nullptr && texts->is_array()) {
        for (const auto& text : texts->get_array()) {
            if (texts->get_array().size() > 1) {
                detail("channel", stringMember(text, "channel"));
            }
            const auto released = stringMember(text, "released");
            const auto withheld = stringMember(text, "withheld");
            detail("released", released, Paint::Green);
            detail("original", stringMember(text, "original"));
            detail("withheld", withheld, Paint::Red);
            isText = isText || !released.empty() || !withheld.empty();
        }
    }
    if (!isText) { // What the bytes are of then: tool calls, which are events of their own, or
                   // data.
        detail("text", "none is recorded");
    }
    detail("bytes",
           fmt::format("{} released, {} withheld, client got status {} ({})",
                       integerMember(data, "released_bytes"),
                       integerMember(data, "withheld_bytes"),
                       integerMember(data, "status"),
                       stringMember(data, "outcome")));
}

void Printer::unknown(const Json& data) const
{
    if (data.is_object()) {
        for (const auto& member : data.get_object()) {
            detail(printable(member.key()), textOf(member.value()));
        }
    }
}

void Printer::rootCause(const domain::RootCause& cause) const
{
    m_output.stream << '\n' << m_output.paint(Paint::Bold, "Root cause") << '\n';
    detail("kind", wireName(cause.kind));
    detail("analysis", cause.analysis);
    detail("should have", cause.shouldHave);
    detail("actually did", cause.actuallyDid);
    detail("caused by", fmt::format("step {}", cause.causingStep));
    detail("evidence",
           cause.evidenceSteps.empty()
               ? std::string()
               : fmt::format("steps {}", fmt::join(cause.evidenceSteps, ", ")));
}

} // namespace

void printTimeline(const Output& output,
                   const domain::Incident& incident,
                   const client::TimelineReply& timeline)
{
    const Printer printer(output, timeline.currency);
    printer.header(incident);
    output.stream << output.paint(Paint::Bold, "Decision timeline")
                  << fmt::format(" ({}, UTC)\n", formatTime(incident.createdAt).substr(0, 10));
    for (TimelineEvent event : timeline.events) {
        event.isInflection = event.isInflection || timeline.inflectionStep == event.stepIndex;
        printer.event(event);
    }
    if (timeline.truncated) {
        output.stream << "   ...  later events are left out\n";
    }
    if (incident.rootCause) {
        printer.rootCause(*incident.rootCause);
    }
}

} // namespace exhibit::ctl
