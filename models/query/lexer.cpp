// SPDX-License-Identifier: Apache-2.0
#include "models/query/lexer.h"

#include "models/base/bytes.h"
#include "models/query/fields.h"

#include <algorithm>
#include <array>

namespace exhibit::query {
namespace {

using Tokens = tl::expected<std::vector<Token>, QueryError>;

bool isAsciiSpace(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool isNameCharacter(char c, bool first)
{
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter || (!first && ((c >= '0' && c <= '9') || c == '_' || c == '-'));
}

/// Length of the name before a colon; 0 when the text does not begin like a filter.
std::size_t nameLength(std::string_view text)
{
    std::size_t length = 0;
    while (length < text.size() && isNameCharacter(text[length], length == 0)) {
        ++length;
    }
    if (length == 0 || length == text.size() || text[length] != ':') {
        return 0;
    }
    const bool address = text.substr(length).starts_with("://");
    return address && findField(text.substr(0, length)) == nullptr ? 0 : length;
}

/// Neither white space nor quotes inside, and not empty.
bool isUnbroken(std::string_view text)
{
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '"' || spaceLength(text, at) != 0) {
            return false;
        }
    }
    return !text.empty();
}

bool isBlank(std::string_view text)
{
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t length = spaceLength(text, at);
        if (length == 0) {
            return false;
        }
        at += length;
    }
    return true;
}

struct Operator {
    std::string_view text;
    Comparison comparison;
};
/// The longer ones first: the first that fits counts.
constexpr std::array<Operator, 4> kOperators = {{
    {">=", Comparison::GreaterOrEqual},
    {"<=", Comparison::LessOrEqual},
    {">", Comparison::Greater},
    {"<", Comparison::Less},
}};

class Lexer {
public:
    explicit Lexer(std::string_view text)
        : m_text(text)
    {
    }

    Tokens run();

private:
    tl::expected<Token, QueryError> next();
    tl::expected<void, QueryError> readMinus(Token& token);
    tl::expected<void, QueryError> readQuoted(std::string& out);
    tl::expected<void, QueryError> readFilter(Token& token, std::size_t length);
    /// The text up to white space or a quote.
    std::string_view readBare();
    void skipSpaces();
    [[nodiscard]] bool atEnd() const { return m_at >= m_text.size(); }
    [[nodiscard]] std::string_view rest() const { return m_text.substr(m_at); }

    std::string_view m_text;
    std::size_t m_at = 0;
};

tl::unexpected<QueryError> bad(QueryProblem problem,
                               std::string message,
                               std::size_t begin,
                               std::size_t end,
                               std::string suggestion = {})
{
    return tl::make_unexpected(
        QueryError{std::move(message), begin, end, std::move(suggestion), problem});
}

Tokens Lexer::run()
{
    std::vector<Token> tokens;
    for (skipSpaces(); !atEnd(); skipSpaces()) {
        auto token = next();
        if (!token) {
            return tl::make_unexpected(std::move(token).error());
        }
        tokens.push_back(*std::move(token));
    }
    return tokens;
}

tl::expected<Token, QueryError> Lexer::next()
{
    Token token;
    token.begin = m_at;
    tl::expected<void, QueryError> read;
    if (m_text[m_at] == '-') {
        read = readMinus(token);
    }
    if (!read) {
        return tl::make_unexpected(std::move(read).error());
    }
    token.nameBegin = m_at;
    token.valueBegin = m_at;
    const std::size_t length = nameLength(rest());
    if (length > 0) {
        read = readFilter(token, length);
    } else if (m_text[m_at] == '"') {
        token.kind = TokenKind::Phrase;
        token.quoted = true;
        read = readQuoted(token.text);
    } else {
        token.text = readBare();
        const bool isOr = !token.negated && toLower(token.text) == "or";
        token.kind = isOr ? TokenKind::Or : TokenKind::Word;
    }
    if (!read) {
        return tl::make_unexpected(std::move(read).error());
    }
    token.end = m_at;
    return token;
}

tl::expected<void, QueryError> Lexer::readMinus(Token& token)
{
    token.negated = true;
    ++m_at;
    if (!atEnd() && m_text[m_at] == '-') {
        m_at = token.begin;
        const std::string word(readBare());
        return bad(QueryProblem::DoubleMinus,
                   "Write text that begins with two minus signs in quotes.",
                   token.begin,
                   m_at,
                   quoted(word));
    }
    if (!atEnd() && spaceLength(m_text, m_at) == 0) {
        return {};
    }
    const std::string message = "A minus needs a word, phrase or filter directly after it.";
    skipSpaces();
    const std::string following(readBare());
    if (following.empty() || following.front() == '-') {
        return bad(QueryProblem::LoneMinus, message, token.begin, token.begin + 1);
    }
    return bad(QueryProblem::LoneMinus, message, token.begin, m_at, "-" + following);
}

tl::expected<void, QueryError> Lexer::readQuoted(std::string& out)
{
    const std::size_t begin = m_at;
    for (++m_at; !atEnd(); ++m_at) {
        char c = m_text[m_at];
        if (c == '"') {
            ++m_at;
            return {};
        }
        const char following = m_at + 1 < m_text.size() ? m_text[m_at + 1] : '\0';
        if (c == '\\' && (following == '"' || following == '\\')) {
            c = following;
            ++m_at;
        }
        out += c;
    }
    const auto tail = m_text.substr(begin);
    const auto lastOther = tail.find_last_not_of('\\');
    const bool openEscape = (tail.size() - 1 - lastOther) % 2 != 0;
    const bool empty = isBlank(tail.substr(1));
    return bad(QueryProblem::OpenQuote,
               "The quote that opens here is not closed.",
               begin,
               m_text.size(),
               empty ? std::string() : std::string(tail) + (openEscape ? "\\\"" : "\""));
}

tl::expected<void, QueryError> Lexer::readFilter(Token& token, std::size_t length)
{
    token.kind = TokenKind::Filter;
    token.name = rest().substr(0, length);
    m_at += length + 1;
    std::string_view value = rest();
    token.comparison = takeComparison(value);
    m_at = m_text.size() - value.size();
    token.valueBegin = m_at;
    if (!atEnd() && m_text[m_at] == '"') {
        token.quoted = true;
        return readQuoted(token.text);
    }
    token.text = readBare();
    return {};
}

std::string_view Lexer::readBare()
{
    const std::size_t begin = m_at;
    while (!atEnd() && m_text[m_at] != '"' && spaceLength(m_text, m_at) == 0) {
        ++m_at;
    }
    return m_text.substr(begin, m_at - begin);
}

void Lexer::skipSpaces()
{
    while (!atEnd()) {
        const std::size_t length = spaceLength(m_text, m_at);
        if (length == 0) {
            return;
        }
        m_at += length;
    }
}

} // namespace

Tokens tokenize(std::string_view text)
{
    if (!isValidUtf8(text)) {
        return bad(QueryProblem::NotUtf8, "The query is not valid UTF-8.", 0, text.size());
    }
    const auto isControl
        = [](char c) { return (c >= 0 && c < ' ' && !isAsciiSpace(c)) || c == '\x7f'; };
    const auto control = std::ranges::find_if(text, isControl);
    if (control != text.end()) {
        const auto at = static_cast<std::size_t>(control - text.begin());
        return bad(
            QueryProblem::ControlCharacter, "The query has a control character here.", at, at + 1);
    }
    return Lexer(text).run();
}

Comparison takeComparison(std::string_view& text)
{
    for (const auto& [sign, comparison] : kOperators) {
        if (text.starts_with(sign)) {
            text.remove_prefix(sign.size());
            return comparison;
        }
    }
    return Comparison::Equal;
}

std::size_t spaceLength(std::string_view text, std::size_t at)
{
    if (isAsciiSpace(text[at])) {
        return 1;
    }
    constexpr std::array<std::string_view, 9> kOthers = {
        "\u0085", "\u00a0", "\u1680", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000", "\ufeff"};
    const auto here = text.substr(at);
    for (const auto other : kOthers) {
        if (here.starts_with(other)) {
            return other.size();
        }
    }
    // U+2000 to U+200A, the typographic spaces.
    const bool typographic = here.size() >= 3 && here.starts_with("\xe2\x80")
        && static_cast<unsigned char>(here[2]) <= 0x8a;
    return typographic ? 3 : 0;
}

bool isPlainValue(std::string_view text)
{
    return isUnbroken(text) && text.front() != '<' && text.front() != '>';
}

bool isPlainWord(std::string_view text)
{
    return isUnbroken(text) && text.front() != '-' && nameLength(text) == 0
        && toLower(text) != "or";
}

std::string quoted(std::string_view text)
{
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
        }
        out += c;
    }
    return out + '"';
}

} // namespace exhibit::query
