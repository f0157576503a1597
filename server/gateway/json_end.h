// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace exhibit::gateway {

/// Finds the byte with which a JSON object or array that comes in pieces closes. Checks nothing
/// else: whether it is JSON its reader says.
class JsonEnd {
public:
    enum class State : std::uint8_t {
        Open, ///< Nothing but white space, or an object or array that goes on.
        Closed, ///< Only white space came behind its end.
        Odd, ///< No object and no array, or more behind its end.
    };
    State feed(std::string_view text);
    [[nodiscard]] State state() const { return m_state; }

private:
    void take(char byte);

    State m_state = State::Open;
    std::size_t m_depth = 0;
    bool m_inText = false;
    bool m_escaped = false;
};

} // namespace exhibit::gateway
