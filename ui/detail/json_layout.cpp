// SPDX-License-Identifier: Apache-2.0
#include "ui/detail/json_layout.h"

#include "ui/text.h"

#include <algorithm>
#include <string>

namespace exhibit::ui {
namespace {

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::size_t kIndent = 2;
constexpr std::size_t kDeepest = 64; ///< Deeper lines are indented no further.

class Layout {
public:
    explicit Layout(std::string_view text)
        : m_text(text)
    {
        m_out.reserve(text.size() * 2);
    }

    std::string run()
    {
        for (m_at = 0; m_at < m_text.size(); ++m_at) {
            const char c = m_text[m_at];
            if (c == '"') {
                copyString();
            } else if (kSpace.find(c) == std::string_view::npos) {
                token(c);
            }
        }
        return std::move(m_out);
    }

private:
    void token(char c)
    {
        const bool closes = c == '}' || c == ']';
        if (closes) {
            m_depth -= m_depth > 0 ? 1 : 0;
            m_empty ? void() : line();
        }
        m_out += c;
        m_empty = c == '{' || c == '[';
        if (m_empty) {
            ++m_depth;
            // An empty one stays on its line.
            const auto next = m_text.find_first_not_of(kSpace, m_at + 1);
            m_empty
                = next != std::string_view::npos && (m_text[next] == '}' || m_text[next] == ']');
            m_empty ? void() : line();
        } else if (c == ',') {
            line();
        } else if (c == ':') {
            m_out += ' ';
        }
    }

    void line()
    {
        m_out += '\n';
        m_out.append(std::min(m_depth, kDeepest) * kIndent, ' ');
    }

    void copyString()
    {
        const auto begin = m_at++;
        while (m_at < m_text.size() && m_text[m_at] != '"') {
            m_at += m_text[m_at] == '\\' ? 2 : 1;
        }
        m_out += m_text.substr(begin, m_at - begin + 1);
        m_empty = false;
    }

    std::string_view m_text;
    std::string m_out;
    std::size_t m_at = 0;
    std::size_t m_depth = 0;
    bool m_empty = false; ///< What was opened last closes at once.
};

} // namespace

QString prettyJson(std::string_view text)
{
    const auto first = text.find_first_not_of(kSpace);
    const bool composed
        = first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
    return composed ? toQt(Layout(text).run()) : toQt(text);
}

} // namespace exhibit::ui
