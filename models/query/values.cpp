// SPDX-License-Identifier: Apache-2.0
#include "models/query/values.h"

#include "models/domain/money.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace exhibit::query {
namespace {

using Read = tl::expected<void, ValueError>;

tl::unexpected<ValueError> bad(QueryProblem problem, std::string message)
{
    return tl::make_unexpected(ValueError{std::move(message), {}, problem, {}});
}

struct DurationUnit {
    std::string_view name;
    std::int64_t microseconds;
};
/// The longer names first: the first that ends the text counts.
constexpr std::array<DurationUnit, 6> kDurationUnits = {{
    {"us", 1},
    {"ms", 1'000},
    {"min", 60'000'000},
    {"s", 1'000'000},
    {"m", 60'000'000},
    {"h", 3'600'000'000},
}};

Read readMoney(Clause& clause, std::string_view text)
{
    const auto microcents = domain::parseAmount(text);
    if (!microcents) {
        return bad(QueryProblem::NotAnAmount,
                   "Not an amount; expected one like 0.50 (up to 8 decimals, no currency sign).");
    }
    clause.number = *microcents;
    clause.value = domain::amountOf(*microcents);
    clause.value.erase(clause.value.find_last_not_of('0') + 1);
    if (clause.value.ends_with('.')) {
        clause.value.pop_back();
    }
    return {};
}

Read readDuration(Clause& clause, std::string_view text)
{
    const std::string folded = toLower(text);
    std::string_view number = folded;
    std::int64_t unit = 1'000;
    for (const auto& [name, microseconds] : kDurationUnits) {
        if (number.ends_with(name)) {
            unit = microseconds;
            number.remove_suffix(name.size());
            break;
        }
    }
    const auto value = domain::decimalTimes(number, unit);
    if (!value) {
        return bad(QueryProblem::NotADuration,
                   "Not a duration; expected one like 500ms, 2s or 1.5m (us, ms, s, m, h).");
    }
    clause.number = *value;
    if (*value % 1'000'000 == 0) {
        clause.value = fmt::format("{}s", *value / 1'000'000);
    } else if (*value % 1'000 == 0) {
        clause.value = fmt::format("{}ms", *value / 1'000);
    } else {
        clause.value = fmt::format("{}us", *value);
    }
    return {};
}

Read readTime(Clause& clause, std::string_view text)
{
    // Nanoseconds since 1970 in 64 bits end in 2262, and parseTime does not check that.
    constexpr UtcTime kFirst{};
    constexpr UtcTime kEnd{std::chrono::sys_days{std::chrono::year{2200} / 1 / 1}};
    const std::string_view year = text.substr(0, 4);
    const bool isYear = year.size() == 4 && year.find_first_not_of("0123456789") == year.npos;
    const bool inRange = year >= "1970" && year <= "2199";
    const auto time = isYear && inRange ? parseTime(text) : Result<UtcTime>(kFirst);
    if (!isYear || !time) {
        return bad(QueryProblem::NotATime,
                   "Not a time; expected one like 2026-11-21T10:00:00Z or a date like 2026-11-21.");
    }
    if (!inRange || *time < kFirst || *time >= kEnd) {
        return bad(QueryProblem::YearOutOfRange, "The year must be between 1970 and 2199.");
    }
    clause.time = std::chrono::floor<std::chrono::microseconds>(*time);
    clause.value = formatTime(clause.time);
    constexpr std::string_view kMidnight = "T00:00:00.000000Z";
    constexpr std::string_view kWholeSecond = ".000000Z";
    if (clause.value.ends_with(kMidnight)) {
        clause.value.resize(clause.value.size() - kMidnight.size());
    } else if (clause.value.ends_with(kWholeSecond)) {
        clause.value.replace(clause.value.size() - kWholeSecond.size(), kWholeSecond.size(), "Z");
    }
    return {};
}

Read readClosed(Clause& clause, const FieldSpec& spec, std::string_view text)
{
    const auto accepted = closedValues(spec.kind);
    clause.value = toLower(text);
    if (std::ranges::find(accepted, clause.value) != accepted.end()) {
        return {};
    }
    const auto all = fmt::format("{}", fmt::join(accepted, ", "));
    return tl::make_unexpected(ValueError{fmt::format("Not a {}; expected {}.", spec.name, all),
                                          std::string(nearest(text, accepted)),
                                          QueryProblem::NotOneOf,
                                          {std::string(spec.name), all}});
}

template <class E>
std::vector<std::string_view> namesOf()
{
    std::vector<std::string_view> names;
    for (const auto& [value, name] : EnumNames<E>::kNames) {
        names.push_back(name);
    }
    return names;
}

} // namespace

Read readValue(Clause& clause, const FieldSpec& spec, std::string_view text)
{
    switch (spec.kind) {
    case ValueKind::Text:
        clause.value = text;
        return {};
    case ValueKind::PolicyId:
        clause.value = toUpper(text);
        return {};
    case ValueKind::Severity:
    case ValueKind::Status:
    case ValueKind::Failure:
        return readClosed(clause, spec, text);
    case ValueKind::Time:
        return readTime(clause, text);
    case ValueKind::Money:
        return readMoney(clause, text);
    case ValueKind::Duration:
        return readDuration(clause, text);
    }
    return {};
}

std::vector<std::string_view> closedValues(ValueKind kind)
{
    if (kind == ValueKind::Severity) {
        return namesOf<domain::Severity>();
    }
    if (kind == ValueKind::Status) {
        return namesOf<domain::IncidentStatus>();
    }
    if (kind == ValueKind::Failure) {
        return namesOf<domain::FailureCode>();
    }
    return {};
}

} // namespace exhibit::query
