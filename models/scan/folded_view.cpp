// SPDX-License-Identifier: Apache-2.0
#include "models/scan/folded_view.h"

#include "models/base/rule_limits.h"
#include "models/scan/code_point_set.h"

#include <algorithm>
#include <iterator>

namespace exhibit::scan {

OffsetMap::OffsetMap(std::size_t position)
    : m_segments{{position, position, position}}
    , m_folded(position)
    , m_raw(position)
{
}

void OffsetMap::keep(std::size_t bytes)
{
    m_folded += bytes;
    m_raw += bytes;
}

void OffsetMap::replace(std::size_t rawBytes)
{
    ++m_folded;
    m_raw += rawBytes;
    add(m_raw);
}

void OffsetMap::drop(std::size_t rawBytes)
{
    const auto end = m_raw;
    m_raw += rawBytes;
    add(end);
}

void OffsetMap::add(std::size_t end)
{
    if (m_segments.back().folded == m_folded) {
        m_segments.back().raw = m_raw; // Dropped behind what already ends here.
        return;
    }
    if (m_segments.size() == limits::kFoldedSegmentsMax) {
        m_segments.erase(m_segments.begin(), m_segments.begin() + limits::kFoldedSegmentsMax / 2);
    }
    m_segments.push_back({m_folded, m_raw, end});
}

std::vector<OffsetMap::Segment>::const_iterator OffsetMap::firstNotBefore(std::size_t folded) const
{
    return std::lower_bound(
        m_segments.begin(), m_segments.end(), folded, [](const Segment& segment, std::size_t at) {
            return segment.folded < at;
        });
}

std::size_t OffsetMap::rawBegin(std::size_t folded) const
{
    if (folded >= m_folded) {
        return m_raw;
    }
    auto segment = firstNotBefore(folded + 1);
    if (segment == m_segments.begin()) {
        return segment->end - std::min(segment->end, segment->folded - folded);
    }
    --segment;
    return segment->raw + (folded - segment->folded);
}

std::size_t OffsetMap::rawEnd(std::size_t folded) const
{
    const auto segment = firstNotBefore(folded);
    if (segment != m_segments.end() && segment->folded == folded) {
        return segment->end;
    }
    if (segment == m_segments.begin()) {
        return segment->end - std::min(segment->end, segment->folded - folded);
    }
    const auto before = std::prev(segment);
    return before->raw + (folded - before->folded);
}

FoldedView::FoldedView(Scanner scanner, Folds folds)
    : m_scanner(std::move(scanner))
    , m_folds(folds)
    , m_offsets(m_scanner.position())
{
}

void FoldedView::feed(std::string_view character, std::vector<Match>& confirmed, Pace& pace)
{
    const auto decoded = decodeCharacter(character);
    const auto read = decoded ? folded(decoded->codePoint, m_folds) : std::nullopt;
    const auto from = confirmed.size();
    if (!read) {
        m_offsets.keep(character.size());
        m_scanner.feedAll(character, confirmed, pace);
    } else if (*read == '\0') {
        m_offsets.drop(character.size());
    } else {
        m_offsets.replace(character.size());
        m_scanner.feedAll({&*read, 1}, confirmed, pace);
    }
    translate(confirmed, from);
}

void FoldedView::finish(std::vector<Match>& confirmed)
{
    const auto from = confirmed.size();
    m_scanner.finish(confirmed);
    translate(confirmed, from);
}

std::size_t FoldedView::settled() const
{
    return m_offsets.rawBegin(m_scanner.settled());
}

void FoldedView::translate(std::vector<Match>& confirmed, std::size_t from) const
{
    for (auto index = from; index < confirmed.size(); ++index) {
        auto& match = confirmed[index];
        match.begin = m_offsets.rawBegin(match.begin);
        match.start = m_offsets.rawBegin(match.start);
        match.end = m_offsets.rawEnd(match.end);
        match.settled = m_offsets.rawBegin(match.settled);
        match.confirmedAt = match.confirmedAt > m_offsets.foldedPosition()
            ? m_offsets.rawPosition() + 1
            : m_offsets.rawEnd(match.confirmedAt);
    }
}

} // namespace exhibit::scan
