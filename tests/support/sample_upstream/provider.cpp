// SPDX-License-Identifier: Apache-2.0
#include "tests/support/sample_upstream/provider.h"

#include <fmt/format.h>

namespace exhibit::sample {

namespace {

constexpr std::size_t kRequestDepthMax = 512;
constexpr std::size_t kSeenMax = 4096;
constexpr std::size_t kSeenBytesMax = 16 * 1024;

} // namespace

Provider::Choice Provider::ofOwn(Answer answer, bool counted) const
{
    Choice choice;
    choice.delivery.own = std::make_shared<const Answer>(std::move(answer));
    choice.delivery.answer = choice.delivery.own.get();
    choice.counted = counted;
    return choice;
}

Provider::Choice Provider::aboutItself(std::string_view path) const
{
    if (path == "/sample/statistics") {
        const JsonObject counters{{"requests", m_statistics.requests},
                                  {"matched", m_statistics.matched},
                                  {"fallbacks", m_statistics.fallbacks},
                                  {"unmatched", m_statistics.unmatched},
                                  {"client_left", m_statistics.clientLeft},
                                  {"open", m_statistics.open}};
        return ofOwn(jsonAnswer(200, {}, printJson(counters)), false);
    }
    if (path == "/sample/last-request") {
        JsonArray headers;
        for (const auto& [name, value] : m_last.headers) {
            headers.emplace_back(JsonArray{Json(name), Json(value)});
        }
        const JsonObject last{{"method", m_last.method},
                              {"target", m_last.target},
                              {"headers", std::move(headers)},
                              {"body", m_last.body}};
        return ofOwn(jsonAnswer(200, {}, printJson(last)), false);
    }
    return ofOwn(errorAnswer(404, "invalid_request_error", "not_found", "no such page"), false);
}

Provider::Lookup Provider::lookUp(const http::Request& request, std::string_view path)
{
    if (const auto id = request.headers.find("x-sample-id")) {
        const Recording* recording = m_recordings.findById(*id);
        return {recording == nullptr ? nullptr : &recording->answer};
    }
    std::string key;
    const bool small = request.body.size() <= kSeenBytesMax;
    if (small) {
        key = fmt::format("{} {}\n{}", request.method, path, request.body);
        if (const auto seen = m_seen.find(key); seen != m_seen.end()) {
            return seen->second;
        }
    }
    Json body;
    if (!request.body.empty()) {
        auto parsed = parseJson(request.body, kRequestDepthMax);
        if (!parsed) {
            return {};
        }
        body = *std::move(parsed);
    }
    const auto found = m_recordings.find(request.method, path, body);
    Lookup lookup;
    if (found.recording != nullptr) {
        lookup = {&found.recording->answer, found.fallback};
    } else if (request.method == "GET" && endpointOfPath(path) == "models") {
        lookup = {&m_recordings.models(), false};
    }
    if (small && lookup.answer != nullptr && m_seen.size() < kSeenMax) {
        m_seen.emplace(std::move(key), lookup);
    }
    return lookup;
}

Provider::Choice Provider::choose(http::Request&& request)
{
    const std::string path = request.target.substr(0, request.target.find('?'));
    if (path.starts_with("/sample/")) {
        return aboutItself(path);
    }
    ++m_statistics.requests;
    Fault fault = m_fault;
    if (const auto name = request.headers.find("x-sample-fault")) {
        const auto asked = parseFault(*name);
        if (!asked) {
            return ofOwn(errorAnswer(400, "invalid_request_error", "fault", "unknown fault"), true);
        }
        fault = *asked;
    }
    const Lookup found = lookUp(request, path);
    m_last = std::move(request);
    if (found.answer == nullptr) {
        ++m_statistics.unmatched;
        return ofOwn(errorAnswer(404,
                                 "invalid_request_error",
                                 "sample_not_found",
                                 "no recording answers this request"),
                     true);
    }
    ++(found.fallback ? m_statistics.fallbacks : m_statistics.matched);
    return {planDelivery(*found.answer, fault, m_pace), found.fallback, true};
}

} // namespace exhibit::sample
