// SPDX-License-Identifier: Apache-2.0
#include "backend-client/event_reader.h"

#include "models/base/limits.h"

namespace exhibit::client {

bool EventReader::add(BytesView bytes, std::vector<ServerSentEvent>& into)
{
    for (const char byte : bytes) {
        const bool skip = byte == '\n' && m_afterReturn;
        m_afterReturn = byte == '\r';
        if (skip) {
            continue;
        }
        if (byte != '\n' && byte != '\r') {
            m_line += byte;
            if (m_line.size() + m_event.data.size() > limits::kSseEventBytesMax) {
                return false;
            }
            continue;
        }
        takeLine(m_line, into);
        m_line.clear();
    }
    return true;
}

void EventReader::takeLine(std::string_view line, std::vector<ServerSentEvent>& into)
{
    if (line.empty()) {
        if (m_hasData) {
            into.push_back(m_event);
        }
        m_event.type.clear();
        m_event.data.clear();
        m_hasData = false;
        return;
    }
    const std::size_t colon = line.find(':');
    const auto field = line.substr(0, colon);
    auto value = colon == std::string_view::npos ? std::string_view{} : line.substr(colon + 1);
    if (value.starts_with(' ')) {
        value.remove_prefix(1);
    }
    if (field == "data") {
        m_event.data += m_hasData ? "\n" : "";
        m_event.data += value;
        m_hasData = true;
    } else if (field == "event") {
        m_event.type = value;
    } else if (field == "id" && value.find('\0') == std::string_view::npos) {
        m_event.id = value;
    }
}

} // namespace exhibit::client
