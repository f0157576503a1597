// SPDX-License-Identifier: Apache-2.0
#include "server/http/request_head.h"

#include <array>
#include <charconv>

namespace exhibit::http {

namespace {

// tchar of RFC 9110, 5.6.2: the characters of methods and field names.
constexpr std::array<bool, 256> kTokenCharacters = [] {
    std::array<bool, 256> table{};
    for (const char c : std::string_view("!#$%&'*+-.^_`|~0123456789"
                                         "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
        table[static_cast<unsigned char>(c)] = true;
    }
    return table;
}();

bool isToken(std::string_view text)
{
    for (const char c : text) {
        if (!kTokenCharacters[static_cast<unsigned char>(c)]) {
            return false;
        }
    }
    return !text.empty();
}

bool isFieldValue(std::string_view text)
{
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < 0x20 && byte != '\t') || byte == 0x7f) {
            return false;
        }
    }
    return true;
}

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
        text.remove_prefix(1);
    }
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
        text.remove_suffix(1);
    }
    return text;
}

bool listHolds(std::string_view list, std::string_view word)
{
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        if (equalsIgnoringCase(trimmed(list.substr(0, comma)), word)) {
            return true;
        }
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return false;
}

Refusal badRequest(std::string_view message)
{
    return {400, "bad_request", message};
}

std::optional<Refusal> parseRequestLine(std::string_view line, Request& request, Framing& framing)
{
    const std::size_t first = line.find(' ');
    const std::size_t second = first == std::string_view::npos ? first : line.find(' ', first + 1);
    if (second == std::string_view::npos) {
        return badRequest("the request line is not 'METHOD target HTTP/1.1'");
    }
    const std::string_view method = line.substr(0, first);
    const std::string_view target = line.substr(first + 1, second - first - 1);
    const std::string_view version = line.substr(second + 1);
    if (!isToken(method)) {
        return badRequest("the request line's method is not a word");
    }
    if (version != "HTTP/1.1" && version != "HTTP/1.0") {
        return badRequest("only HTTP/1.1 and HTTP/1.0 are spoken here");
    }
    if (target.size() > limits::kHttpTargetBytesMax) {
        return Refusal{414, "target_too_long", "the request target is too long"};
    }
    for (const char c : target) {
        // Bytes above ASCII are tolerated, as everywhere; UTF-8 is checked once decoded.
        if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f) {
            return badRequest("the request target holds a space or control character");
        }
    }
    if (target.empty()) {
        return badRequest("the request target is empty");
    }
    request.method = method;
    request.target = target;
    framing.http10 = version == "HTTP/1.0";
    framing.keepAlive = !framing.http10;
    return std::nullopt;
}

/// What repeats or contradicts itself shows only over all fields.
struct SeenFields {
    int hosts = 0;
    bool contentLength = false;
    bool transferEncoding = false;
};

std::optional<Refusal> noteContentLength(std::string_view value, Framing& framing, SeenFields& seen)
{
    if (seen.contentLength) {
        return badRequest("Content-Length stands twice");
    }
    seen.contentLength = true;
    const auto [read, error]
        = std::from_chars(value.data(), value.data() + value.size(), framing.contentLength);
    // from_chars takes no sign for unsigned types and no blanks.
    if (value.empty() || read != value.data() + value.size() || error != std::errc{}) {
        return badRequest("Content-Length is not a number");
    }
    return std::nullopt;
}

std::optional<Refusal> noteTransferEncoding(std::string_view value,
                                            Framing& framing,
                                            SeenFields& seen)
{
    if (seen.transferEncoding || framing.http10) {
        return badRequest("Transfer-Encoding stands twice or in an HTTP/1.0 request");
    }
    seen.transferEncoding = true;
    framing.chunked = equalsIgnoringCase(value, "chunked");
    if (!framing.chunked) {
        return Refusal{501, "transfer_encoding", "the only transfer coding known is chunked"};
    }
    return std::nullopt;
}

std::optional<Refusal> noteField(std::string_view name,
                                 std::string_view value,
                                 Framing& framing,
                                 SeenFields& seen)
{
    if (equalsIgnoringCase(name, "Content-Length")) {
        return noteContentLength(value, framing, seen);
    }
    if (equalsIgnoringCase(name, "Transfer-Encoding")) {
        return noteTransferEncoding(value, framing, seen);
    }
    if (equalsIgnoringCase(name, "Host")) {
        ++seen.hosts;
    } else if (equalsIgnoringCase(name, "Connection")) {
        if (listHolds(value, "close")) {
            framing.keepAlive = false;
        } else if (framing.http10 && listHolds(value, "keep-alive")) {
            framing.keepAlive = true;
        }
    } else if (equalsIgnoringCase(name, "Expect")) {
        if (!equalsIgnoringCase(value, "100-continue")) {
            return Refusal{417, "expectation_failed", "the only expectation known is 100-continue"};
        }
        framing.expectContinue = !framing.http10; // RFC 9110, 10.1.1: ignored in HTTP/1.0.
    }
    return std::nullopt;
}

std::optional<Refusal> parseField(std::string_view line,
                                  Request& request,
                                  Framing& framing,
                                  SeenFields& seen)
{
    const std::size_t colon = line.find(':');
    // A folded line begins with a blank, which no token holds: refused here too.
    if (colon == std::string_view::npos || !isToken(line.substr(0, colon))) {
        return badRequest("a header line is not 'Name: value'");
    }
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (!isFieldValue(value)) {
        return badRequest("a header value holds a control character");
    }
    if (request.headers.fields().size() >= limits::kHttpHeaderCountMax) {
        return Refusal{431, "headers_too_large", "the request has too many header fields"};
    }
    request.headers.add(std::string(name), std::string(value));
    return noteField(name, value, framing, seen);
}

std::optional<Refusal> checkTogether(const Framing& framing, const SeenFields& seen)
{
    if (seen.contentLength && seen.transferEncoding) {
        return badRequest("Content-Length and Transfer-Encoding exclude each other");
    }
    if (seen.hosts > 1 || (seen.hosts == 0 && !framing.http10)) {
        return badRequest("the request needs exactly one Host header");
    }
    return std::nullopt;
}

} // namespace

HeadSearch findHead(BytesView received, std::size_t& scanned)
{
    constexpr std::size_t kFirstLineMax = limits::kHttpTargetBytesMax + 64;
    // TLS greetings and other protocols are known by their first byte: no need to wait for more.
    if (!received.empty() && !kTokenCharacters[static_cast<unsigned char>(received.front())]) {
        return {.refusal = badRequest("these bytes are not an HTTP/1.1 request")};
    }
    for (;;) {
        const std::size_t feed = received.find('\n', scanned);
        const std::size_t seen = std::min(feed, received.size());
        if (seen > limits::kHttpHeaderBytesMax) {
            return {.refusal
                    = Refusal{431, "headers_too_large", "the request's header is too large"}};
        }
        if (feed == BytesView::npos) {
            if (received.size() > kFirstLineMax
                && received.substr(0, kFirstLineMax).find('\n') == BytesView::npos) {
                return {.refusal
                        = Refusal{414, "target_too_long", "the request target is too long"}};
            }
            scanned = received.size();
            return {};
        }
        if (feed == 0 || received[feed - 1] != '\r') {
            return {.refusal = badRequest("a header line does not end with CR LF")};
        }
        scanned = feed + 1;
        if (feed >= 3 && received[feed - 2] == '\n') {
            return {.length = feed + 1};
        }
    }
}

std::optional<Refusal> parseHead(BytesView head, Request& request, Framing& framing)
{
    SeenFields seen;
    bool first = true;
    while (!head.empty()) {
        const std::size_t end = head.find("\r\n");
        if (end == BytesView::npos) {
            return badRequest("a header line does not end with CR LF");
        }
        const std::string_view line = head.substr(0, end);
        head.remove_prefix(end + 2);
        if (line.empty() && !first) {
            break;
        }
        // A lone CR inside a line is a control character and refused with it.
        auto refusal = first ? parseRequestLine(line, request, framing)
                             : parseField(line, request, framing, seen);
        if (refusal) {
            return refusal;
        }
        first = false;
    }
    return checkTogether(framing, seen);
}

} // namespace exhibit::http
