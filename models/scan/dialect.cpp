// SPDX-License-Identifier: Apache-2.0
#include "models/scan/dialect.h"

#include "models/base/limits.h"
#include "models/scan/pattern_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace exhibit::scan {
namespace {

constexpr std::uint64_t kSaturated = UINT32_MAX;

Node makeNode(Node::Kind kind, std::size_t offset)
{
    Node node;
    node.kind = kind;
    node.offset = offset;
    return node;
}

constexpr std::array<std::pair<std::string_view, Fold>, 4> kFoldNames{{
    {"zero_width", Fold::ZeroWidth},
    {"full_width", Fold::FullWidth},
    {"combining", Fold::Combining},
    {"homoglyphs", Fold::Homoglyphs},
}};

struct RefusedGroup {
    std::string_view prefix;
    std::string_view what;
};

// In this order: longer prefixes first.
constexpr std::array<RefusedGroup, 13> kRefusedGroups{{
    {"(?=", "A positive lookahead"},
    {"(?<=", "A positive lookbehind"},
    {"(?>", "An atomic group"},
    {"(?(", "A conditional"},
    {"(?P<", "A named group"},
    {"(?P=", "A backreference"},
    {"(?P>", "A recursion"},
    {"(?R", "A recursion"},
    {"(?&", "A recursion"},
    {"(?+", "A recursion"},
    {"(?#", "A comment"},
    {"(?|", "A branch reset"},
    {"(*", "A control verb"},
}};

class Parser {
public:
    explicit Parser(std::string_view pattern)
        : m_reader(pattern)
    {
    }

    Result<Node> parse()
    {
        EXHIBIT_TRY(auto root, choice());
        if (!m_reader.atEnd()) {
            return PatternReader::refuse("A closing parenthesis without its opening one",
                                         m_reader.offset());
        }
        return root;
    }
    [[nodiscard]] Folds folds() const { return m_folds; }

private:
    struct Item {
        Node node;
        bool repeatable = true;
    };

    Result<Node> choice()
    {
        Node node = makeNode(Node::Kind::Choice, m_reader.offset());
        do {
            EXHIBIT_TRY(auto branch, sequence());
            node.children.push_back(std::move(branch));
        } while (m_reader.take("|"));
        if (node.children.size() == 1) {
            Node only = std::move(node.children.front());
            return only;
        }
        return node;
    }

    Result<Node> sequence()
    {
        Node node = makeNode(Node::Kind::Sequence, m_reader.offset());
        while (!m_reader.atEnd() && !m_reader.startsWith("|") && !m_reader.startsWith(")")) {
            EXHIBIT_TRY(auto next, item());
            EXHIBIT_TRY(auto repeated, quantified(std::move(next)));
            node.children.push_back(std::move(repeated));
        }
        return node;
    }

    Result<Item> item()
    {
        const auto begin = m_reader.offset();
        if (m_reader.startsWith("(")) {
            return group();
        }
        if (m_reader.take("\\b")) {
            return boundary(kWordBoundary, begin);
        }
        if (m_reader.take("\\B")) {
            return boundary(kNoWordBoundary, begin);
        }
        if (m_reader.startsWith("^") || m_reader.startsWith("$")) {
            return PatternReader::refuse("An anchor", begin);
        }
        for (const std::string_view anchor : {"\\A", "\\z", "\\Z", "\\G"}) {
            if (m_reader.startsWith(anchor)) {
                return PatternReader::refuse("An anchor", begin);
            }
        }
        if (startsQuantifier()) {
            return PatternReader::refuse("A quantifier with nothing to repeat", begin);
        }
        EXHIBIT_TRY(const auto set, m_reader.characters(m_caseless));
        return Item{set.utf8(begin)};
    }

    /// Behind "(?fold".
    Result<Item> fold(std::size_t begin)
    {
        if (m_reader.take(")")) {
            m_folds = kEveryFold;
            return Item{makeNode(Node::Kind::Sequence, begin), false};
        }
        if (!m_reader.take("=")) {
            return PatternReader::refuse("A fold that names no ways of folding", begin);
        }
        do {
            const auto way = std::find_if(kFoldNames.begin(), kFoldNames.end(), [this](auto& each) {
                return m_reader.take(each.first);
            });
            if (way == kFoldNames.end()) {
                return PatternReader::refuse("A way of folding that is not known",
                                             m_reader.offset());
            }
            m_folds = static_cast<Folds>(m_folds | static_cast<Folds>(way->second));
        } while (m_reader.take(","));
        if (!m_reader.take(")")) {
            return PatternReader::refuse("A fold that does not end", m_reader.offset());
        }
        return Item{makeNode(Node::Kind::Sequence, begin), false};
    }

    static Item boundary(WordEdges edges, std::size_t begin)
    {
        Node node = makeNode(Node::Kind::Boundary, begin);
        node.edges = edges;
        return {std::move(node), false};
    }

    Result<Item> group()
    {
        const auto begin = m_reader.offset();
        for (const auto& refused : kRefusedGroups) {
            if (m_reader.startsWith(refused.prefix)) {
                return PatternReader::refuse(refused.what, begin);
            }
        }
        if (m_reader.take("(?fold")) {
            return fold(begin);
        }
        if (m_reader.take("(?i)")) {
            m_caseless = true;
            return Item{makeNode(Node::Kind::Sequence, begin), false};
        }
        if (m_reader.take("(?<!")) {
            return lookaround(Node::Kind::NotAfter, begin);
        }
        if (m_reader.take("(?!")) {
            return lookaround(Node::Kind::NotBefore, begin);
        }
        const bool outerCaseless = m_caseless;
        if (m_reader.take("(?i:")) {
            m_caseless = true;
        } else if (!m_reader.take("(?:")) {
            m_reader.take("(");
            if (m_reader.startsWith("?")) {
                return PatternReader::refuse("An unknown kind of group", begin);
            }
        }
        if (++m_depth > limits::kPatternDepthMax) {
            return PatternReader::refuse("A group nested too deep", begin);
        }
        EXHIBIT_TRY(auto inner, choice());
        --m_depth;
        m_caseless = outerCaseless;
        if (!m_reader.take(")")) {
            return PatternReader::refuse("A group without its closing parenthesis", begin);
        }
        return Item{std::move(inner)};
    }

    Result<Item> lookaround(Node::Kind kind, std::size_t begin)
    {
        constexpr std::string_view kTooWide = "A lookaround wider than one class";
        if (m_reader.startsWith(")") || m_reader.startsWith("(") || m_reader.startsWith("\\b")
            || m_reader.startsWith("\\B") || m_reader.startsWith("^") || m_reader.startsWith("$")
            || startsQuantifier()) {
            return PatternReader::refuse(kTooWide, begin);
        }
        EXHIBIT_TRY(const auto set, m_reader.characters(m_caseless));
        if (!m_reader.take(")")) {
            return PatternReader::refuse(kTooWide, begin);
        }
        const auto bytes = set.asByteCondition();
        if (!bytes) {
            return PatternReader::refuse("A lookaround that tells characters beyond ASCII apart",
                                         begin);
        }
        Node node = makeNode(kind, begin);
        node.bytes = *bytes;
        return Item{std::move(node), false};
    }

    [[nodiscard]] bool startsQuantifier() const
    {
        return m_reader.startsWith("*") || m_reader.startsWith("+") || m_reader.startsWith("?")
            || m_reader.startsWith("{");
    }

    Result<Node> quantified(Item item)
    {
        if (!startsQuantifier()) {
            return std::move(item.node);
        }
        const auto begin = m_reader.offset();
        if (!item.repeatable) {
            return PatternReader::refuse("A quantifier with nothing to repeat", begin);
        }
        Node node = makeNode(Node::Kind::Repeat, begin);
        EXHIBIT_CHECK(counts(node));
        if (m_reader.startsWith("+")) {
            return PatternReader::refuse("A possessive quantifier", begin);
        }
        m_reader.take("?"); // Greedy and lazy have the same matches.
        if (startsQuantifier()) {
            return PatternReader::refuse("A quantifier on a quantifier", m_reader.offset());
        }
        node.children.push_back(std::move(item.node));
        return node;
    }

    Result<void> counts(Node& node)
    {
        const auto begin = m_reader.offset();
        node.least = m_reader.startsWith("+") ? 1 : 0;
        node.most = m_reader.startsWith("?") ? 1 : kUnlimited;
        if (m_reader.take("*") || m_reader.take("+") || m_reader.take("?")) {
            return {};
        }
        m_reader.take("{");
        const auto least = m_reader.number();
        if (!least) {
            return PatternReader::refuse("A brace that is neither escaped nor a count", begin);
        }
        node.least = *least;
        node.most = *least;
        if (m_reader.take(",")) {
            node.most = m_reader.number().value_or(kUnlimited);
        }
        if (!m_reader.take("}")) {
            return PatternReader::refuse("A brace that is neither escaped nor a count", begin);
        }
        const bool limited = node.most == kUnlimited || node.most <= limits::kPatternRepeatMax;
        if (node.least > limits::kPatternRepeatMax || !limited) {
            return PatternReader::refuse(fmt::format("A count over {}", limits::kPatternRepeatMax),
                                         begin);
        }
        if (node.least > node.most) {
            return PatternReader::refuse("A count that runs backwards", begin);
        }
        return {};
    }

    PatternReader m_reader;
    bool m_caseless = false;
    Folds m_folds = 0;
    std::size_t m_depth = 0;
};

std::uint64_t saturate(std::uint64_t value)
{
    return std::min(value, kSaturated);
}

std::uint64_t countPositions(const Node& node)
{
    std::uint64_t sum = node.kind == Node::Kind::Bytes ? 1 : 0;
    for (const auto& child : node.children) {
        sum = saturate(sum + countPositions(child));
    }
    if (node.kind == Node::Kind::Repeat) {
        sum *= node.most == kUnlimited ? std::max(node.least, 1U) : node.most;
    }
    return saturate(sum);
}

} // namespace

ByteSet wordBytes()
{
    ByteSet set;
    for (std::size_t byte = 0; byte < 128; ++byte) {
        const auto c = static_cast<char>(byte);
        set[byte] = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')
            || c == '_';
    }
    return set;
}

std::optional<std::uint64_t> longestMatch(const Node& node)
{
    std::uint64_t length = node.kind == Node::Kind::Bytes ? 1 : 0;
    for (const auto& child : node.children) {
        const auto part = longestMatch(child);
        if (!part) {
            return std::nullopt;
        }
        length
            = saturate(node.kind == Node::Kind::Choice ? std::max(length, *part) : length + *part);
    }
    if (node.kind == Node::Kind::Repeat && length > 0) {
        if (node.most == kUnlimited) {
            return std::nullopt;
        }
        length = saturate(length * node.most);
    }
    return length;
}

Result<ParsedPattern> parsePattern(std::string_view pattern)
{
    if (pattern.size() > limits::kPatternBytesMax) {
        return PatternReader::refuse(fmt::format("More than {} bytes", limits::kPatternBytesMax),
                                     limits::kPatternBytesMax);
    }
    Parser parser(pattern);
    EXHIBIT_TRY(auto root, parser.parse());
    const auto positions = countPositions(root);
    if (positions > limits::kPatternPositionsMax) {
        return PatternReader::refuse(
            fmt::format("More than {} positions", limits::kPatternPositionsMax), 0);
    }
    ParsedPattern parsed;
    parsed.positions = positions;
    parsed.folds = parser.folds();
    if (const auto longest = longestMatch(root)) {
        parsed.longest = static_cast<std::uint32_t>(*longest);
    }
    parsed.root = std::move(root);
    return parsed;
}

} // namespace exhibit::scan
