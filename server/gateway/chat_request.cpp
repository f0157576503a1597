// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/chat_request.h"

#include "server/gateway/content_coding.h"

#include <algorithm>
#include <charconv>

namespace exhibit::gateway {
namespace {

// Members of the body and of its metadata that are ours and never go upstream.
constexpr std::string_view kOwnMembers[] = {"user_id", "session_id"};
constexpr std::string_view kOwnMetadata[] = {"user_id", "session_id", "run_id", "context"};

template <std::size_t N>
bool isOneOf(const JsonWalk& walk, std::size_t node, const std::string_view (&names)[N])
{
    return std::any_of(std::begin(names), std::end(names), [&](std::string_view name) {
        return walk.nameIs(node, name);
    });
}

template <std::size_t N>
std::vector<std::size_t> ownMembers(const JsonWalk& walk,
                                    std::size_t object,
                                    const std::string_view (&names)[N])
{
    std::vector<std::size_t> members;
    for (auto child = walk.firstChild(object); child != JsonWalk::kNone;
         child = walk.nextSibling(child)) {
        if (isOneOf(walk, child, names)) {
            members.push_back(child);
        }
    }
    return members;
}

std::size_t childCount(const JsonWalk& walk, std::size_t object)
{
    std::size_t count = 0;
    for (auto child = walk.firstChild(object); child != JsonWalk::kNone;
         child = walk.nextSibling(child)) {
        ++count;
    }
    return count;
}

} // namespace

Result<std::unique_ptr<ChatRequest>> ChatRequest::read(const http::Request& request,
                                                       const Surface& surface)
{
    std::unique_ptr<ChatRequest> chat(new ChatRequest(request, surface));
    EXHIBIT_CHECK(chat->checkPath());
    EXHIBIT_CHECK(chat->parse());
    EXHIBIT_CHECK(chat->readFields());
    EXHIBIT_CHECK(chat->readHeaders());
    EXHIBIT_CHECK(chat->readConstraints());
    EXHIBIT_CHECK(chat->checkRunId());
    chat->collectTexts();
    return chat;
}

/// What goes into the provider's path must stay one segment of it.
Result<void> ChatRequest::checkPath() const
{
    for (const auto& [name, value] : m_request.pathParameters) {
        const bool plain = std::all_of(value.begin(), value.end(), [](char c) {
            return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')
                || c == '_' || c == '-';
        });
        if (!plain || value.empty()) {
            return fail(ErrorCode::InvalidInput, "expected letters, digits, _ and -", name);
        }
    }
    return {};
}

Result<void> ChatRequest::parse()
{
    const auto codings = m_request.headers.find("content-encoding").value_or("");
    BytesView body = m_request.body;
    if (body.empty() && m_surface.traits().asksNoModel) {
        body = "{}";
    }
    if (!isIdentity(codings)) {
        EXHIBIT_TRY(m_decoded, decodeContent(codings, body, limits::kGatewayBodyBytesMax));
        body = m_decoded;
    }
    EXHIBIT_TRY(m_walk, JsonWalk::parse(body));
    if (!m_walk.is(0, JsonKind::Object)) {
        return fail(ErrorCode::InvalidInput, "the body must be a JSON object");
    }
    // Readers disagree about which of two equal names counts: what was judged must be what is run.
    std::vector<std::string> names;
    for (auto child = m_walk.firstChild(0); child != JsonWalk::kNone;
         child = m_walk.nextSibling(child)) {
        names.push_back(m_walk.name(child));
    }
    std::sort(names.begin(), names.end());
    if (const auto twice = std::adjacent_find(names.begin(), names.end()); twice != names.end()) {
        return fail(ErrorCode::InvalidInput, "the member appears twice", *twice);
    }
    return {};
}

Result<void> ChatRequest::readFields()
{
    model = m_walk.string(m_walk.find(0, "model"));
    if (model.size() > kModelBytesMax) {
        return fail(ErrorCode::InvalidInput,
                    "expected at most " + std::to_string(kModelBytesMax) + " bytes",
                    "model");
    }
    const std::size_t stream = m_walk.find(0, "stream");
    streaming = stream != JsonWalk::kNone && m_walk.raw(stream) == "true";
    const std::size_t usage = m_walk.find(m_walk.find(0, "stream_options"), "include_usage");
    usageRequested = !m_surface.traits().usageOnRequest
        || (usage != JsonWalk::kNone && m_walk.raw(usage) == "true");
    for (const std::string_view name : {"previous_response_id", "conversation", "container"}) {
        const std::size_t node = m_walk.find(0, name);
        if (node != JsonWalk::kNone && !m_walk.is(node, JsonKind::Null)) {
            providerState.emplace_back(name);
        }
    }
    if (m_request.pathParameters.contains("id")) {
        providerState.emplace_back("response");
    }
    // A text elsewhere, the id of a stored one in responses.
    if (m_walk.is(m_walk.find(0, "prompt"), JsonKind::Object)) {
        providerState.emplace_back("prompt");
    }
    if (const std::size_t node = m_walk.find(0, "metadata"); node != JsonWalk::kNone) {
        EXHIBIT_CHECK(readMetadata(node));
    }
    EXHIBIT_TRY(auto user, identity(m_walk.find(0, "user_id"), "user_id"));
    EXHIBIT_TRY(auto session, identity(m_walk.find(0, "session_id"), "session_id"));
    if (user) {
        userId = std::move(user);
    }
    if (session) {
        sessionId = std::move(session);
    }
    return {};
}

Result<void> ChatRequest::readMetadata(std::size_t node)
{
    auto parsed = parseJson(m_walk.raw(node));
    if (parsed) {
        metadata = *std::move(parsed);
    }
    if (!m_walk.is(node, JsonKind::Object)) {
        return {};
    }
    m_metadata = node;
    EXHIBIT_TRY(userId, identity(m_walk.find(node, "user_id"), "metadata.user_id"));
    EXHIBIT_TRY(sessionId, identity(m_walk.find(node, "session_id"), "metadata.session_id"));
    EXHIBIT_TRY(clientRunId, identity(m_walk.find(node, "run_id"), "metadata.run_id"));
    if (const auto name = m_walk.string(m_walk.find(node, "channel")); !name.empty()) {
        channel = name;
    }
    const std::size_t context = m_walk.find(node, "context");
    if (context == JsonWalk::kNone || m_walk.is(context, JsonKind::Null)) {
        return {};
    }
    if (!m_walk.is(context, JsonKind::Object)) {
        return fail(ErrorCode::InvalidInput, "expected an object of facts", "metadata.context");
    }
    if (m_walk.raw(context).size() > limits::kContextBytesMax) {
        return fail(ErrorCode::TooLarge, "the context facts are too large", "metadata.context");
    }
    EXHIBIT_TRY(facts, parseJson(m_walk.raw(context)));
    return {};
}

Result<void> ChatRequest::readHeaders()
{
    const auto text = [this](std::string_view name, std::optional<std::string>& into) {
        if (const auto value = m_request.headers.find(name); value && !value->empty()) {
            into = std::string(*value);
        }
    };
    text("x-exhibit-user-id", userId);
    text("x-exhibit-session-id", sessionId);
    text("x-exhibit-run-id", clientRunId);
    for (const auto* id : {&userId, &sessionId}) {
        if (*id && ((*id)->size() > limits::kUserIdBytesMax || !isValidUtf8(**id))) {
            return fail(ErrorCode::InvalidInput,
                        "expected at most 512 bytes of UTF-8",
                        id == &userId ? "user_id" : "session_id");
        }
    }
    if (const auto context = m_request.headers.find("x-exhibit-context")) {
        if (context->size() > limits::kContextBytesMax) {
            return fail(
                ErrorCode::TooLarge, "the context facts are too large", "X-Exhibit-Context");
        }
        auto parsed = parseJson(*context);
        if (!parsed || !parsed->is_object()) {
            return fail(
                ErrorCode::InvalidInput, "expected a JSON object of facts", "X-Exhibit-Context");
        }
        facts = *std::move(parsed);
    }
    return {};
}

/// What a service must promise to get the call.
Result<void> ChatRequest::readConstraints()
{
    constexpr std::size_t kConstraintBytesMax = 1024;
    const auto where = m_request.headers.find("x-exhibit-region");
    const auto classes = m_request.headers.find("x-exhibit-data-classes");
    for (const auto& value : {where, classes}) {
        if (value && (value->size() > kConstraintBytesMax || !isValidUtf8(*value))) {
            return fail(ErrorCode::InvalidInput,
                        "expected at most 1024 bytes of UTF-8",
                        value == where ? "X-Exhibit-Region" : "X-Exhibit-Data-Classes");
        }
    }
    if (where && !where->empty()) {
        region = std::string(*where);
    }
    std::string_view rest = classes.value_or("");
    while (!rest.empty()) {
        const auto comma = std::min(rest.find(','), rest.size());
        auto name = rest.substr(0, comma);
        name.remove_prefix(std::min(name.find_first_not_of(' '), name.size()));
        name = name.substr(0, name.find_last_not_of(' ') + 1);
        if (!name.empty()) {
            dataClasses.emplace_back(name);
        }
        rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    return {};
}

Result<void> ChatRequest::checkRunId() const
{
    if (!clientRunId) {
        return {};
    }
    const bool printable = std::none_of(clientRunId->begin(), clientRunId->end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    });
    if (clientRunId->empty() || clientRunId->size() > limits::kClientRunIdBytesMax || !printable
        || !isValidUtf8(*clientRunId)) {
        return fail(
            ErrorCode::InvalidInput, "expected 1 to 128 printable characters", "metadata.run_id");
    }
    return {};
}

/// A text that names somebody; null is as good as absent.
Result<std::optional<std::string>> ChatRequest::identity(std::size_t node,
                                                         std::string subject) const
{
    if (node == JsonWalk::kNone || m_walk.is(node, JsonKind::Null)) {
        return std::optional<std::string>{};
    }
    if (!m_walk.is(node, JsonKind::String)) {
        return fail(ErrorCode::InvalidInput, "expected a string", std::move(subject));
    }
    return std::optional<std::string>(m_walk.string(node));
}

void ChatRequest::collectTexts()
{
    auto skipped = ownMembers(m_walk, 0, kOwnMembers);
    if (m_metadata != JsonWalk::kNone) {
        const auto inside = ownMetadata();
        skipped.insert(skipped.end(), inside.begin(), inside.end());
    }
    // No text, and editUsage() may replace it.
    if (const std::size_t options = m_walk.find(0, "stream_options"); options != JsonWalk::kNone) {
        skipped.push_back(options);
    }
    std::sort(skipped.begin(), skipped.end());
    m_texts.collect(m_walk, skipped);
}

std::vector<std::size_t> ChatRequest::ownMetadata() const
{
    auto members = ownMembers(m_walk, m_metadata, kOwnMetadata);
    if (m_surface.traits().keepsUserId) {
        std::erase_if(members, [this](std::size_t node) { return m_walk.nameIs(node, "user_id"); });
    }
    return members;
}

void ChatRequest::editOwnFields(std::vector<Edit>& edits) const
{
    std::vector<std::size_t> gone = ownMembers(m_walk, 0, kOwnMembers);
    if (m_metadata != JsonWalk::kNone) {
        const auto inside = ownMetadata();
        if (!inside.empty() && inside.size() == childCount(m_walk, m_metadata)) {
            gone.push_back(m_metadata);
        } else {
            edits = removeMembers(m_walk, m_metadata, inside);
        }
    }
    auto outer = removeMembers(m_walk, 0, gone);
    edits.insert(edits.end(), outer.begin(), outer.end());
}

void ChatRequest::editUsage(std::vector<Edit>& edits) const
{
    const std::size_t options = m_walk.find(0, "stream_options");
    if (!m_walk.is(options, JsonKind::Object)) {
        // `stream` is there, so the body has a member that stays.
        if (options != JsonWalk::kNone) {
            edits.push_back(
                {m_walk[options].begin, m_walk[options].end, R"({"include_usage":true})"});
        } else {
            const std::size_t open = m_walk[0].begin + 1;
            edits.push_back({open, open, R"("stream_options":{"include_usage":true},)"});
        }
        return;
    }
    const std::size_t usage = m_walk.find(options, "include_usage");
    if (usage != JsonWalk::kNone) {
        edits.push_back({m_walk[usage].begin, m_walk[usage].end, "true"});
        return;
    }
    const bool empty = m_walk.firstChild(options) == JsonWalk::kNone;
    const std::size_t open = m_walk[options].begin + 1;
    edits.push_back({open, open, empty ? R"("include_usage":true)" : R"("include_usage":true,)"});
}

std::optional<Bytes> ChatRequest::rewritten(const Changes& changes) const
{
    std::vector<Edit> edits;
    editOwnFields(edits);
    if (changes.askForUsage && streaming && !usageRequested) {
        editUsage(edits);
    }
    auto texts = m_texts.edits(changes.replacements);
    std::move(texts.begin(), texts.end(), std::back_inserter(edits));
    if (edits.empty()) {
        return std::nullopt;
    }
    return splice(m_walk.text(), std::move(edits));
}

std::optional<std::int64_t> ChatRequest::outputTokensMax() const
{
    // Vectors are no tokens.
    return &m_surface == &embeddingsSurface() ? std::optional<std::int64_t>(0)
                                              : outputTokensMaxOf(m_walk);
}

std::optional<std::int64_t> outputTokensMaxOf(const JsonWalk& request)
{
    const auto number = [&request](std::string_view name) -> std::optional<std::int64_t> {
        const auto node = request.find(0, name);
        std::int64_t value = 0;
        const auto raw = node == JsonWalk::kNone ? std::string_view{} : request.raw(node);
        const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), value);
        const bool whole = !raw.empty() && error == std::errc{} && end == raw.data() + raw.size();
        return whole && value > 0 ? std::optional(value) : std::nullopt;
    };
    std::optional<std::int64_t> most;
    for (const auto* name : {"max_tokens", "max_completion_tokens", "max_output_tokens"}) {
        if (const auto value = number(name)) {
            most = std::max(most.value_or(0), *value);
        }
    }
    constexpr std::int64_t kMost = 1'000'000'000; // More than any model; products stay in range.
    const auto choices = std::min(number("n").value_or(1), kMost / 1000);
    return most ? std::optional(std::min(*most, kMost) * choices) : std::nullopt;
}

} // namespace exhibit::gateway
