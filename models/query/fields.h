// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/query/query.h"

#include <string_view>

namespace exhibit::query {

/// How a field's value is read.
enum class ValueKind : std::uint8_t {
    Text,
    PolicyId,
    Severity,
    Status,
    Failure,
    Time,
    Money,
    Duration
};

struct FieldSpec {
    Field field;
    std::string_view name;
    ValueKind kind;
    std::string_view label;
};

inline constexpr FieldSpec kFields[] = {
    {Field::User, "user", ValueKind::Text, "The application's user"},
    {Field::Session, "session", ValueKind::Text, "The application's session"},
    {Field::Run, "run", ValueKind::Text, "A run, by its id or the application's name for it"},
    {Field::Severity, "severity", ValueKind::Severity, "critical, high, medium or low"},
    {Field::Policy, "policy", ValueKind::PolicyId, "The policy that was violated"},
    {Field::Status, "status", ValueKind::Status, "Where the investigation stands"},
    {Field::Model, "model", ValueKind::Text, "The model that answered"},
    {Field::Tag, "tag", ValueKind::Text, "A tag that somebody gave it"},
    {Field::Failure, "failure", ValueKind::Failure, "What went wrong, as the policy says"},
    {Field::Assignee, "assignee", ValueKind::Text, "Who looks after it"},
    {Field::After, "after", ValueKind::Time, "From this time or date on (UTC)"},
    {Field::Before, "before", ValueKind::Time, "Earlier than this time or date (UTC)"},
    {Field::Cost, "cost", ValueKind::Money, "Cost of the call in its currency, e.g. >0.50"},
    {Field::Latency, "latency", ValueKind::Duration, "Duration of the call, e.g. >2s"},
};

[[nodiscard]] const FieldSpec& specOf(Field field);
/// Without regard to case; nullptr when there is none of that name.
[[nodiscard]] const FieldSpec* findField(std::string_view name);
[[nodiscard]] constexpr bool takesComparison(ValueKind kind)
{
    return kind == ValueKind::Money || kind == ValueKind::Duration;
}

/// The one of `candidates` that `text` was probably meant to be: it begins like it, or differs by
/// at most two letters. Empty when none is close.
[[nodiscard]] std::string_view nearest(std::string_view text,
                                       const std::vector<std::string_view>& candidates);
[[nodiscard]] std::string_view nearestField(std::string_view name);

/// ASCII only: the language's own words are.
[[nodiscard]] std::string toLower(std::string_view text);
[[nodiscard]] std::string toUpper(std::string_view text);

} // namespace exhibit::query
