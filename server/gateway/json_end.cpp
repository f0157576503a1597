// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/json_end.h"

namespace exhibit::gateway {

JsonEnd::State JsonEnd::feed(std::string_view text)
{
    for (const char byte : text) {
        take(byte);
    }
    return m_state;
}

void JsonEnd::take(char byte)
{
    if (m_inText) {
        m_inText = m_escaped || byte != '"';
        m_escaped = !m_escaped && byte == '\\';
        return;
    }
    if (byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t') {
        return;
    }
    if (m_state != State::Open) {
        m_state = State::Odd;
        return;
    }
    if (byte == '{' || byte == '[') {
        ++m_depth;
    } else if (m_depth == 0) {
        m_state = State::Odd;
    } else if (byte == '}' || byte == ']') {
        m_state = --m_depth == 0 ? State::Closed : State::Open;
    } else {
        m_inText = byte == '"';
    }
}

} // namespace exhibit::gateway
