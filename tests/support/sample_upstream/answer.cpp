// SPDX-License-Identifier: Apache-2.0
#include "tests/support/sample_upstream/answer.h"

#include "server/http/message.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace exhibit::sample {

namespace {

/// Of one connection, not of the answer; lengths and codings are ours.
constexpr std::array<std::string_view, 9> kDroppedHeaders{"connection",
                                                          "keep-alive",
                                                          "proxy-connection",
                                                          "te",
                                                          "trailer",
                                                          "transfer-encoding",
                                                          "upgrade",
                                                          "content-length",
                                                          "content-encoding"};

bool isDropped(const std::string& name)
{
    return std::ranges::any_of(kDroppedHeaders, [&name](std::string_view dropped) {
        return http::equalsIgnoringCase(name, dropped);
    });
}

std::string headOf(int status, const HeaderPairs& headers, std::string_view defaultType)
{
    std::string head = fmt::format("HTTP/1.1 {} {}\r\n", status, status == 200 ? "OK" : "Status");
    bool typed = false;
    for (const auto& [name, value] : headers) {
        if (!isDropped(name)) {
            typed = typed || http::equalsIgnoringCase(name, "content-type");
            head += fmt::format("{}: {}\r\n", name, value);
        }
    }
    if (!typed) {
        head += fmt::format("content-type: {}\r\n", defaultType);
    }
    return head;
}

} // namespace

Answer jsonAnswer(int status, const HeaderPairs& headers, std::string body)
{
    Answer answer;
    answer.head = headOf(status, headers, "application/json");
    answer.body = std::move(body);
    return answer;
}

Answer streamAnswer(int status, const HeaderPairs& headers, std::string body)
{
    Answer answer;
    answer.head = headOf(status, headers, "text/event-stream");
    answer.body = std::move(body);
    answer.stream = true;
    std::size_t begin = 0;
    while (begin < answer.body.size()) {
        const std::size_t blank = answer.body.find("\n\n", begin);
        const std::size_t end = blank == std::string::npos ? answer.body.size() : blank + 2;
        answer.eventEnds.push_back(end);
        appendChunk(answer.chunkedBody, std::string_view(answer.body).substr(begin, end - begin));
        begin = end;
    }
    answer.chunkedBody += "0\r\n\r\n";
    return answer;
}

Answer errorAnswer(int status,
                   std::string_view type,
                   std::string_view code,
                   std::string_view message,
                   HeaderPairs headers)
{
    const JsonObject error{
        {"message", message}, {"type", type}, {"param", nullptr}, {"code", code}};
    return jsonAnswer(status, headers, printJson(JsonObject{{"error", error}}));
}

void appendChunk(std::string& out, std::string_view bytes)
{
    fmt::format_to(std::back_inserter(out), "{:x}\r\n", bytes.size());
    out.append(bytes).append("\r\n");
}

} // namespace exhibit::sample
