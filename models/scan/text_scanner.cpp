// SPDX-License-Identifier: Apache-2.0
#include "models/scan/text_scanner.h"

#include "models/base/rule_limits.h"
#include "models/scan/automaton.h"
#include "models/scan/code_point_set.h"

#include <algorithm>
#include <cstring>

namespace exhibit::scan {
namespace {

bool isAscii(char byte)
{
    return (static_cast<std::uint8_t>(byte) & 0x80U) == 0;
}

/// How much of the text is ASCII, which folds to itself.
std::size_t plainLength(std::string_view text)
{
    constexpr std::uint64_t kHighBits = 0x8080808080808080U;
    std::size_t length = 0;
    for (std::uint64_t bytes = 0; length + sizeof bytes <= text.size(); length += sizeof bytes) {
        std::memcpy(&bytes, text.data() + length, sizeof bytes);
        if ((bytes & kHighBits) != 0) {
            break;
        }
    }
    while (length < text.size() && isAscii(text[length])) {
        ++length;
    }
    return length;
}

/// Bytes of the character that such a byte leads; 1 for a byte that leads none.
std::size_t lengthFrom(char lead)
{
    const auto byte = static_cast<std::uint8_t>(lead);
    return byte >= 0xF0 && byte <= 0xF4 ? 4
        : byte >= 0xE0 && byte < 0xF0   ? 3
        : byte >= 0xC2 && byte < 0xE0   ? 2
                                        : 1;
}

/// Whether more bytes could make a character of these.
bool mayGoOn(std::string_view bytes)
{
    return bytes.size() < lengthFrom(bytes.front())
        && std::all_of(bytes.begin() + 1, bytes.end(), [](char byte) {
               return (static_cast<std::uint8_t>(byte) & 0xC0U) == 0x80U;
           });
}

} // namespace

TextScanner::TextScanner(const std::shared_ptr<const PatternSet>& patterns)
    : m_patterns(patterns)
    , m_scanner(patterns)
{
    for (const auto folds : patterns->automaton().folds) {
        if (folds != 0 && std::find(m_kinds.begin(), m_kinds.end(), folds) == m_kinds.end()) {
            m_kinds.push_back(folds);
        }
    }
}

void TextScanner::feed(std::string_view delta, std::vector<Match>& confirmed)
{
    if (m_kinds.empty() && m_views.empty()) {
        m_scanner.feed(std::exchange(m_pending, {}), confirmed);
        m_scanner.feed(delta, confirmed);
        return;
    }
    while (!delta.empty()) {
        const auto plain = m_pending.empty() ? plainLength(delta) : 0;
        if (plain > 0) {
            feedPlain(delta.substr(0, plain), confirmed);
            delta.remove_prefix(plain);
            continue;
        }
        m_pending += delta.front();
        delta.remove_prefix(1);
        if (mayGoOn(m_pending)) {
            continue;
        }
        if (decodeCharacter(m_pending).has_value()) {
            feedCharacter(std::exchange(m_pending, {}), confirmed);
            continue;
        }
        // No character: the first byte stands for itself, the others may begin one.
        const auto broken = std::exchange(m_pending, {});
        feedCharacter(broken.substr(0, 1), confirmed);
        feed(broken.substr(1), confirmed);
    }
}

void TextScanner::finish(std::vector<Match>& confirmed)
{
    for (const auto& byte : std::exchange(m_pending, {})) {
        feedCharacter({&byte, 1}, confirmed);
    }
    const auto from = confirmed.size();
    m_scanner.finish(confirmed);
    readViews(confirmed, true, {});
    unite(confirmed, from);
}

std::size_t TextScanner::settled() const
{
    auto least = m_scanner.settled();
    for (const auto& view : m_views) {
        least = std::min(least, view.settled());
    }
    return least;
}

bool TextScanner::holdsTooMuch() const
{
    return !m_views.empty() && m_scanner.settled() - settled() > limits::kFoldedHeldBytesMax;
}

void TextScanner::feedPlain(std::string_view text, std::vector<Match>& confirmed)
{
    if (m_views.empty()) {
        m_scanner.feed(text, confirmed);
        return;
    }
    for (const auto& byte : text) {
        feedCharacter({&byte, 1}, confirmed);
    }
}

void TextScanner::feedCharacter(std::string_view character, std::vector<Match>& confirmed)
{
    fork(character);
    const auto from = confirmed.size();
    m_scanner.feed(character, confirmed);
    if (!m_views.empty()) {
        readViews(confirmed, false, character);
        unite(confirmed, from);
    }
}

/// Views begin with the first character that folds for them.
void TextScanner::fork(std::string_view character)
{
    if (m_kinds.empty() || isAscii(character.front())) {
        return;
    }
    const auto decoded = decodeCharacter(character);
    if (!decoded) {
        return;
    }
    std::erase_if(m_kinds, [&](Folds kind) {
        const bool folds = folded(decoded->codePoint, kind).has_value();
        if (folds) {
            m_views.emplace_back(m_scanner.copy(), kind);
        }
        return folds;
    });
}

/// Only patterns that asked for a view's folding are heard from it.
void TextScanner::readViews(std::vector<Match>& confirmed, bool atEnd, std::string_view character)
{
    const auto& folds = m_patterns->automaton().folds;
    for (auto& view : m_views) {
        m_scratch.clear();
        if (atEnd) {
            view.finish(m_scratch);
        } else {
            view.feed(character, m_scratch);
        }
        std::copy_if(m_scratch.begin(),
                     m_scratch.end(),
                     std::back_inserter(confirmed),
                     [&](const Match& match) { return folds[match.pattern] == view.folds(); });
    }
}

/// One order for what one character confirmed in several views, one h, each match once.
void TextScanner::unite(std::vector<Match>& confirmed, std::size_t from) const
{
    const auto begin = confirmed.begin() + static_cast<std::ptrdiff_t>(from);
    if (begin == confirmed.end() || m_views.empty()) {
        return;
    }
    std::stable_sort(begin, confirmed.end(), [](const Match& a, const Match& b) {
        return a.confirmedAt < b.confirmedAt;
    });
    const auto settledNow = settled();
    for (auto match = begin; match != confirmed.end(); ++match) {
        match->settled = std::min(match->settled, settledNow);
    }
    auto kept = begin;
    for (auto match = begin; match != confirmed.end(); ++match) {
        const bool known = std::any_of(begin, kept, [&](const Match& other) {
            return other.pattern == match->pattern && other.begin == match->begin
                && other.start == match->start && other.end == match->end;
        });
        if (!known) {
            *kept++ = *match;
        }
    }
    confirmed.erase(kept, confirmed.end());
}

void TextScanner::readAsIs()
{
    m_views.clear();
    m_kinds.clear();
}

std::vector<Match> scanWhole(const std::shared_ptr<const PatternSet>& patterns,
                             std::string_view text)
{
    std::vector<Match> matches;
    TextScanner scanner(patterns);
    scanner.feed(text, matches);
    scanner.finish(matches);
    return matches;
}

} // namespace exhibit::scan
