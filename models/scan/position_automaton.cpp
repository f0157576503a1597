// SPDX-License-Identifier: Apache-2.0
#include "models/scan/position_automaton.h"

#include "models/base/limits.h"
#include "models/scan/pattern_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <tuple>

namespace exhibit::scan {
namespace {

using Border = PositionAutomaton::Border;
using Link = PositionAutomaton::Link;

// A part of the pattern, with the conditions under which it may match the empty text.
struct Fragment {
    std::vector<Border> firsts;
    std::vector<Border> lasts;
    std::vector<EdgeCondition> empty;
};

void addAlternative(std::vector<EdgeCondition>& conditions, const EdgeCondition& condition)
{
    for (auto& other : conditions) {
        if (other.notAfter == condition.notAfter && other.notBefore == condition.notBefore) {
            other.words = static_cast<WordEdges>(other.words | condition.words);
            return;
        }
    }
    conditions.push_back(condition);
}

// Alternatives for one position that differ only in the word edge are one.
void mergeBorders(std::vector<Border>& borders)
{
    const auto key = [](const Border& border) {
        return std::tuple(border.position, border.condition.notAfter, border.condition.notBefore);
    };
    std::sort(borders.begin(), borders.end(), [&](const Border& a, const Border& b) {
        return key(a) < key(b);
    });
    std::vector<Border> merged;
    for (const auto& border : borders) {
        if (!merged.empty() && key(merged.back()) == key(border)) {
            auto& words = merged.back().condition.words;
            words = static_cast<WordEdges>(words | border.condition.words);
        } else {
            merged.push_back(border);
        }
    }
    borders = std::move(merged);
}

void mergeLinks(std::vector<Link>& links)
{
    const auto key = [](const Link& link) { return std::pair(link.from, link.to); };
    std::sort(
        links.begin(), links.end(), [&](const Link& a, const Link& b) { return key(a) < key(b); });
    std::vector<Link> merged;
    for (const auto& link : links) {
        if (!merged.empty() && key(merged.back()) == key(link)) {
            merged.back().words = static_cast<WordEdges>(merged.back().words | link.words);
        } else {
            merged.push_back(link);
        }
    }
    links = std::move(merged);
}

class Builder {
public:
    Result<PositionAutomaton> build(const Node& root)
    {
        EXHIBIT_TRY(auto whole, fragment(root));
        if (!whole.empty.empty()) {
            return PatternReader::refuse("A pattern that matches the empty text", 0);
        }
        for (const auto& first : whole.firsts) {
            if (first.condition.notBefore != 0) {
                return misplaced(first.condition.notBefore);
            }
        }
        for (const auto& last : whole.lasts) {
            if (last.condition.notAfter != 0) {
                return misplaced(last.condition.notAfter);
            }
        }
        mergeBorders(whole.firsts);
        mergeBorders(whole.lasts);
        mergeLinks(m_automaton.links);
        if (whole.firsts.empty() || whole.lasts.empty()) {
            return PatternReader::refuse("A pattern that matches nothing", 0);
        }
        m_automaton.firsts = std::move(whole.firsts);
        m_automaton.lasts = std::move(whole.lasts);
        return std::move(m_automaton);
    }

private:
    Result<Fragment> fragment(const Node& node)
    {
        switch (node.kind) {
        case Node::Kind::Sequence:
            return sequence(node);
        case Node::Kind::Choice:
            return choice(node);
        case Node::Kind::Repeat:
            return repeat(node);
        case Node::Kind::Bytes:
            return bytes(node);
        case Node::Kind::Boundary:
            return Fragment{{}, {}, {EdgeCondition{node.edges, 0, 0}}};
        case Node::Kind::NotAfter:
            return Fragment{{}, {}, {EdgeCondition{kEveryEdge, lookaround(node), 0}}};
        case Node::Kind::NotBefore:
            return Fragment{{}, {}, {EdgeCondition{kEveryEdge, 0, lookaround(node)}}};
        }
        return Fragment{};
    }

    Fragment bytes(const Node& node)
    {
        const auto position = static_cast<std::uint32_t>(m_automaton.labels.size());
        m_automaton.labels.push_back(node.bytes);
        return {{{position, {}}}, {{position, {}}}, {}};
    }

    std::uint16_t lookaround(const Node& node)
    {
        auto& known = m_automaton.lookarounds;
        const auto found = std::find(known.begin(), known.end(), node.bytes);
        if (found != known.end()) {
            return static_cast<std::uint16_t>(found - known.begin() + 1);
        }
        known.push_back(node.bytes);
        m_lookaroundOffsets.push_back(node.offset);
        return static_cast<std::uint16_t>(known.size());
    }

    [[nodiscard]] tl::unexpected<Error> misplaced(std::uint16_t index) const
    {
        return PatternReader::refuse("A lookaround elsewhere than at the left or right end",
                                     m_lookaroundOffsets[index - 1U]);
    }

    [[nodiscard]] tl::unexpected<Error> second(std::uint16_t index) const
    {
        return PatternReader::refuse("A second lookaround at the same place",
                                     m_lookaroundOffsets[index - 1U]);
    }

    Result<Fragment> sequence(const Node& node)
    {
        Fragment result{{}, {}, {EdgeCondition{}}};
        for (const auto& child : node.children) {
            EXHIBIT_TRY(auto next, fragment(child));
            EXHIBIT_TRY(result, join(std::move(result), std::move(next)));
        }
        return result;
    }

    Result<Fragment> choice(const Node& node)
    {
        Fragment result;
        for (const auto& child : node.children) {
            EXHIBIT_TRY(auto branch, fragment(child));
            std::move(
                branch.firsts.begin(), branch.firsts.end(), std::back_inserter(result.firsts));
            std::move(branch.lasts.begin(), branch.lasts.end(), std::back_inserter(result.lasts));
            for (const auto& condition : branch.empty) {
                addAlternative(result.empty, condition);
            }
        }
        return result;
    }

    // x{m,n} is x..x(x(x)?)?, built from its inner end so that links stay few.
    Result<Fragment> repeat(const Node& node)
    {
        if (node.most == 0) {
            return Fragment{{}, {}, {EdgeCondition{}}};
        }
        const auto& child = node.children.front();
        const auto before = m_automaton.labels.size();
        EXHIBIT_TRY(auto copy, fragment(child));
        const bool onlyEdges = m_automaton.labels.size() == before;
        if (node.most == kUnlimited) {
            EXHIBIT_CHECK(connect(copy.lasts, copy.firsts));
        }
        const bool optional = node.most == kUnlimited ? node.least == 0 : node.least < node.most;
        if (onlyEdges ? node.least == 0 : optional) {
            addAlternative(copy.empty, EdgeCondition{});
        }
        if (onlyEdges) {
            return copy; // An edge condition holds once or a thousand times.
        }
        const auto copies = node.most == kUnlimited ? std::max(node.least, 1U) : node.most;
        for (std::uint32_t index = 1; index < copies; ++index) {
            EXHIBIT_TRY(auto outer, fragment(child));
            EXHIBIT_TRY(copy, join(std::move(outer), std::move(copy)));
            // The copies beyond `least` are the inner ones; each makes itself and what it holds
            // optional.
            if (node.most != kUnlimited && index < node.most - node.least) {
                addAlternative(copy.empty, EdgeCondition{});
            }
        }
        return copy;
    }

    Result<Fragment> join(Fragment left, Fragment right)
    {
        EXHIBIT_CHECK(connect(left.lasts, right.firsts));
        EXHIBIT_CHECK(appendGuarded(left.firsts, right.firsts, left.empty));
        EXHIBIT_CHECK(appendGuarded(right.lasts, left.lasts, right.empty));
        Fragment joined{std::move(left.firsts), std::move(right.lasts), {}};
        for (const auto& a : left.empty) {
            for (const auto& b : right.empty) {
                EXHIBIT_TRY(const auto condition, both(a, b));
                if (condition.words != 0) {
                    addAlternative(joined.empty, condition);
                }
            }
        }
        return joined;
    }

    // Appends the borders of a part as seen across a neighbour that may be empty.
    Result<void> appendGuarded(std::vector<Border>& to,
                               const std::vector<Border>& borders,
                               const std::vector<EdgeCondition>& empty)
    {
        for (const auto& condition : empty) {
            for (const auto& border : borders) {
                EXHIBIT_TRY(const auto guarded, both(border.condition, condition));
                if (guarded.words != 0) {
                    to.push_back({border.position, guarded});
                }
            }
        }
        return to.size() > limits::kPatternLinksMax ? tooManyLinks() : Result<void>{};
    }

    Result<EdgeCondition> both(const EdgeCondition& a, const EdgeCondition& b) const
    {
        const auto one
            = [](std::uint16_t x, std::uint16_t y) { return x == 0 || y == 0 || x == y; };
        if (!one(a.notAfter, b.notAfter)) {
            return second(std::max(a.notAfter, b.notAfter));
        }
        if (!one(a.notBefore, b.notBefore)) {
            return second(std::max(a.notBefore, b.notBefore));
        }
        return EdgeCondition{static_cast<WordEdges>(a.words & b.words),
                             std::max(a.notAfter, b.notAfter),
                             std::max(a.notBefore, b.notBefore)};
    }

    Result<void> connect(const std::vector<Border>& lasts, const std::vector<Border>& firsts)
    {
        if (m_automaton.links.size() + lasts.size() * firsts.size() > limits::kPatternLinksMax) {
            return tooManyLinks();
        }
        for (const auto& last : lasts) {
            for (const auto& first : firsts) {
                EXHIBIT_TRY(const auto condition, both(last.condition, first.condition));
                if (condition.notAfter != 0 || condition.notBefore != 0) {
                    return misplaced(std::max(condition.notAfter, condition.notBefore));
                }
                if (condition.words != 0) {
                    m_automaton.links.push_back({last.position, first.position, condition.words});
                }
            }
        }
        return {};
    }

    static Result<void> tooManyLinks()
    {
        return PatternReader::refuse(
            fmt::format("More than {} links between positions (optional parts within repeats)",
                        limits::kPatternLinksMax),
            0);
    }

    PositionAutomaton m_automaton;
    std::vector<std::size_t> m_lookaroundOffsets;
};

} // namespace

Result<PositionAutomaton> buildPositions(const ParsedPattern& pattern)
{
    return Builder().build(pattern.root);
}

} // namespace exhibit::scan
