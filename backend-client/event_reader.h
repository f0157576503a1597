// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"

#include <string>
#include <vector>

namespace exhibit::client {

/// One message of a text/event-stream.
struct ServerSentEvent {
    std::string type; ///< Empty when the message names none.
    std::string id; ///< The last one named so far.
    std::string data;
};

/// Reads a text/event-stream (WHATWG, "Server-sent events") as it arrives, cut anywhere. Comments,
/// retry fields and a message without data are skipped; a message that is cut off at the end of the
/// stream is not delivered.
class EventReader {
public:
    /// False when a line or a message is larger than any of ours can be: the stream is not one.
    [[nodiscard]] bool add(BytesView bytes, std::vector<ServerSentEvent>& into);

private:
    void takeLine(std::string_view line, std::vector<ServerSentEvent>& into);

    std::string m_line;
    ServerSentEvent m_event;
    bool m_hasData = false;
    bool m_afterReturn = false; ///< A line feed right after a carriage return ends no second line.
};

} // namespace exhibit::client
