// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/incident_source.h"
#include "ui/theme/marks.h"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace exhibit::ui {

/// The six lanes by actor, in the order they are drawn.
enum class Lane : std::uint8_t { Input, Context, Policy, Llm, Tool, Output };
inline constexpr int kLaneCount = 6;
[[nodiscard]] QString laneName(Lane lane);

/// One event as the timeline needs it; the rest stays in the reply. 24 bytes, since runs of
/// millions of events are drawn from these alone.
struct TimelineItem {
    std::int64_t atUs = 0; ///< From the start of the run.
    std::int32_t lengthUs = 0; ///< Of a span; 0 for an instant.
    std::uint32_t event = 0; ///< Index into the reply's events.
    Mark mark = Mark::None;
    bool isInflection = false;
    bool isRootCause = false; ///< The step the recorded root cause names.
};

/// What stands in one column of pixels: how many, and the worst of their results.
struct Bucket {
    std::size_t count = 0;
    Mark worst = Mark::None;
    bool hasInflection = false;
};

/// A run prepared for painting: items per lane in order of time, with maxima over blocks, so that a
/// bucket of any width costs little however many events it holds.
class TimelineData {
public:
    void clear();
    void add(Lane lane, TimelineItem item);
    /// The same for the span of a call, so that what answers it finds it.
    void addCall(const CallId& call, TimelineItem item);
    /// After the last add(): sorts and sums up.
    void finish();

    [[nodiscard]] const std::vector<TimelineItem>& lane(Lane lane) const
    {
        return m_lanes[static_cast<std::size_t>(lane)];
    }
    [[nodiscard]] std::size_t size() const { return m_size; }
    [[nodiscard]] std::int64_t durationUs() const { return m_durationUs; }
    /// Items of a lane from one index to another, both found with lowerBound().
    [[nodiscard]] Bucket bucket(Lane lane, std::size_t begin, std::size_t end) const;
    [[nodiscard]] std::size_t lowerBound(Lane lane, std::int64_t atUs) const;
    /// The item of an event.
    [[nodiscard]] std::optional<std::pair<Lane, TimelineItem>> find(std::uint32_t event) const;
    /// The last span of that call that began before `atUs`.
    [[nodiscard]] std::optional<TimelineItem> callBefore(const CallId& call,
                                                         std::int64_t atUs) const;

    [[nodiscard]] static TimelineData of(const domain::TimelineReply& reply,
                                         const std::optional<domain::RootCause>& cause);

private:
    static constexpr std::size_t kBlock = 64;
    static constexpr std::uint32_t kNowhere = 0xffffffff;

    struct Call {
        CallId id;
        TimelineItem span;
    };
    void finishPlaces();

    std::array<std::vector<TimelineItem>, kLaneCount> m_lanes;
    std::array<std::vector<Bucket>, kLaneCount> m_blocks;
    std::vector<Call> m_calls; ///< By id, then time.
    std::vector<std::uint32_t> m_places; ///< By event: its index in a lane times 8, plus the lane.
    std::size_t m_size = 0;
    std::int64_t m_durationUs = 0;
};

[[nodiscard]] Lane laneOf(domain::StepType type);

} // namespace exhibit::ui
