// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"
#include "models/base/limits.h"

#include <optional>

namespace exhibit::gateway {

/// One server-sent event with the exact bytes it arrived in.
struct SseEvent {
    Bytes raw; ///< Everything up to and including the empty line.
    bool hasData = false; ///< False for comments and keep-alives.
    bool complete = true; ///< False: the stream ended before the empty line.
    /// What its other lines say: comments, values of `event`, `id` and `retry`, and whole lines
    /// that are none of these; each followed by '\n'.
    std::string aside;
    std::string name; ///< The value of its last `event` line.
    bool strange = false; ///< It has such whole lines: no reader of event streams wants them.

    /// The data lines, joined by '\n'.
    [[nodiscard]] BytesView data() const
    {
        return joined.empty() ? BytesView(raw).substr(dataBegin, dataLength) : BytesView(joined);
    }

    // Almost every event has one data line, which is then a part of `raw`.
    std::size_t dataBegin = 0;
    std::size_t dataLength = 0;
    std::string joined;
};

/// Cuts a stream into events (WHATWG HTML, "Parsing an event stream") however it was split:
///
///   event := (line end)* end    end := CR LF | LF | CR
///   line  := ":" comment | field (":" " "? value)?    field := "data" | "event" | "id" | "retry"
///
/// Readers pass over lines of any other kind. The raw bytes of all events together are the bytes
/// given.
class SseParser {
public:
    explicit SseParser(std::size_t eventBytesMax = limits::kSseEventBytesMax)
        : m_eventBytesMax(eventBytesMax)
    {
    }

    void append(BytesView bytes);
    /// The next whole event; nullopt when more bytes are needed. TooLarge once an event is over the
    /// limit; nothing more can be read then.
    [[nodiscard]] Result<std::optional<SseEvent>> next();
    /// What is left when the stream has ended, as an event that may be incomplete.
    [[nodiscard]] std::optional<SseEvent> finish();
    /// Bytes that are not part of an event yet.
    [[nodiscard]] std::size_t pendingBytes() const { return m_buffer.size() - m_eventBegin; }

private:
    struct Line {
        std::size_t begin = 0;
        std::size_t length = 0;
    };
    /// The length of the line end at `at`; 0 when its second byte has not arrived yet.
    [[nodiscard]] std::size_t lineEnd(std::size_t at, bool atEndOfStream) const;
    [[nodiscard]] std::optional<SseEvent> scan(bool atEndOfStream);
    void noteLine(Line line);
    void noteData(Line value);
    [[nodiscard]] SseEvent takeEvent(std::size_t end, bool complete);

    std::size_t m_eventBytesMax;
    Bytes m_buffer;
    std::size_t m_eventBegin = 0; ///< Events before it were taken.
    std::size_t m_lineBegin = 0;
    std::size_t m_scanned = 0; ///< No line end between m_lineBegin and here.
    bool m_first = true; ///< A byte order mark may stand before the first line.
    std::optional<Line> m_data; ///< The only data line so far.
    std::optional<std::string> m_joined; ///< Set from the second data line on.
    std::string m_aside;
    std::string m_name;
    bool m_strange = false;
};

/// The event with nothing but its data.
[[nodiscard]] SseEvent withoutAside(const SseEvent& event);

} // namespace exhibit::gateway
