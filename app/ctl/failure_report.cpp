// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/failure_report.h"

#include "app/ctl/text_layout.h"

#include <algorithm>
#include <iostream>

namespace exhibit::ctl {
namespace {

void printMessage(const std::string& subject, const std::string& message)
{
    std::cerr << "exhibitctl: ";
    if (!subject.empty()) {
        std::cerr << printable(subject) << ": ";
    }
    std::cerr << printable(message) << '\n';
}

void printErrorJson(JsonObject error)
{
    std::cerr << printJson(JsonObject{{"error", std::move(error)}}) << '\n';
}

/// The line of the text that holds `begin`, with carets under [begin, end).
void printMarked(const std::string& text, std::size_t begin, std::size_t end)
{
    begin = std::min(begin, text.size());
    const std::size_t before = begin == 0 ? std::string::npos : text.rfind('\n', begin - 1);
    const std::size_t lineBegin = before == std::string::npos ? 0 : before + 1;
    const std::size_t lineEnd = std::min(text.find('\n', begin), text.size());
    end = std::clamp(end, begin, lineEnd);
    const auto shown = [&](std::size_t from, std::size_t to) {
        return printable(std::string_view(text).substr(from, to - from));
    };
    const std::string front = shown(lineBegin, begin);
    const std::string marked = shown(begin, end);
    std::cerr << "  " << front << marked << shown(end, lineEnd) << "\n  "
              << std::string(displayWidth(front), ' ')
              << std::string(std::max<std::size_t>(1, displayWidth(marked)), '^') << '\n';
}

} // namespace

ExitCode exitCodeOf(ErrorCode code)
{
    switch (code) {
    case ErrorCode::InvalidInput:
    case ErrorCode::TooLarge:
        return kWrongUsage;
    case ErrorCode::Unauthenticated:
    case ErrorCode::Forbidden:
    case ErrorCode::NotFound:
    case ErrorCode::Conflict:
        return kNo;
    case ErrorCode::Corrupt:
    case ErrorCode::DeadlineExceeded:
    case ErrorCode::Unavailable:
    case ErrorCode::Cancelled:
    case ErrorCode::Internal:
        return kUnavailable;
    }
    return kUnavailable;
}

int report(const client::Failure& failure, bool json)
{
    if (json && failure.server) {
        printErrorJson(toJson(*failure.server).get_object());
        return exitCodeOf(failure.error.code);
    }
    const int code = report(failure.error, json);
    if (!json && failure.server) {
        const auto& server = *failure.server;
        if (server.suggestion && !server.suggestion->empty()) {
            std::cerr << "  try: " << printable(*server.suggestion) << '\n';
        }
        if (server.incidentId) {
            std::cerr << "  incident: " << printable(*server.incidentId) << '\n';
        }
        if (server.requestId && failure.httpStatus >= 500) {
            std::cerr << "  request: " << printable(*server.requestId)
                      << " (to be found in the server's log)\n";
        }
    }
    return code;
}

int report(const Error& error, bool json)
{
    if (json) {
        printErrorJson({{"message", error.message},
                        {"error_code", errorCodeName(error.code)},
                        {"param", error.subject.empty() ? Json(nullptr) : Json(error.subject)}});
    } else {
        printMessage(error.subject, error.message);
    }
    return exitCodeOf(error.code);
}

int reportFile(client::Failure failure,
               const std::string& path,
               bool json,
               std::string_view wrapper)
{
    const auto isPointer
        = [](const std::string& param) { return param.empty() || param[0] == '/'; };
    if (failure.server && failure.server->param && isPointer(*failure.server->param)) {
        auto& pointer = *failure.server->param;
        pointer.erase(0, pointer.starts_with(wrapper) ? wrapper.size() : 0);
        failure.error.subject = path + " at " + (pointer.empty() ? "/" : pointer);
    }
    return report(failure, json);
}

int report(const query::QueryError& error, const std::string& text, bool json)
{
    if (json) {
        printErrorJson({{"message", error.message},
                        {"error_code", "invalid_query"},
                        {"param", "query"},
                        {"position", JsonObject{{"begin", error.begin}, {"end", error.end}}},
                        {"suggestion", error.suggestion}});
        return kWrongUsage;
    }
    printMessage("query", error.message);
    printMarked(text, error.begin, error.end);
    if (!error.suggestion.empty()) {
        std::cerr << "  try: " << printable(error.suggestion) << '\n';
    }
    return kWrongUsage;
}

int reportSearch(const client::Failure& failure, const std::string& text, bool json)
{
    const auto& server = failure.server;
    if (!server || !server->position || server->param.value_or("") != "query"
        || server->position->begin < 0 || server->position->end < server->position->begin) {
        return report(failure, json);
    }
    return report(query::QueryError{server->message,
                                    static_cast<std::size_t>(server->position->begin),
                                    static_cast<std::size_t>(server->position->end),
                                    server->suggestion.value_or("")},
                  text,
                  json);
}

} // namespace exhibit::ctl
