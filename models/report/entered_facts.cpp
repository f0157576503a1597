// SPDX-License-Identifier: Apache-2.0
#include "models/report/entered_facts.h"

namespace exhibit::report {
namespace {

constexpr std::size_t kTextBytesMax = 4000;
constexpr std::size_t kShortBytesMax = 200;
constexpr std::size_t kDayBytes = 10;
constexpr std::size_t kItemsMax = 100;

Result<void> checkText(std::string_view text, std::size_t bytesMax, const std::string& pointer)
{
    if (text.size() > bytesMax) {
        return fail(
            ErrorCode::InvalidInput, "at most " + std::to_string(bytesMax) + " bytes", pointer);
    }
    return {};
}

Result<void> checkNamed(const std::optional<std::string>& text, const std::string& pointer)
{
    return checkText(text.value_or(""), kShortBytesMax, pointer);
}

Result<void> notEmpty(std::string_view text, const std::string& pointer)
{
    return text.empty() ? Result<void>(fail(ErrorCode::InvalidInput, "may not be empty", pointer))
                        : checkText(text, kTextBytesMax, pointer);
}

} // namespace

Result<UtcTime> parseDay(std::string_view text, const std::string& pointer)
{
    auto time = text.size() == kDayBytes ? parseTime(text) : fail(ErrorCode::InvalidInput, "");
    if (!time || formatTime(*time).substr(0, 10) != text) {
        return fail(ErrorCode::InvalidInput, "expected a day as YYYY-MM-DD", pointer);
    }
    return time;
}

Result<void> check(const Impact& impact)
{
    EXHIBIT_CHECK(notEmpty(impact.businessImpact, "/business_impact"));
    EXHIBIT_CHECK(checkText(impact.affectedParties, kTextBytesMax, "/affected_parties"));
    EXHIBIT_CHECK(checkNamed(impact.approver, "/approver"));
    if (impact.personalInformation) {
        const auto& information = *impact.personalInformation;
        EXHIBIT_CHECK(checkText(information.what, kTextBytesMax, "/personal_information/what"));
        EXHIBIT_CHECK(checkText(information.whose, kTextBytesMax, "/personal_information/whose"));
        if (information.count.value_or(0) < 0) {
            return fail(
                ErrorCode::InvalidInput, "a count is not negative", "/personal_information/count");
        }
    }
    return {};
}

Result<void> check(const ComplianceRecord& record)
{
    if (record.number < 0) {
        return fail(ErrorCode::InvalidInput, "a number is not negative", "/n");
    }
    if (record.on.size() != kDayBytes ? !parseTime(record.on) : !parseDay(record.on, "/on")) {
        return fail(ErrorCode::InvalidInput,
                    "expected a day as YYYY-MM-DD, or an instant (RFC 3339)",
                    "/on");
    }
    EXHIBIT_CHECK(notEmpty(record.by, "/by"));
    EXHIBIT_CHECK(checkText(record.by, kShortBytesMax, "/by"));
    return notEmpty(record.text, "/text");
}

Result<void> check(const ComplianceStatement& statement)
{
    EXHIBIT_TRY(const auto start, parseDay(statement.periodStart, "/period_start"));
    EXHIBIT_TRY(const auto end, parseDay(statement.periodEnd, "/period_end"));
    if (end < start) {
        return fail(ErrorCode::InvalidInput, "the period ends before it starts", "/period_end");
    }
    EXHIBIT_CHECK(notEmpty(statement.attestationStatement, "/attestation_statement"));
    EXHIBIT_CHECK(checkText(statement.auditorNotes, kTextBytesMax, "/auditor_notes"));
    if (statement.controlObjectives.size() > kItemsMax) {
        return fail(ErrorCode::InvalidInput, "at most 100 objectives", "/control_objectives");
    }
    for (std::size_t i = 0; i < statement.controlObjectives.size(); ++i) {
        const auto& objective = statement.controlObjectives[i];
        const std::string at = "/control_objectives/" + std::to_string(i);
        EXHIBIT_CHECK(notEmpty(objective.criterion, at + "/criterion"));
        EXHIBIT_CHECK(checkText(objective.criterion, kShortBytesMax, at + "/criterion"));
        EXHIBIT_CHECK(checkText(objective.controlId, kShortBytesMax, at + "/control_id"));
        EXHIBIT_CHECK(notEmpty(objective.objective, at + "/objective"));
        EXHIBIT_CHECK(checkNamed(objective.reviewer, at + "/reviewer"));
    }
    return {};
}

} // namespace exhibit::report
