// SPDX-License-Identifier: Apache-2.0
#include "models/report/step_line.h"

#include <fmt/format.h>

namespace exhibit::report {
namespace {

using domain::StepType;

std::size_t countOf(const Json& data, std::string_view name)
{
    const Json* member = findMember(data, name);
    return member != nullptr && member->is_array() ? member->get_array().size() : 0;
}

StepLine inputLine(const Json& data)
{
    const auto messages = static_cast<std::int64_t>(countOf(data, "messages"))
        + integerMember(data, "messages_before");
    return {"Request received",
            messages == 0 ? ""
                          : counted(messages, "message") + " for "
                    + std::string(stringMember(data, "model"))};
}

StepLine contextLine(const Json& data)
{
    std::string missing;
    std::int64_t present = 0;
    const Json* states = findMember(data, "states");
    if (states != nullptr && states->is_object()) {
        for (const auto& [path, state] : states->get_object()) {
            const std::string word = state.is_string() ? std::string(state.get_string()) : "";
            if (word == "present") {
                ++present;
            } else {
                missing += fmt::format(
                    "{}{} is {}", missing.empty() ? "" : "; ", std::string(path), word);
            }
        }
    }
    if (present > 0) {
        missing += (missing.empty() ? "" : "; ") + counted(present, "fact") + " present";
    }
    return {"Facts received", missing};
}

StepLine policyLine(const domain::TimelineEvent& event)
{
    const auto& data = event.data;
    if (!event.policy) {
        std::string ids;
        if (const Json* passed = findMember(data, "policy_ids");
            passed != nullptr && passed->is_array()) {
            for (const auto& id : passed->get_array()) {
                ids += (ids.empty() ? "" : ", ")
                    + std::string(id.is_string() ? id.get_string() : "");
            }
        }
        return {fmt::format("{}, stage {}",
                            counted(static_cast<std::int64_t>(countOf(data, "policy_ids")),
                                    "policy",
                                    "policies"),
                            stringMember(data, "stage")),
                ids};
    }
    StepLine line{*event.policy, event.reason.value_or("")};
    if (const auto version = integerMember(data, "policy_version"); version > 0) {
        line.event += fmt::format(" v{}", version);
    }
    if (!stringMember(data, "metric").empty()) {
        line.detail += fmt::format(" {}: {} of {} used.",
                                   stringMember(data, "metric"),
                                   grouped(integerMember(data, "used")),
                                   grouped(integerMember(data, "limit")));
    }
    const Json* point = findMember(data, "inflection");
    if (point != nullptr && !stringMember(*point, "channel").empty()) {
        line.detail += fmt::format(" Byte {}, event {}.",
                                   grouped(integerMember(*point, "byte_offset")),
                                   integerMember(*point, "event_no"));
    }
    if (const auto micros = integerMember(data, "evaluation_us"); micros > 0) {
        line.detail += fmt::format(" Decided in {}.", durationOf(micros));
    }
    return line;
}

StepLine callLine(const Json& data)
{
    const std::string outcome(stringMember(data, "outcome"));
    StepLine line{std::string(stringMember(data, "model")) + " called", ""};
    const Json* first = findMember(data, "first_byte_us");
    if (first != nullptr && first->is_int64()) {
        line.detail = fmt::format("First byte after {}; ", durationOf(first->get_int64()));
    }
    line.detail += fmt::format("status {}, {}, {}",
                               integerMember(data, "upstream_status"),
                               outcome,
                               durationOf(integerMember(data, "latency_us")));
    if (const Json* usage = findMember(data, "usage"); usage != nullptr) {
        line.detail += fmt::format("; {} + {} tokens",
                                   grouped(integerMember(*usage, "prompt_tokens")),
                                   grouped(integerMember(*usage, "completion_tokens")));
    }
    return line;
}

/// Placeholders went out and no text of it ends before the provider's.
bool wasRedacted(const Json& data)
{
    const Json* texts = findMember(data, "texts");
    bool redacted = false;
    for (const auto& text :
         texts != nullptr && texts->is_array() ? texts->get_array() : JsonArray{}) {
        if (integerMember(text, "withheld_bytes") > 0) {
            return false;
        }
        redacted = redacted || findMember(text, "original") != nullptr;
    }
    return redacted;
}

StepLine outputLine(const Json& data)
{
    const auto withheld = integerMember(data, "withheld_bytes");
    const auto released = integerMember(data, "released_bytes");
    const bool redacted = withheld > 0 && wasRedacted(data);
    StepLine line{redacted           ? "Answer redacted"
                      : withheld > 0 ? "Answer cut"
                                     : "Answer released",
                  counted(released, "byte") + " released"};
    if (redacted) {
        line.detail += ", with placeholders for what a policy redacts; " + counted(withheld, "byte")
            + " of the provider’s are kept";
    } else if (withheld > 0) {
        line.detail += ", " + counted(withheld, "byte") + " received and withheld";
    }
    line.detail += fmt::format("; client got status {}", integerMember(data, "status"));
    const Json* recovered = findMember(data, "recovered");
    if (recovered != nullptr && recovered->is_bool() && recovered->get_bool()) {
        line.detail += "; closed by recovery, so that what was released is an upper bound";
    }
    return line;
}

} // namespace

std::int64_t integerMember(const Json& json, std::string_view name)
{
    const Json* member = findMember(json, name);
    return member != nullptr && member->is_int64() ? member->get_int64() : 0;
}

StepLine lineOf(const domain::TimelineEvent& event)
{
    const auto& data = event.data;
    switch (event.type) {
    case StepType::Input:
        return inputLine(data);
    case StepType::Context:
        return contextLine(data);
    case StepType::Policy:
        return policyLine(event);
    case StepType::LlmCall:
        return callLine(data);
    case StepType::ToolCall: {
        const Json* released = findMember(data, "released");
        const bool out = released == nullptr || !released->is_bool() || released->get_bool();
        return {fmt::format("Tool {} {}", stringMember(data, "name"), out ? "called" : "withheld"),
                ""};
    }
    case StepType::Output:
        return outputLine(data);
    case StepType::RootCause:
        return {"Root cause found", event.analysis.value_or("")};
    case StepType::Kill:
        return {"Run killed",
                fmt::format("after {} events, {} released",
                            integerMember(data, "event_count"),
                            counted(integerMember(data, "released_bytes"), "byte"))};
    case StepType::Error:
        return {"Fault",
                fmt::format("{} {}, status {}",
                            stringMember(data, "outcome"),
                            stringMember(data, "error_code"),
                            integerMember(data, "upstream_status"))};
    }
    return {};
}

std::string durationOf(std::int64_t microseconds)
{
    if (microseconds < 1000) {
        return fmt::format("{} µs", microseconds);
    }
    if (microseconds < 10'000) {
        return fmt::format("{:.1f} ms", static_cast<double>(microseconds) / 1e3);
    }
    if (microseconds < 1'000'000) {
        return fmt::format("{} ms", microseconds / 1000);
    }
    if (microseconds < 60'000'000) {
        return fmt::format("{:.1f} s", static_cast<double>(microseconds) / 1e6);
    }
    const auto seconds = microseconds / 1'000'000;
    return seconds < 3600 ? fmt::format("{} min {:02} s", seconds / 60, seconds % 60)
                          : fmt::format("{} h {:02} min", seconds / 3600, seconds / 60 % 60);
}

std::string grouped(std::int64_t number)
{
    std::string digits = std::to_string(number);
    const std::size_t first = number < 0 ? 1 : 0;
    for (std::size_t at = digits.size(); at > first + 3;) {
        at -= 3;
        digits.insert(at, "\xE2\x80\xAF"); // Narrow, does not break.
    }
    return digits;
}

std::string counted(std::int64_t number, std::string_view singular, std::string_view plural)
{
    const std::string many = plural.empty() ? std::string(singular) + "s" : std::string(plural);
    return grouped(number) + " " + (number == 1 ? std::string(singular) : many);
}

} // namespace exhibit::report
