// SPDX-License-Identifier: Apache-2.0
#include "models/report/passages.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::report {
namespace {

std::vector<std::string> textsOf(const std::vector<RedactedPassage>& passages)
{
    std::vector<std::string> texts;
    for (const auto& passage : passages) {
        texts.push_back(passage.text);
    }
    return texts;
}

} // namespace

std::vector<std::string> marksOf(const std::vector<RedactedPassage>& passages)
{
    std::vector<std::string> marks;
    for (const auto& passage : passages) {
        marks.push_back(fmt::format("[REDACTED {}: {}]", marks.size() + 1, passage.basis));
    }
    return marks;
}

Passages::Passages(const std::vector<RedactedPassage>& passages, ExportRedaction redaction)
    : m_passages(passages)
    , m_marks(marksOf(passages))
    , m_redaction(std::move(redaction))
    , m_finder(textsOf(passages))
{
}

void Passages::addLiveRedaction(const scan::RedactionPack& pack)
{
    m_finder.addRedaction(pack);
    m_live.push_back(pack);
}

/// Without the passage nobody would know the rest of what redaction finds at its edge.
Passages::Ranges Passages::extended(Ranges ranges, std::string_view text) const
{
    if (ranges.empty()) {
        return ranges;
    }
    for (const auto& run : m_redaction.runsIn(text)) {
        for (auto& range : ranges) {
            if (run.begin < range.end && range.begin < run.end) {
                range.begin = std::min(range.begin, run.begin);
                range.end = std::max(range.end, run.end);
            }
        }
    }
    return ranges;
}

/// In each of several texts that are one: what stands in it, and what goes on in the next, whether
/// whoever copied the passage saw a new line between them or not.
std::vector<Passages::Ranges> Passages::across(const std::vector<std::string_view>& parts) const
{
    std::vector<Ranges> found;
    for (const auto part : parts) {
        found.push_back(extended(m_finder.find(part), part));
        for (const auto& range : m_finder.findAround(part)) {
            found.back().push_back(range);
        }
    }
    for (const std::string_view between : {"", "\n"}) {
        std::string whole;
        for (const auto part : parts) {
            whole.append(part).append(between);
        }
        for (const auto& range : extended(m_finder.find(whole), whole)) {
            std::size_t begin = 0;
            for (std::size_t i = 0; i < parts.size(); ++i) {
                const std::size_t end = begin + parts[i].size();
                if (range.begin < end && begin < range.end) {
                    found[i].push_back({std::max(range.begin, begin) - begin,
                                        std::min(range.end, end) - begin,
                                        range.passage});
                }
                begin = end + between.size();
            }
        }
    }
    return found;
}

Passages::Ranges Passages::rangesIn(std::string_view text) const
{
    auto ranges = extended(m_finder.find(text), text);
    const auto parts = partsOfPrinted(text);
    if (parts.size() < 2) {
        return ranges;
    }
    const auto found = across(parts);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto begin = static_cast<std::size_t>(parts[i].data() - text.data());
        for (const auto& range : found[i]) {
            ranges.push_back({begin + range.begin, begin + range.end, range.passage});
        }
    }
    return ranges;
}

std::string Passages::marked(std::string_view text, Ranges ranges) const
{
    std::sort(ranges.begin(), ranges.end(), [](const auto& one, const auto& other) {
        return one.begin < other.begin;
    });
    std::string out;
    std::size_t at = 0;
    for (std::size_t i = 0; i < ranges.size();) {
        const std::size_t begin = ranges[i].begin;
        std::size_t end = ranges[i].end;
        std::set<std::size_t> passages;
        for (; i < ranges.size() && (ranges[i].begin < end || ranges[i].begin == begin); ++i) {
            end = std::max(end, ranges[i].end);
            passages.insert(ranges[i].passage);
        }
        out += text.substr(at, begin - at);
        for (const auto passage : passages) {
            out += m_marks[passage];
        }
        at = end;
    }
    return out.append(text.substr(at));
}

std::string Passages::text(std::string_view text) const
{
    return marked(text, rangesIn(text));
}

std::string Passages::name(std::string_view name) const
{
    return marked(name, extended(m_finder.findWhole(name), name));
}

} // namespace exhibit::report
