// SPDX-License-Identifier: Apache-2.0
#include "models/base/limits.h"
#include "models/scan/byte_rates.h"
#include "models/scan/prefilter.h"

namespace exhibit::scan {
namespace {

/// Beyond this a hit would have the automaton read more than it saves.
constexpr std::uint64_t kBeforeMax = 256;
/// Ways looked at to fill one window; a pattern with more of them gets a wider window.
constexpr int kWaysMax = 2000;

/// What follows a node in the pattern: the rest of a sequence, or further rounds of a repeat.
struct Rest {
    const Node* node = nullptr;
    std::uint32_t next = 0; ///< Child of a sequence, or rounds of a repeat that are done.
    std::size_t depth = 0; ///< Where the round began.
    const Rest* rest = nullptr;
};

/// Collects which bytes may stand at each place of a window.
class WindowFiller {
public:
    /// Of a window that begins with a byte of the node.
    explicit WindowFiller(const Node& node, const Rest* rest) { fill(node, rest, {}); }
    [[nodiscard]] const Window& window() const { return m_window; }

private:
    /// Where one way through the pattern has come.
    struct Way {
        std::size_t depth = 0;
        ByteSet last; ///< The bytes before; empty: unknown.
        ByteSet next = ~ByteSet(); ///< What a word boundary leaves of the bytes behind it.
    };

    void fill(const Node& node, const Rest* rest, const Way& way)
    {
        if (way.depth == Window::kBytes) {
            return;
        }
        if (--m_ways < 0) {
            everythingFrom(way.depth);
            return;
        }
        switch (node.kind) {
        case Node::Kind::Bytes:
            take(node.bytes & way.next, rest, way.depth);
            break;
        case Node::Kind::Sequence:
            sequence(node, 0, rest, way);
            break;
        case Node::Kind::Choice:
            for (const auto& child : node.children) {
                fill(child, rest, way);
            }
            break;
        case Node::Kind::Repeat:
            repeat(node, 0, rest, way);
            break;
        case Node::Kind::Boundary:
            follow(rest, behind(node, way));
            break;
        case Node::Kind::NotAfter:
        case Node::Kind::NotBefore:
            follow(rest, way);
            break;
        }
    }

    void take(const ByteSet& bytes, const Rest* rest, std::size_t depth)
    {
        if (bytes.any()) {
            m_window.bytes[depth] |= bytes;
            follow(rest, {depth + 1, bytes, ~ByteSet()});
        }
    }

    static Way behind(const Node& boundary, Way way)
    {
        if (boundary.edges != kWordBoundary || way.last.none()) {
            return way;
        }
        if ((way.last & ~wordBytes()).none()) {
            way.next &= ~wordBytes();
        } else if ((way.last & wordBytes()).none()) {
            way.next &= wordBytes();
        }
        return way;
    }

    void follow(const Rest* rest, const Way& way)
    {
        if (way.depth == Window::kBytes) {
            return;
        }
        if (rest == nullptr) {
            m_window.bytes[way.depth] |= way.next;
            everythingFrom(way.depth + 1);
        } else if (rest->node->kind == Node::Kind::Sequence) {
            sequence(*rest->node, rest->next, rest->rest, way);
        } else if (rest->depth == way.depth) {
            follow(rest->rest, way); // A round that took nothing: more of them change nothing.
        } else {
            repeat(*rest->node, rest->next, rest->rest, way);
        }
    }

    void sequence(const Node& node, std::uint32_t next, const Rest* rest, const Way& way)
    {
        if (next == node.children.size()) {
            follow(rest, way);
            return;
        }
        const Rest more{&node, next + 1, way.depth, rest};
        fill(node.children[next], &more, way);
    }

    void repeat(const Node& node, std::uint32_t done, const Rest* rest, const Way& way)
    {
        if (done >= node.least) {
            follow(rest, way);
        }
        if (done < node.most) {
            const Rest more{&node, done + 1, way.depth, rest};
            fill(node.children.front(), &more, way);
        }
    }

    void everythingFrom(std::size_t depth)
    {
        for (; depth < Window::kBytes; ++depth) {
            m_window.bytes[depth].set();
        }
    }

    int m_ways = kWaysMax;
    Window m_window;
};

/// Windows that all matches pass, and how much of ordinary text the automaton reads for them.
struct Cut {
    std::vector<Window> windows;
    double cost = 0;
};

std::optional<Cut> bestCut(const Node& node, const Rest* rest, std::uint64_t before);

std::optional<Cut> cutOfSequence(const Node& node, const Rest* rest, std::uint64_t before)
{
    std::optional<Cut> best;
    for (std::uint32_t index = 0; index < node.children.size() && before <= kBeforeMax; ++index) {
        const auto& child = node.children[index];
        const Rest behind{&node, index + 1, 0, rest};
        auto cut = bestCut(child, &behind, before);
        if (cut && (!best || cut->cost < best->cost)) {
            best = std::move(cut);
        }
        before += longestMatch(child).value_or(kBeforeMax + 1);
    }
    return best;
}

std::optional<Cut> cutOfChoice(const Node& node, const Rest* rest, std::uint64_t before)
{
    Cut all;
    for (const auto& child : node.children) {
        auto cut = bestCut(child, rest, before);
        if (!cut) {
            return std::nullopt;
        }
        all.windows.insert(all.windows.end(), cut->windows.begin(), cut->windows.end());
        all.cost += cut->cost;
    }
    return all;
}

std::optional<Cut> bestCut(const Node& node, const Rest* rest, std::uint64_t before)
{
    switch (node.kind) {
    case Node::Kind::Sequence:
        return cutOfSequence(node, rest, before);
    case Node::Kind::Choice:
        return cutOfChoice(node, rest, before);
    case Node::Kind::Repeat: {
        if (node.least == 0) {
            return std::nullopt;
        }
        // Of the first round, which every match has. No window goes on from the depth of 4.
        const Rest behind{&node, 1, Window::kBytes, rest};
        return bestCut(node.children.front(), &behind, before);
    }
    case Node::Kind::Bytes: {
        Window window = WindowFiller(node, rest).window();
        window.before = static_cast<std::uint32_t>(before);
        return Cut{{window}, readingCost(window)};
    }
    case Node::Kind::Boundary:
    case Node::Kind::NotAfter:
    case Node::Kind::NotBefore:
        break;
    }
    return std::nullopt;
}

} // namespace

std::vector<Window> requiredWindows(const ParsedPattern& pattern)
{
    auto cut = bestCut(pattern.root, nullptr, 0);
    return cut ? std::move(cut->windows) : std::vector<Window>{};
}

} // namespace exhibit::scan
