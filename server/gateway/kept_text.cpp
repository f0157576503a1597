// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/kept_text.h"

#include <algorithm>

namespace exhibit::gateway {
namespace {

/// Enough for an excerpt around a violation.
constexpr std::size_t kTailBytes = 4 * 1024;

bool continues(char c)
{
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

/// A part of valid UTF-8 without the halves of characters at its ends.
std::string_view wholeCharacters(std::string_view part)
{
    while (!part.empty() && continues(part.front())) {
        part.remove_prefix(1);
    }
    std::size_t last = part.size();
    while (last > 0 && continues(part[last - 1])) {
        --last;
    }
    if (last == 0) {
        return part;
    }
    const auto lead = static_cast<unsigned char>(part[last - 1]);
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    return last - 1 + length > part.size() ? part.substr(0, last - 1) : part;
}

} // namespace

void KeptText::append(std::string_view bytes)
{
    m_size += bytes.size();
    if (m_closed) {
        return;
    }
    if (m_keep == Keep::All) {
        m_head += bytes;
        return;
    }
    const std::size_t room = limits::kRecordedTextBytesMax - m_head.size();
    const std::size_t taken = std::min(room, bytes.size());
    m_head += bytes.substr(0, taken);
    bytes.remove_prefix(taken);
    m_tail += bytes.substr(bytes.size() - std::min(bytes.size(), 2 * kTailBytes));
    if (m_tail.size() > 2 * kTailBytes) {
        m_tail.erase(0, m_tail.size() - kTailBytes);
    }
}

void KeptText::skip(std::size_t bytes)
{
    m_closed = true;
    m_tail.clear();
    m_size += bytes;
}

std::string KeptText::slice(std::size_t begin, std::size_t end) const
{
    end = std::min(end, m_size);
    if (begin >= end) {
        return {};
    }
    std::string_view part;
    if (end <= m_head.size()) {
        part = std::string_view(m_head).substr(begin, end - begin);
    } else if (const std::size_t tailBegin = m_size - m_tail.size(); end > tailBegin) {
        const std::size_t first = std::max(begin, tailBegin);
        part = std::string_view(m_tail).substr(first - tailBegin, end - first);
    } else if (begin < m_head.size()) {
        part = std::string_view(m_head).substr(begin);
    }
    return std::string(wholeCharacters(part));
}

} // namespace exhibit::gateway
