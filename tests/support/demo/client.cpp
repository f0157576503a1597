// SPDX-License-Identifier: Apache-2.0
#include "tests/support/demo/client.h"

#include "tests/support/http_client.h"

#include <fmt/format.h>

namespace exhibit::demo {
namespace {

using namespace std::chrono_literals;

Json withExtras(const Json& request, const StoryCall& call)
{
    JsonObject body = request.as_object();
    JsonObject metadata{{"run_id", call.run}, {"channel", call.channel}};
    if (call.context) {
        metadata["context"] = *call.context;
    }
    body["metadata"] = std::move(metadata);
    body["user_id"] = call.user;
    body["session_id"] = call.session;
    return Json(std::move(body));
}

void readToolCalls(const Json& message, Seen& seen)
{
    const Json* calls = findMember(message, "tool_calls");
    if (calls == nullptr || !calls->is_array()) {
        return;
    }
    for (const auto& call : calls->get_array()) {
        const Json* function = findMember(call, "function");
        if (function == nullptr) {
            continue;
        }
        if (const auto name = stringMember(*function, "name"); !name.empty()) {
            seen.toolCalls += (seen.toolCalls.empty() ? "" : " ") + std::string(name) + " ";
        }
        seen.toolCalls += stringMember(*function, "arguments");
    }
}

/// A whole answer, or one event of a stream.
void readAnswer(const Json& answer, Seen& seen)
{
    if (const Json* choices = findMember(answer, "choices"); choices && choices->is_array()) {
        for (const auto& choice : choices->get_array()) {
            const Json* message = findMember(choice, seen.streamed ? "delta" : "message");
            if (message != nullptr) {
                seen.text += stringMember(*message, "content");
                readToolCalls(*message, seen);
            }
            if (const auto reason = stringMember(choice, "finish_reason"); !reason.empty()) {
                seen.finishReason = std::string(reason);
            }
        }
    }
    const Json* error = findMember(answer, "error");
    const Json* exhibit = error != nullptr ? error : findMember(answer, "exhibit");
    if (error != nullptr) {
        seen.errorCode = std::string(stringMember(*error, "error_code"));
    }
    if (exhibit != nullptr) {
        if (const auto incident = stringMember(*exhibit, "incident_id"); !incident.empty()) {
            seen.incidentId = std::string(incident);
        }
    }
}

Result<void> readStream(test::HttpConnection& connection, Seen& seen)
{
    for (;;) {
        EXHIBIT_TRY(const auto event, connection.readEvent(Deadline::after(30s)));
        if (!event) {
            return {};
        }
        if (event->starts_with("data: {")) {
            EXHIBIT_TRY(const Json data, parseJson(std::string_view(*event).substr(6)));
            readAnswer(data, seen);
        }
    }
}

} // namespace

Result<Seen> play(std::uint16_t port, const Secret& key, const StoryCall& call, const Json& request)
{
    EXHIBIT_TRY(auto connection,
                test::HttpConnection::connect("127.0.0.1", port, Deadline::after(5s)));
    const test::HeaderList headers = {{"Authorization", "Bearer " + key.expose()},
                                      {"Content-Type", "application/json"},
                                      {"x-sample-id", call.sampleId}};
    const std::string text = test::requestText(
        "POST", "/v1/chat/completions", headers, printJson(withExtras(request, call)));
    EXHIBIT_CHECK(connection.send(text, Deadline::after(5s)));
    EXHIBIT_TRY(const auto head, connection.readHead(Deadline::after(30s)));
    Seen seen;
    seen.status = head.status;
    seen.runId = head.header("X-Exhibit-Run-Id").value_or("");
    seen.incidentId = head.header("X-Exhibit-Incident-Id");
    seen.streamed = head.header("Content-Type").value_or("").starts_with("text/event-stream");
    if (seen.streamed) {
        EXHIBIT_CHECK(readStream(connection, seen));
    } else {
        EXHIBIT_TRY(const Bytes body, connection.readBody(Deadline::after(30s)));
        EXHIBIT_TRY(const Json answer, parseJson(body));
        readAnswer(answer, seen);
    }
    return seen;
}

} // namespace exhibit::demo
