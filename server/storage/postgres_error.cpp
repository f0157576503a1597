// SPDX-License-Identifier: Apache-2.0
#include "server/storage/postgres_error.h"

#include <libpq-fe.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace exhibit::storage {
namespace {

/// Codes of the PostgreSQL manual, appendix A.
ErrorCode codeOf(std::string_view state)
{
    const auto group = state.substr(0, 2);
    if (group == "08" || group == "53" || group == "58" || state.starts_with("57P")
        || state == "25006") {
        return ErrorCode::Unavailable;
    }
    if (state == "57014") {
        return ErrorCode::DeadlineExceeded;
    }
    if (state == "23505" || group == "40") {
        return ErrorCode::Conflict;
    }
    if (state == "22021" || state == "22P05") {
        return ErrorCode::InvalidInput;
    }
    return ErrorCode::Internal;
}

std::string inOneLine(std::string_view text)
{
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) {
        text.remove_suffix(1);
    }
    std::string line{text};
    std::replace_if(
        line.begin(), line.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
    return line;
}

} // namespace

Error errorOf(const pg_result* result)
{
    const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const std::string_view stateText = state == nullptr ? "" : state;
    if (stateText.empty()) {
        // Made by libpq itself: the connection broke under the statement.
        return {ErrorCode::Unavailable,
                "PostgreSQL: " + inOneLine(PQresultErrorMessage(result)),
                "08006"};
    }
    // Data exceptions quote the value they dislike.
    const bool quotesValue = stateText.starts_with("22");
    return {codeOf(stateText),
            quotesValue ? "PostgreSQL refused a value (SQLSTATE " + std::string(stateText) + ")"
                        : "PostgreSQL: " + inOneLine(message == nullptr ? "" : message),
            std::string(stateText)};
}

Error errorOf(const pg_conn* connection)
{
    auto message = inOneLine(PQerrorMessage(connection));
    // libpq gives no SQLSTATE for a refused login; this is what servers say in English.
    const bool refused = message.find("authentication failed") != std::string::npos;
    return {ErrorCode::Unavailable,
            "PostgreSQL cannot be reached: " + std::move(message),
            refused ? kLoginRefused : "08006"};
}

} // namespace exhibit::storage
