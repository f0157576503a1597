// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/sse_parser.h"

#include <algorithm>
#include <utility>

namespace exhibit::gateway {
namespace {

constexpr BytesView kByteOrderMark = "\xEF\xBB\xBF";

/// The first CR or LF from `from` on. By windows, each looked through for the one and for the
/// other: find_first_of() asks for every byte anew, and took a third of a stream's time.
std::size_t findLineEnd(BytesView text, std::size_t from)
{
    constexpr std::size_t kWindow = 256;
    for (; from < text.size(); from += kWindow) {
        const BytesView window = text.substr(from, kWindow);
        const std::size_t feed = window.find('\n');
        const std::size_t found = std::min(feed, window.substr(0, feed).find('\r'));
        if (found != BytesView::npos) {
            return from + found;
        }
    }
    return BytesView::npos;
}

} // namespace

void SseParser::append(BytesView bytes)
{
    // Taken events go before the buffer grows, so that it stays as small as what is pending.
    if (m_eventBegin > 0) {
        m_buffer.erase(0, m_eventBegin);
        m_lineBegin -= m_eventBegin;
        m_scanned -= m_eventBegin;
        if (m_data) {
            m_data->begin -= m_eventBegin;
        }
        m_eventBegin = 0;
    }
    m_buffer += bytes;
}

Result<std::optional<SseEvent>> SseParser::next()
{
    auto event = scan(false);
    const std::size_t size = event ? event->raw.size() : pendingBytes();
    if (size > m_eventBytesMax) {
        return fail(ErrorCode::TooLarge, "an event of the provider's stream is too large");
    }
    return event;
}

std::optional<SseEvent> SseParser::finish()
{
    if (auto event = scan(true)) {
        return event;
    }
    if (m_lineBegin < m_buffer.size()) {
        noteLine({m_lineBegin, m_buffer.size() - m_lineBegin});
    }
    if (pendingBytes() == 0) {
        return std::nullopt;
    }
    return takeEvent(m_buffer.size(), false);
}

std::size_t SseParser::lineEnd(std::size_t at, bool atEndOfStream) const
{
    if (m_buffer[at] == '\n') {
        return 1;
    }
    if (at + 1 < m_buffer.size()) {
        return m_buffer[at + 1] == '\n' ? 2 : 1;
    }
    return atEndOfStream ? 1 : 0;
}

std::optional<SseEvent> SseParser::scan(bool atEndOfStream)
{
    while (true) {
        const std::size_t at = findLineEnd(m_buffer, m_scanned);
        if (at == Bytes::npos) {
            m_scanned = m_buffer.size();
            return std::nullopt;
        }
        const std::size_t end = lineEnd(at, atEndOfStream);
        if (end == 0) {
            m_scanned = at;
            return std::nullopt;
        }
        const Line line{m_lineBegin, at - m_lineBegin};
        m_lineBegin = at + end;
        m_scanned = m_lineBegin;
        if (line.length == 0) {
            return takeEvent(m_lineBegin, true);
        }
        noteLine(line);
    }
}

void SseParser::noteLine(Line line)
{
    if (m_first) {
        m_first = false;
        if (BytesView(m_buffer).substr(line.begin).starts_with(kByteOrderMark)) {
            line.begin += kByteOrderMark.size();
            line.length -= kByteOrderMark.size();
        }
    }
    const BytesView text = BytesView(m_buffer).substr(line.begin, line.length);
    const BytesView field = text.substr(0, text.find(':'));
    const std::size_t colon = std::min(field.size() + 1, text.size());
    const std::size_t space = text.substr(colon).starts_with(' ') ? 1 : 0;
    if (field == "data") {
        noteData({line.begin + colon + space, line.length - colon - space});
        return;
    }
    const bool known = field.empty() || field == "event" || field == "id" || field == "retry";
    m_strange = m_strange || !known;
    if (field == "event") {
        m_name = text.substr(colon + space);
    }
    m_aside.append(known ? text.substr(colon + space) : text).append("\n");
}

void SseParser::noteData(Line value)
{
    if (!m_data) {
        m_data = value;
        return;
    }
    if (!m_joined) {
        m_joined = m_buffer.substr(m_data->begin, m_data->length);
    }
    *m_joined += '\n';
    m_joined->append(m_buffer, value.begin, value.length);
}

SseEvent SseParser::takeEvent(std::size_t end, bool complete)
{
    SseEvent event;
    event.raw = m_buffer.substr(m_eventBegin, end - m_eventBegin);
    event.complete = complete;
    if (m_data) {
        event.hasData = true;
        event.dataBegin = m_data->begin - m_eventBegin;
        event.dataLength = m_data->length;
    }
    if (m_joined) {
        event.joined = *std::move(m_joined);
    }
    event.aside = std::exchange(m_aside, {});
    event.name = std::exchange(m_name, {});
    event.strange = std::exchange(m_strange, false);
    m_data.reset();
    m_joined.reset();
    m_eventBegin = end;
    m_lineBegin = end;
    m_scanned = end;
    return event;
}

SseEvent withoutAside(const SseEvent& event)
{
    Bytes raw;
    for (BytesView rest = event.data(); event.hasData;) {
        const std::size_t end = rest.find('\n');
        raw.append("data: ").append(rest.substr(0, end)).append("\n");
        if (end == BytesView::npos) {
            break;
        }
        rest.remove_prefix(end + 1);
    }
    raw += '\n';
    SseParser parser(raw.size());
    parser.append(raw);
    return parser.finish().value_or(SseEvent{});
}

} // namespace exhibit::gateway
