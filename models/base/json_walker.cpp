// SPDX-License-Identifier: Apache-2.0
#include "models/base/json_walk.h"

#include <algorithm>
#include <array>

namespace exhibit {
namespace {

/// Bytes that end the fast run over a string: quote, backslash, controls and non-ASCII.
constexpr std::array<bool, 256> kSpecial = [] {
    std::array<bool, 256> table{};
    for (std::size_t byte = 0; byte < 256; ++byte) {
        table[byte] = byte < 0x20 || byte >= 0x80 || byte == '"' || byte == '\\';
    }
    return table;
}();

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

/// Length of the valid UTF-8 character at `at` (its first byte is not ASCII); 0 when it is none
/// (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
std::size_t utf8Length(BytesView text, std::size_t at)
{
    const auto byte = [&](std::size_t i) -> unsigned {
        return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
    };
    const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
    const unsigned lead = byte(0);
    if (lead >= 0xC2 && lead <= 0xDF) {
        return continues(1) ? 2 : 0;
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
        const bool second = continues(1) && !(lead == 0xE0 && byte(1) < 0xA0)
            && !(lead == 0xED && byte(1) > 0x9F);
        return second && continues(2) ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        const bool second = continues(1) && !(lead == 0xF0 && byte(1) < 0x90)
            && !(lead == 0xF4 && byte(1) > 0x8F);
        return second && continues(2) && continues(3) ? 4 : 0;
    }
    return 0;
}

} // namespace

/// The parser: one pass, no recursion; the open containers are found through `parent`.
class JsonWalker {
public:
    JsonWalker(BytesView text, std::size_t depthMax)
        : m_text(text)
        , m_depthMax(depthMax)
    {
    }

    Result<JsonWalk> run()
    {
        if (m_text.size() >= UINT32_MAX) {
            return fail(ErrorCode::TooLarge, "the JSON text is too long");
        }
        m_walk.m_text = m_text;
        m_walk.m_nodes.reserve(std::min<std::size_t>(m_text.size() / 16 + 4, 4096));
        const bool good = value(0, {}) && containers() && end();
        if (!good) {
            return fail(m_tooMany ? ErrorCode::TooLarge : ErrorCode::InvalidInput,
                        (m_tooMany ? "too many JSON values at byte " : "invalid JSON at byte ")
                            + std::to_string(m_at));
        }
        return std::move(m_walk);
    }

    std::optional<JsonWalk> runLike(const JsonWalk& earlier, std::span<const std::size_t> values)
    {
        const auto begin = values.empty() ? earlier.m_text.size() : earlier[values.front()].begin;
        if (m_text.size() >= UINT32_MAX || !m_text.starts_with(earlier.m_text.substr(0, begin))) {
            return std::nullopt; // As nearly every other text: before anything is copied.
        }
        m_walk.m_text = m_text;
        m_walk.m_nodes = earlier.m_nodes;
        std::vector<Shift> shifts;
        std::size_t from = 0; // Of the earlier text.
        for (const std::size_t value : values) {
            const JsonNode& was = earlier[value];
            JsonNode& node = nodes()[value];
            node.escaped = false;
            const bool same = word(earlier.m_text.substr(from, was.begin - from))
                && scalar(node, peek()) && node.kind == was.kind;
            if (!same) {
                return std::nullopt;
            }
            from = was.end;
            shifts.push_back({was.end, static_cast<std::uint32_t>(m_at) - was.end});
        }
        if (!word(earlier.m_text.substr(from)) || m_at != m_text.size()) {
            return std::nullopt;
        }
        for (JsonNode& node : nodes()) {
            move(node, shifts);
        }
        return std::move(m_walk);
    }

private:
    /// Offsets from `from` on stand `by` bytes further, modulo 2^32.
    struct Shift {
        std::uint32_t from = 0;
        std::uint32_t by = 0;
    };

    static void move(JsonNode& node, const std::vector<Shift>& shifts)
    {
        for (std::uint32_t* offset : {&node.begin, &node.end, &node.nameBegin, &node.nameEnd}) {
            // Behind the last value before it.
            for (auto shift = shifts.rbegin(); shift != shifts.rend(); ++shift) {
                if (*offset >= shift->from) {
                    *offset += shift->by;
                    break;
                }
            }
        }
    }

    struct Name {
        std::uint32_t begin = 0;
        std::uint32_t end = 0;
        bool escaped = false;
    };

    /// Reads members and elements until the root is closed.
    bool containers()
    {
        while (m_depth > 0) {
            skipSpace();
            const bool object = nodes()[m_open].kind == JsonKind::Object;
            if (peek() == (object ? '}' : ']')) {
                close();
                continue;
            }
            if (m_count > 0 && !(take(',') && (skipSpace(), true))) {
                return false;
            }
            Name name;
            if (object && !memberName(name)) {
                return false;
            }
            const std::uint32_t position = m_count;
            ++m_count;
            if (!value(position, name)) {
                return false;
            }
        }
        return true;
    }

    bool end()
    {
        skipSpace();
        return m_at == m_text.size();
    }

    bool memberName(Name& name)
    {
        const std::size_t begin = m_at + 1;
        if (!string(name.escaped)) {
            return false;
        }
        name.begin = static_cast<std::uint32_t>(begin);
        name.end = static_cast<std::uint32_t>(m_at - 1);
        skipSpace();
        return take(':');
    }

    /// One value; a container is only opened here.
    bool value(std::uint32_t position, Name name)
    {
        skipSpace();
        if (nodes().size() >= limits::kJsonNodesMax) {
            m_tooMany = true;
            return false;
        }
        const auto index = static_cast<std::uint32_t>(nodes().size());
        JsonNode& node = nodes().emplace_back();
        node.begin = static_cast<std::uint32_t>(m_at);
        node.nameBegin = name.begin;
        node.nameEnd = name.end;
        node.nameEscaped = name.escaped;
        node.parent = m_open;
        node.position = position;
        node.next = index + 1;
        const char c = peek();
        if (c == '{' || c == '[') {
            return open(node, index, c == '{' ? JsonKind::Object : JsonKind::Array);
        }
        const bool good = scalar(node, c);
        node.end = static_cast<std::uint32_t>(m_at);
        return good;
    }

    bool scalar(JsonNode& node, char c)
    {
        switch (c) {
        case '"':
            node.kind = JsonKind::String;
            return string(node.escaped);
        case 't':
            node.kind = JsonKind::Boolean;
            return word("true");
        case 'f':
            node.kind = JsonKind::Boolean;
            return word("false");
        case 'n':
            node.kind = JsonKind::Null;
            return word("null");
        default:
            node.kind = JsonKind::Number;
            return number();
        }
    }

    bool open(JsonNode& node, std::uint32_t index, JsonKind kind)
    {
        if (m_depth >= m_depthMax) {
            return false;
        }
        node.kind = kind;
        // The number of children read so far waits in `end` until the container is closed.
        if (m_depth > 0) {
            nodes()[m_open].end = m_count;
        }
        ++m_depth;
        ++m_at;
        m_open = index;
        m_count = 0;
        return true;
    }

    void close()
    {
        ++m_at;
        JsonNode& node = nodes()[m_open];
        node.end = static_cast<std::uint32_t>(m_at);
        node.next = static_cast<std::uint32_t>(nodes().size());
        m_open = node.parent;
        --m_depth;
        if (m_depth > 0) {
            m_count = nodes()[m_open].end;
        }
    }

    bool string(bool& escaped)
    {
        if (!take('"')) {
            return false;
        }
        while (m_at < m_text.size()) {
            const auto byte = static_cast<unsigned char>(m_text[m_at]);
            if (!kSpecial[byte]) {
                ++m_at;
            } else if (byte == '"') {
                ++m_at;
                return true;
            } else if (byte == '\\') {
                escaped = true;
                if (!escape()) {
                    return false;
                }
            } else {
                const std::size_t length = byte >= 0x80 ? utf8Length(m_text, m_at) : 0;
                if (length == 0) {
                    return false;
                }
                m_at += length;
            }
        }
        return false;
    }

    bool escape()
    {
        ++m_at;
        const char c = peek();
        if (c == 'u') {
            ++m_at;
            for (int i = 0; i < 4; ++i, ++m_at) {
                const char digit = peek();
                const bool hex = isDigit(digit) || (digit >= 'a' && digit <= 'f')
                    || (digit >= 'A' && digit <= 'F');
                if (!hex) {
                    return false;
                }
            }
            return true;
        }
        if (c == '\0' || BytesView("\"\\/bfnrt").find(c) == BytesView::npos) {
            return false;
        }
        ++m_at;
        return true;
    }

    bool number()
    {
        if (peek() == '-') {
            ++m_at;
        }
        if (peek() == '0') {
            ++m_at;
        } else if (!digits()) {
            return false;
        }
        if (peek() == '.') {
            ++m_at;
            if (!digits()) {
                return false;
            }
        }
        if (peek() == 'e' || peek() == 'E') {
            ++m_at;
            if (peek() == '+' || peek() == '-') {
                ++m_at;
            }
            return digits();
        }
        return true;
    }

    bool digits()
    {
        const std::size_t begin = m_at;
        while (isDigit(peek())) {
            ++m_at;
        }
        return m_at > begin;
    }

    bool word(BytesView expected)
    {
        if (m_text.substr(m_at, expected.size()) != expected) {
            return false;
        }
        m_at += expected.size();
        return true;
    }

    void skipSpace()
    {
        while (m_at < m_text.size()
               && (m_text[m_at] == ' ' || m_text[m_at] == '\n' || m_text[m_at] == '\r'
                   || m_text[m_at] == '\t')) {
            ++m_at;
        }
    }
    [[nodiscard]] char peek() const { return m_at < m_text.size() ? m_text[m_at] : '\0'; }
    bool take(char expected)
    {
        if (peek() != expected) {
            return false;
        }
        ++m_at;
        return true;
    }
    std::vector<JsonNode>& nodes() { return m_walk.m_nodes; }

    BytesView m_text;
    std::size_t m_depthMax;
    JsonWalk m_walk;
    std::size_t m_at = 0;
    std::size_t m_depth = 0;
    std::uint32_t m_open = 0; ///< The innermost open container.
    std::uint32_t m_count = 0; ///< Its children so far.
    bool m_tooMany = false;
};

std::optional<JsonWalk> JsonWalk::like(BytesView text, std::span<const std::size_t> values) const
{
    return JsonWalker(text, limits::kJsonDepthMax).runLike(*this, values);
}

Result<JsonWalk> JsonWalk::parse(BytesView text, std::size_t depthMax)
{
    return JsonWalker(text, depthMax).run();
}

} // namespace exhibit
