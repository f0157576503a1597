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

void EventOrder::stays(const HeldEvent& held)
{
    m_any = true;
    addOnce(m_lanes, held.lanes);
    addOnce(m_choices, held.choices);
}

bool EventOrder::blocks(const HeldEvent& held) const
{
    if (held.waitsForAll) {
        return m_any;
    }
    return shareOne(held.lanes, m_lanes)
        || (held.waitsForChoices && shareOne(held.choices, m_choices));
}

} // namespace exhibit::gateway
