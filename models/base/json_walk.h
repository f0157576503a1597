// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"
#include "models/base/limits.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// JSON by position: where each value of a text stands, so that texts can be judged and, if at all,
/// changed by replacing byte ranges. Nothing is ever printed from a parsed value.
namespace exhibit {

enum class JsonKind : std::uint8_t { Object, Array, String, Number, Boolean, Null };

/// One value; offsets are bytes of the text.
struct JsonNode {
    JsonKind kind = JsonKind::Null;
    bool escaped = false; ///< Strings: the raw form has a backslash.
    bool nameEscaped = false;
    std::uint32_t begin = 0; ///< Raw form, strings with their quotes.
    std::uint32_t end = 0;
    std::uint32_t nameBegin = 0; ///< Members: the raw name without quotes. Elements: 0.
    std::uint32_t nameEnd = 0;
    std::uint32_t parent = 0; ///< Of the root: the root itself.
    std::uint32_t next = 0; ///< The node behind this one's subtree, in document order.
    std::uint32_t position = 0; ///< Among its siblings.
};

/// The values of one JSON text in document order: node 0 is the root, the subtree of node i is
/// [i, nodes()[i].next). Strict RFC 8259 over valid UTF-8; a lone surrogate escape is allowed, as
/// in the grammar, and decodes to U+FFFD. The text must outlive the walk.
class JsonWalk {
public:
    static constexpr std::size_t kNone = UINT32_MAX;

    /// InvalidInput with the byte position; TooLarge over limits::kJsonNodesMax.
    [[nodiscard]] static Result<JsonWalk> parse(BytesView text,
                                                std::size_t depthMax = limits::kJsonDepthMax);

    /// What parse() gives for a text that differs from this walk's in nothing but the strings and
    /// numbers at `values` (nodes in document order), in a fraction of its time; nullopt for every
    /// other text.
    [[nodiscard]] std::optional<JsonWalk> like(BytesView text,
                                               std::span<const std::size_t> values) const;

    [[nodiscard]] BytesView text() const { return m_text; }
    [[nodiscard]] const std::vector<JsonNode>& nodes() const { return m_nodes; }
    [[nodiscard]] const JsonNode& operator[](std::size_t node) const { return m_nodes[node]; }

    /// The member of that name, the last one when there are several; kNone when there is none or
    /// `object` is no object (kNone included).
    [[nodiscard]] std::size_t find(std::size_t object, std::string_view name) const;
    /// True for a node that exists and has that kind.
    [[nodiscard]] bool is(std::size_t node, JsonKind kind) const
    {
        return node < m_nodes.size() && m_nodes[node].kind == kind;
    }
    /// The first child, or kNone; siblings follow by `next` while their parent is the same.
    [[nodiscard]] std::size_t firstChild(std::size_t node) const;
    [[nodiscard]] std::size_t nextSibling(std::size_t node) const;

    [[nodiscard]] BytesView raw(std::size_t node) const;
    /// The decoded text of a string; empty for every other kind and for kNone.
    [[nodiscard]] std::string string(std::size_t node) const;
    /// A whole number that fits; nullopt-like `fallback` for everything else.
    [[nodiscard]] std::int64_t integer(std::size_t node, std::int64_t fallback) const;
    [[nodiscard]] std::string name(std::size_t node) const;
    [[nodiscard]] bool nameIs(std::size_t node, std::string_view name) const;
    /// The way down from `from` (exclusive) to `node`: tokens escaped as in RFC 6901 and joined by
    /// '/', e.g. "2/content/0/text". Empty when both are the same.
    [[nodiscard]] std::string path(std::size_t node, std::size_t from = 0) const;
    /// True when an object in the subtree has two members of one (decoded) name, which readers
    /// understand differently.
    [[nodiscard]] bool hasDuplicateNames(std::size_t node) const
    {
        return duplicateName(node) != kNone;
    }
    /// A member of such a name, or kNone.
    [[nodiscard]] std::size_t duplicateName(std::size_t node) const;

private:
    friend class JsonWalker;
    BytesView m_text;
    std::vector<JsonNode> m_nodes;
};

/// Undoes the escapes of a string's raw form (without quotes), which must come from a JsonWalk.
[[nodiscard]] std::string decodeJsonString(BytesView raw);
/// Halves of surrogate pairs at a string's edges without their other half; 0: none.
struct SplitEdges {
    std::uint16_t low = 0; ///< A second half that it begins with.
    std::uint16_t high = 0; ///< A first half that it ends with.
};
/// Of a raw form as for decodeJsonString().
[[nodiscard]] SplitEdges splitEdges(BytesView raw);
/// The character of both halves in UTF-8 (RFC 8259, 7).
[[nodiscard]] std::string joinedHalves(std::uint16_t high, std::uint16_t low);
/// What decodeJsonString() gives for a half alone: U+FFFD.
inline constexpr std::string_view kLoneHalf = "\xEF\xBF\xBD";

/// The text as a JSON string with quotes. Bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string quoteJson(std::string_view text);

/// `text` stands instead of the bytes [begin, end).
struct Edit {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string text;
};
/// Applies the edits, given in any order; they must not overlap and must lie within the text.
[[nodiscard]] std::string splice(BytesView text, std::vector<Edit> edits);

/// The edits that take the members named by their nodes out of one object, commas included.
[[nodiscard]] std::vector<Edit> removeMembers(const JsonWalk& walk,
                                              std::size_t object,
                                              const std::vector<std::size_t>& members);

} // namespace exhibit
