// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/text_seam.h"

#include <algorithm>
#include <utility>

namespace exhibit::gateway {

TextSeam::TextSeam(prevention::CallGuard& guard, std::string name, End end)
    : m_guard(guard)
    , m_name(std::move(name))
    , m_live(0)
{
    const std::size_t from = end.size - end.tail.size();
    m_live = end.live - std::min(end.live, from);
    m_parts.push_back({end.channel, from, 0});
    m_text.append(end.tail);
    m_tail = std::move(end.tail);
}

void TextSeam::begin(std::size_t channel)
{
    m_parts.push_back({channel, 0, m_text.size()});
    if (!m_channel) {
        m_channel = m_guard.channel(m_name, prevention::TextRole::Other);
        take(std::exchange(m_tail, {}));
    }
}

void TextSeam::feed(std::string_view bytes)
{
    m_text.append(bytes);
    take(bytes);
    // What begins behind the border is the part's own, and so is the rest of a redaction that
    // nothing before the border can extend any more.
    const std::size_t border = m_parts.back().begin;
    if (!m_guard.stop() && settled() > border && !(m_open && m_open->begin <= border)) {
        m_closed = true;
    }
}

void TextSeam::take(std::string_view bytes)
{
    m_guard.feed(*m_channel, bytes);
    takeReplacements();
}

bool TextSeam::finish()
{
    if (m_channel && !m_guard.stop()) {
        m_guard.finishChannel(*m_channel);
        takeReplacements();
    }
    // Of a stop here the rest is still held back.
    m_closed = !m_channel || !m_guard.stop();
    return m_closed;
}

std::size_t TextSeam::settled() const
{
    if (!m_channel) {
        // Behind a stop no part follows.
        return m_guard.stop() ? m_text.size() : m_live;
    }
    const auto settled = m_guard.settled(*m_channel);
    const auto& stop = m_guard.stop();
    return stop && stop->channel == m_name ? std::min(stop->cutAt, settled) : settled;
}

const TextSeam::Part* TextSeam::find(std::size_t channel) const
{
    const auto found = std::find_if(m_parts.begin(), m_parts.end(), [channel](const Part& part) {
        return part.channel == channel;
    });
    return found == m_parts.end() ? nullptr : &*found;
}

std::size_t TextSeam::endOf(const Part& part) const
{
    return &part == &m_parts.back() ? m_text.size() : (&part + 1)->begin;
}

std::size_t TextSeam::allowed(std::size_t channel) const
{
    const auto* part = find(channel);
    if (m_closed || part == nullptr) {
        return std::string::npos;
    }
    const auto done = settled();
    const bool ended = part != &m_parts.back() && done >= endOf(*part);
    return ended ? std::string::npos : part->from + (done - std::min(done, part->begin));
}

bool TextSeam::crosses(const prevention::Replacement& each) const
{
    return std::any_of(m_parts.begin() + 1, m_parts.end(), [&each](const Part& part) {
        return each.begin <= part.begin && each.end >= part.begin;
    });
}

void TextSeam::takeReplacements()
{
    for (auto& each : m_guard.takeReplacements(*m_channel)) {
        if (crosses(each)) {
            m_replacements.push_back(std::move(each));
        }
    }
    m_open = m_guard.openReplacement(*m_channel);
}

void TextSeam::addReplacements(std::size_t channel,
                               std::vector<prevention::Replacement>& list) const
{
    const auto* part = find(channel);
    if (part == nullptr) {
        return;
    }
    const auto add = [&](const prevention::Replacement& each) {
        const auto begin = std::max(each.begin, part->begin);
        const auto end = std::min(each.end, endOf(*part));
        if (begin < end) {
            list.push_back({part->from + begin - part->begin,
                            part->from + end - part->begin,
                            each.begin >= part->begin ? each.placeholder : std::string{}});
        }
    };
    std::for_each(m_replacements.begin(), m_replacements.end(), add);
    if (m_open) { // It may reach a border yet; otherwise it is also the part's own.
        add(*m_open);
    }
}

} // namespace exhibit::gateway
