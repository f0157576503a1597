// SPDX-License-Identifier: Apache-2.0
#include "tests/support/sample_upstream/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace exhibit::sample {
namespace {

/// A body in HTTP/1.1 framing: events as chunks, or one body of known length.
struct Body {
    std::vector<std::string> parts;
    bool chunked = false;
};

std::string chunk(std::string_view bytes)
{
    return fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes);
}

std::vector<std::string> split(std::string_view bytes, std::size_t size)
{
    std::vector<std::string> parts;
    for (std::size_t at = 0; at < bytes.size(); at += size) {
        parts.emplace_back(bytes.substr(at, size));
    }
    return parts;
}

std::vector<std::string> events(const Recording& recording)
{
    std::vector<std::string> list;
    std::size_t begin = 0;
    for (const std::size_t end : recording.eventEnds) {
        list.push_back(recording.body.substr(begin, end - begin));
        begin = end;
    }
    return list;
}

Answer plain(int status, const std::string& headers, const std::string& body)
{
    Answer answer;
    answer.pieces.push_back(fmt::format(
        "HTTP/1.1 {} Sample\r\n{}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
        status,
        headers,
        body.size(),
        body));
    return answer;
}

Answer errorAnswer(int status, const std::string& headers, const std::string& message)
{
    const JsonObject error{
        {"message", message}, {"type", "sample_error"}, {"param", nullptr}, {"code", nullptr}};
    return plain(status, headers, printJson(JsonObject{{"error", error}}));
}

Answer modelList(const Recordings& recordings)
{
    JsonArray list;
    for (const auto& model : recordings.models()) {
        list.push_back(JsonObject{
            {"id", model}, {"object", "model"}, {"created", 1793260800}, {"owned_by", "sample"}});
    }
    return plain(200, {}, printJson(JsonObject{{"object", "list"}, {"data", std::move(list)}}));
}

/// Faults that replace the recorded answer as a whole.
std::optional<Answer> replacedBy(const std::string& fault)
{
    if (fault == "429") {
        return errorAnswer(
            429, "Retry-After: 1\r\nx-ratelimit-remaining-requests: 0\r\n", "sample: rate limited");
    }
    if (fault == "500") {
        return errorAnswer(500, {}, "sample: server error");
    }
    if (fault == "cut_before") {
        Answer answer;
        answer.closeAfter = true;
        return answer;
    }
    return std::nullopt;
}

std::string damaged(std::string text, const std::string& fault)
{
    if (fault == "malformed") {
        text.resize(text.size() - text.size() / 3);
        text += "\"]}";
    } else if (fault == "huge") {
        const std::string filler(64 * 1024, 'x');
        for (int i = 0; i < 320; ++i) {
            text.insert(text.size() / 2, filler);
        }
    }
    return text;
}

Answer jsonAnswer(const Recording& recording,
                  const std::string& head,
                  std::size_t chunkBytes,
                  const std::string& fault)
{
    const std::string body = damaged(recording.body, fault);
    std::string text = head + fmt::format("Content-Length: {}\r\n\r\n", body.size());
    Answer answer;
    if (fault == "cut" || fault == "stall") {
        answer.pieces.push_back(text + body.substr(0, body.size() / 2));
        return answer;
    }
    if (chunkBytes == 0) {
        answer.pieces.push_back(text + body);
        return answer;
    }
    answer.pieces = split(body, chunkBytes);
    answer.pieces.insert(answer.pieces.begin(), text);
    return answer;
}

Answer streamAnswer(const Recording& recording,
                    const std::string& head,
                    const Options& options,
                    const std::string& fault)
{
    auto list = events(recording);
    if (fault == "no_done" && list.size() > 1) {
        list.pop_back();
    } else if (fault == "malformed" && list.size() > 2) {
        list[list.size() / 2] = "data: {\"choices\":[{\"delta\":{\"content\":\"broken\n\n";
    } else if (fault == "huge") {
        const auto copy = list;
        for (int i = 0; i < 2000 && list.size() < 200'000; ++i) {
            list.insert(list.end() - 1, copy.begin(), copy.end() - 1);
        }
    }
    const bool cut = fault == "cut" || fault == "stall";
    if (cut) {
        list.resize(list.size() / 2);
    }
    const std::size_t chunkBytes = fault == "one_byte" ? 1 : options.chunkBytes;
    Answer answer;
    answer.gap = options.eventGap;
    answer.pieces.push_back(head + "Transfer-Encoding: chunked\r\n\r\n");
    for (const auto& event : list) {
        for (const auto& part : chunkBytes == 0 ? std::vector{event} : split(event, chunkBytes)) {
            answer.pieces.push_back(chunk(part));
        }
    }
    if (!cut) {
        answer.pieces.back() += "0\r\n\r\n";
    }
    if (answer.gap.count() == 0 && chunkBytes == 0) {
        // Nothing asks for separate writes: one is what a fast provider's kernel would make of it.
        std::string whole;
        for (const auto& piece : answer.pieces) {
            whole += piece;
        }
        answer.pieces = {whole};
    }
    return answer;
}

} // namespace

Answer answerTo(const Recordings& recordings,
                const Options& options,
                std::string_view method,
                std::string_view path,
                std::string_view body,
                const std::string& sampleId,
                const std::string& requestedFault)
{
    const std::string& fault = requestedFault.empty() ? options.fault : requestedFault;
    if (auto replaced = replacedBy(fault)) {
        return *std::move(replaced);
    }
    if (method == "GET" && path.ends_with("/models")) {
        return modelList(recordings);
    }
    const Recording* recording = sampleId.empty() ? nullptr : recordings.byId(sampleId);
    std::string extra;
    if (recording == nullptr) {
        const auto request = parseJson(body, 128);
        recording = request ? recordings.match(path, *request) : nullptr;
        if (recording == nullptr) {
            const Json* stream = request ? findMember(*request, "stream") : nullptr;
            recording
                = recordings.fallback(path, stream && stream->is_bool() && stream->get_bool());
            extra = "x-sample-fallback: 1\r\n";
        }
    }
    if (recording == nullptr) {
        return errorAnswer(404, {}, "sample: nothing recorded for this endpoint");
    }
    const std::string contentType
        = fault == "wrong_content_type" ? "text/html; charset=utf-8" : recording->contentType;
    const std::string head
        = recording->head + fmt::format("Content-Type: {}\r\n", contentType) + extra;
    const std::size_t chunkBytes = fault == "one_byte" ? 1 : options.chunkBytes;
    Answer answer = recording->streaming ? streamAnswer(*recording, head, options, fault)
                                         : jsonAnswer(*recording, head, chunkBytes, fault);
    answer.delay = options.latency + std::chrono::milliseconds(fault == "slow" ? 2000 : 0);
    answer.closeAfter = fault == "cut";
    answer.stallAfter = fault == "stall";
    return answer;
}

} // namespace exhibit::sample
