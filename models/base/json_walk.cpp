// SPDX-License-Identifier: Apache-2.0
#include "models/base/json_walk.h"

#include "models/base/json.h"

#include <algorithm>
#include <charconv>
#include <list>

namespace exhibit {

std::size_t JsonWalk::firstChild(std::size_t node) const
{
    return node < m_nodes.size() && m_nodes[node].next > node + 1 ? node + 1 : kNone;
}

std::size_t JsonWalk::nextSibling(std::size_t node) const
{
    const std::size_t next = m_nodes[node].next;
    return node != 0 && next < m_nodes.size() && m_nodes[next].parent == m_nodes[node].parent
        ? next
        : kNone;
}

std::size_t JsonWalk::find(std::size_t object, std::string_view name) const
{
    std::size_t found = kNone;
    if (is(object, JsonKind::Object)) {
        for (auto child = firstChild(object); child != kNone; child = nextSibling(child)) {
            if (nameIs(child, name)) {
                found = child;
            }
        }
    }
    return found;
}

BytesView JsonWalk::raw(std::size_t node) const
{
    return m_text.substr(m_nodes[node].begin, m_nodes[node].end - m_nodes[node].begin);
}

std::string JsonWalk::string(std::size_t node) const
{
    if (!is(node, JsonKind::String)) {
        return {};
    }
    const BytesView inner = raw(node).substr(1, raw(node).size() - 2);
    return m_nodes[node].escaped ? decodeJsonString(inner) : std::string(inner);
}

std::int64_t JsonWalk::integer(std::size_t node, std::int64_t fallback) const
{
    if (!is(node, JsonKind::Number)) {
        return fallback;
    }
    std::int64_t value = 0;
    const BytesView digits = raw(node);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc{} && end == digits.data() + digits.size() ? value : fallback;
}

std::string JsonWalk::name(std::size_t node) const
{
    const auto& n = m_nodes[node];
    const BytesView raw = m_text.substr(n.nameBegin, n.nameEnd - n.nameBegin);
    return n.nameEscaped ? decodeJsonString(raw) : std::string(raw);
}

bool JsonWalk::nameIs(std::size_t node, std::string_view expected) const
{
    const auto& n = m_nodes[node];
    if (n.nameEscaped) {
        return name(node) == expected;
    }
    // Most names differ in their length already.
    return n.nameEnd - n.nameBegin == expected.size()
        && BytesView(m_text.data() + n.nameBegin, expected.size()) == expected;
}

std::string JsonWalk::path(std::size_t node, std::size_t from) const
{
    std::vector<std::size_t> way;
    for (std::size_t at = node; at != from && at != 0; at = m_nodes[at].parent) {
        way.push_back(at);
    }
    std::string path;
    for (auto step = way.rbegin(); step != way.rend(); ++step) {
        const bool member = m_nodes[m_nodes[*step].parent].kind == JsonKind::Object;
        path = appendPointer(path, member ? name(*step) : std::to_string(m_nodes[*step].position));
    }
    return path.empty() ? path : path.substr(1);
}

std::size_t JsonWalk::duplicateName(std::size_t node) const
{
    // Names are compared decoded; almost none is escaped, and then its raw bytes are its text.
    std::vector<std::string_view> names;
    std::list<std::string> decoded; // Takes no memory while it is empty, as a deque does.
    for (std::size_t at = node; at < m_nodes[node].next; ++at) {
        if (m_nodes[at].kind != JsonKind::Object) {
            continue;
        }
        names.clear();
        decoded.clear();
        for (auto child = firstChild(at); child != kNone; child = nextSibling(child)) {
            const auto& n = m_nodes[child];
            names.push_back(n.nameEscaped ? std::string_view(decoded.emplace_back(name(child)))
                                          : m_text.substr(n.nameBegin, n.nameEnd - n.nameBegin));
        }
        std::sort(names.begin(), names.end());
        const auto twice = std::adjacent_find(names.begin(), names.end());
        if (twice != names.end()) {
            const std::string wanted(*twice);
            return find(at, wanted);
        }
    }
    return kNone;
}

} // namespace exhibit
