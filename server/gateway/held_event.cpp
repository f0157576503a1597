// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/held_event.h"

#include <algorithm>

namespace exhibit::gateway {
namespace {

template <class T>
bool shareOne(const std::vector<T>& a, const std::vector<T>& b)
{
    return std::any_of(a.begin(), a.end(), [&b](const T& value) {
        return std::find(b.begin(), b.end(), value) != b.end();
    });
}

template <class T>
void addOnce(std::vector<T>& list, const std::vector<T>& values)
{
    for (const T& value : values) {
        if (std::find(list.begin(), list.end(), value) == list.end()) {
            list.push_back(value);
        }
    }
}

} // namespace

void append(std::vector<EventBytes>& list, std::int64_t number, BytesView bytes)
{
    if (!list.empty() && list.back().firstEvent + list.back().eventCount == number) {
        ++list.back().eventCount;
        list.back().bytes += bytes;
        return;
    }
    list.push_back({number, 1, Bytes(bytes)});
}

void EventOrder::stays(const HeldEvent& held)
{
    m_any = true;
    addOnce(m_lanes, held.lanes);
    addOnce(m_choices, held.choices);
}

bool EventOrder::blocks(const HeldEvent& held) const
{
    if (held.waitsForAll || held.inOrder) {
        return m_any;
    }
    return shareOne(held.lanes, m_lanes)
        || (held.waitsForChoices && shareOne(held.choices, m_choices));
}

} // namespace exhibit::gateway
