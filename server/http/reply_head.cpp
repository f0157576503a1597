// SPDX-License-Identifier: Apache-2.0
#include "server/http/reply_head.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

namespace exhibit::http {

namespace {

std::string_view reasonPhrase(int status)
{
    switch (status) {
    case 200:
        return "OK";
    case 201:
        return "Created";
    case 202:
        return "Accepted";
    case 204:
        return "No Content";
    case 304:
        return "Not Modified";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 402:
        return "Payment Required";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 408:
        return "Request Timeout";
    case 409:
        return "Conflict";
    case 413:
        return "Content Too Large";
    case 414:
        return "URI Too Long";
    case 417:
        return "Expectation Failed";
    case 422:
        return "Unprocessable Content";
    case 429:
        return "Too Many Requests";
    case 431:
        return "Request Header Fields Too Large";
    case 500:
        return "Internal Server Error";
    case 501:
        return "Not Implemented";
    case 502:
        return "Bad Gateway";
    case 503:
        return "Service Unavailable";
    case 504:
        return "Gateway Timeout";
    default:
        return "Status"; // Phrases mean nothing to programs; the space before them must stand.
    }
}

void appendNumber(Bytes& out, std::size_t number)
{
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

/// What would end the line, and so begin a field of somebody else's choice.
bool endsLine(char c)
{
    return c == '\r' || c == '\n' || c == '\0';
}

void appendField(Bytes& out, std::string_view name, std::string_view value)
{
    if (name.empty() || std::any_of(name.begin(), name.end(), endsLine)) {
        return;
    }
    out.append(name).append(": ");
    const auto start = static_cast<std::ptrdiff_t>(out.size());
    out.append(value);
    std::replace_if(out.begin() + start, out.end(), endsLine, ' ');
    out.append("\r\n");
}

bool isSessionField(std::string_view name, std::string_view idHeader)
{
    // The lengths keep the comparison of ordinary fields to one switch.
    switch (name.size()) {
    case 10:
        return equalsIgnoringCase(name, "Connection") || equalsIgnoringCase(name, "Keep-Alive");
    case 14:
        return equalsIgnoringCase(name, "Content-Length");
    case 17:
        return equalsIgnoringCase(name, "Transfer-Encoding");
    default:
        return equalsIgnoringCase(name, idHeader);
    }
}

} // namespace

std::string_view requestIdHeader(Surface surface)
{
    return surface == Surface::Gateway ? "X-Exhibit-Request-Id" : "X-Request-Id";
}

void appendReplyHead(Bytes& out,
                     int status,
                     const Headers& headers,
                     const ReplyStamp& stamp,
                     const ReplyFraming& framing)
{
    out.append("HTTP/1.1 ");
    appendNumber(out, static_cast<std::size_t>(status));
    out.append(" ").append(reasonPhrase(status)).append("\r\n");
    bool dated = false;
    for (const auto& [name, value] : headers) {
        if (!isSessionField(name, stamp.idHeader)) {
            appendField(out, name, value);
            dated = dated || equalsIgnoringCase(name, "Date");
        }
    }
    if (!dated) {
        appendField(out, "Date", stamp.date);
    }
    appendField(out, stamp.idHeader, stamp.id);
    if (framing.contentLength) {
        if (!isBodiless(status)) {
            out.append("Content-Length: ");
            appendNumber(out, *framing.contentLength);
            out.append("\r\n");
        }
    } else if (!framing.http10) {
        out.append("Transfer-Encoding: chunked\r\n");
    }
    if (!framing.keepAlive) {
        out.append("Connection: close\r\n");
    } else if (framing.http10) {
        out.append("Connection: keep-alive\r\n");
    }
    out.append("\r\n");
}

bool isBodiless(int status)
{
    return status < 200 || status == 204 || status == 304;
}

std::string_view DateClock::text()
{
    const std::int64_t second = toMicroseconds(utcNow()) / 1'000'000;
    if (second != m_second) {
        constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
        constexpr std::array<const char*, 12> kMonths{
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
        const std::time_t time = second;
        std::tm parts{};
        ::gmtime_r(&time, &parts);
        std::array<char, 64> numbers{};
        std::strftime(numbers.data(), numbers.size(), "%d", &parts);
        m_text
            = std::string(kDays[static_cast<std::size_t>(parts.tm_wday)]) + ", " + numbers.data();
        std::strftime(numbers.data(), numbers.size(), " %Y %H:%M:%S GMT", &parts);
        m_text
            += std::string(" ") + kMonths[static_cast<std::size_t>(parts.tm_mon)] + numbers.data();
        m_second = second;
    }
    return m_text;
}

} // namespace exhibit::http
