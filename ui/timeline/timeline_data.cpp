// SPDX-License-Identifier: Apache-2.0
#include "ui/timeline/timeline_data.h"

#include "ui/timeline/event_text.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace exhibit::ui {
namespace {

using domain::StepType;

void merge(Bucket& into, const TimelineItem& item)
{
    ++into.count;
    if (badness(item.mark) > badness(into.worst)) {
        into.worst = item.mark;
    }
    into.hasInflection = into.hasInflection || item.isInflection;
}

void merge(Bucket& into, const Bucket& block)
{
    into.count += block.count;
    if (badness(block.worst) > badness(into.worst)) {
        into.worst = block.worst;
    }
    into.hasInflection = into.hasInflection || block.hasInflection;
}

std::int64_t microsecondsBetween(UtcTime from, UtcTime to)
{
    return std::chrono::duration_cast<std::chrono::microseconds>(to - from).count();
}

/// The span of an event, as far as its data tells: calls have a latency, answers the time between
/// the first and the last byte.
std::int64_t lengthOf(const domain::TimelineEvent& event)
{
    return event.type == StepType::LlmCall ? integerOf(event.data, "latency_us") : 0;
}

} // namespace

QString laneName(Lane lane)
{
    // Names of actors as on the wire and in the documents; the same in every language.
    constexpr const char* kNames[] = {"INPUT", "CONTEXT", "POLICY", "LLM", "TOOL", "OUTPUT"};
    return QString::fromLatin1(kNames[static_cast<std::size_t>(lane)]);
}

Lane laneOf(StepType type)
{
    switch (type) {
    case StepType::Input:
        return Lane::Input;
    case StepType::Context:
        return Lane::Context;
    case StepType::LlmCall:
    case StepType::Error:
        return Lane::Llm;
    case StepType::ToolCall:
        return Lane::Tool;
    case StepType::Output:
        return Lane::Output;
    case StepType::Policy:
    case StepType::RootCause:
    case StepType::Kill:
        break;
    }
    return Lane::Policy;
}

void TimelineData::clear()
{
    *this = TimelineData();
}

void TimelineData::add(Lane lane, TimelineItem item)
{
    m_lanes[static_cast<std::size_t>(lane)].push_back(item);
    m_durationUs = std::max(m_durationUs, item.atUs + item.lengthUs);
    ++m_size;
}

void TimelineData::addCall(const CallId& call, TimelineItem item)
{
    add(Lane::Llm, item);
    m_calls.push_back({call, item});
}

void TimelineData::finish()
{
    std::sort(m_calls.begin(), m_calls.end(), [](const Call& a, const Call& b) {
        return std::tie(a.id, a.span.atUs) < std::tie(b.id, b.span.atUs);
    });
    for (std::size_t lane = 0; lane < m_lanes.size(); ++lane) {
        auto& items = m_lanes[lane];
        std::stable_sort(
            items.begin(), items.end(), [](const TimelineItem& a, const TimelineItem& b) {
                return a.atUs < b.atUs;
            });
        auto& blocks = m_blocks[lane];
        blocks.assign((items.size() + kBlock - 1) / kBlock, {});
        for (std::size_t i = 0; i < items.size(); ++i) {
            merge(blocks[i / kBlock], items[i]);
        }
    }
    finishPlaces();
}

void TimelineData::finishPlaces()
{
    std::uint32_t most = 0;
    for (const auto& items : m_lanes) {
        for (const auto& item : items) {
            most = std::max(most, item.event + 1);
        }
    }
    m_places.assign(most, kNowhere);
    for (std::uint32_t lane = 0; lane < kLaneCount; ++lane) {
        for (std::uint32_t i = 0; i < m_lanes[lane].size(); ++i) {
            m_places[m_lanes[lane][i].event] = i * 8 + lane;
        }
    }
}

std::size_t TimelineData::lowerBound(Lane lane, std::int64_t atUs) const
{
    const auto& items = this->lane(lane);
    const auto found = std::lower_bound(
        items.begin(), items.end(), atUs, [](const TimelineItem& item, std::int64_t at) {
            return item.atUs < at;
        });
    return static_cast<std::size_t>(found - items.begin());
}

Bucket TimelineData::bucket(Lane lane, std::size_t begin, std::size_t end) const
{
    const auto& items = this->lane(lane);
    const auto& blocks = m_blocks[static_cast<std::size_t>(lane)];
    Bucket result;
    while (begin < end) {
        if (begin % kBlock == 0 && begin + kBlock <= end) {
            merge(result, blocks[begin / kBlock]);
            begin += kBlock;
        } else {
            merge(result, items[begin++]);
        }
    }
    return result;
}

std::optional<std::pair<Lane, TimelineItem>> TimelineData::find(std::uint32_t event) const
{
    if (event >= m_places.size() || m_places[event] == kNowhere) {
        return std::nullopt;
    }
    const auto lane = static_cast<Lane>(m_places[event] % 8);
    return std::pair(lane, this->lane(lane)[m_places[event] / 8]);
}

std::optional<TimelineItem> TimelineData::callBefore(const CallId& call, std::int64_t atUs) const
{
    const auto after = std::lower_bound(
        m_calls.begin(), m_calls.end(), std::tie(call, atUs), [](const Call& one, const auto& at) {
            return std::tie(one.id, one.span.atUs) < at;
        });
    return after != m_calls.begin() && std::prev(after)->id == call
        ? std::optional(std::prev(after)->span)
        : std::nullopt;
}

TimelineData TimelineData::of(const domain::TimelineReply& reply,
                              const std::optional<domain::RootCause>& cause)
{
    TimelineData data;
    if (reply.events.empty()) {
        return data;
    }
    const UtcTime start = reply.events.front().time;
    for (std::size_t i = 0; i < reply.events.size(); ++i) {
        const auto& event = reply.events[i];
        if (event.type == StepType::RootCause) {
            continue; // A finding, not something that happened: it stands in headline, lane and
                      // card.
        }
        TimelineItem item;
        item.atUs = std::max<std::int64_t>(0, microsecondsBetween(start, event.time));
        item.lengthUs = static_cast<std::int32_t>(
            std::clamp<std::int64_t>(lengthOf(event), 0, std::numeric_limits<std::int32_t>::max()));
        item.event = static_cast<std::uint32_t>(i);
        item.mark = event.result ? markOf(*event.result) : Mark::None;
        item.isInflection = event.isInflection || reply.inflectionStep == event.stepIndex;
        item.isRootCause = cause && cause->causingStep == event.stepIndex;
        if (item.lengthUs > 0 && event.callId) {
            data.addCall(*event.callId, item);
        } else {
            data.add(laneOf(event.type), item);
        }
    }
    data.finish();
    return data;
}

} // namespace exhibit::ui
