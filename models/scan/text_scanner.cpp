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

TextScanner::TextScanner(const std::shared_ptr<const PatternSet>& patterns, WorkBudget budget)
    : m_patterns(patterns)
    , m_scanner(patterns, budget)
{
    for (const auto folds : patterns->automaton().folds) {
        if (folds != 0 && std::find(m_kinds.begin(), m_kinds.end(), folds) == m_kinds.end()) {
            m_kinds.push_back(folds);
        }
    }
}

void TextScanner::feed(std::string_view delta, std::vector<Match>& confirmed)
{
    Pace endless;
    while (!delta.empty()) {
        delta.remove_prefix(feed(delta, confirmed, endless));
    }
}

std::size_t TextScanner::feed(std::string_view delta, std::vector<Match>& confirmed, Pace& pace)
{
    std::size_t consumed = 0;
    while (consumed < delta.size() && !(consumed > 0 && pace.over())) {
        const auto left = delta.substr(consumed);
        if (m_kinds.empty() && m_views.empty()) {
            m_scanner.feedAll(std::exchange(m_pending, {}), confirmed, pace);
            consumed += m_scanner.feed(left, confirmed, pace);
            noteExhaustion();
        } else if (const auto plain = m_pending.empty() ? plainLength(left) : 0; plain > 0) {
            consumed += feedPlain(left.substr(0, plain), confirmed, pace);
        } else {
            m_pending += left.front();
            ++consumed;
            feedPending(confirmed, pace);
        }
    }
    return consumed;
}

/// Reads what is pending once it is whole.
void TextScanner::feedPending(std::vector<Match>& confirmed, Pace& pace)
{
    while (!m_pending.empty() && !mayGoOn(m_pending)) {
        // What is no character: its first byte stands for itself, the others may begin one.
        const auto bytes = decodeCharacter(m_pending) ? m_pending.size() : 1;
        const auto character = m_pending.substr(0, bytes);
        m_pending.erase(0, bytes);
        feedCharacter(character, confirmed, pace);
    }
}

void TextScanner::finish(std::vector<Match>& confirmed)
{
    Pace endless;
    for (const auto& byte : std::exchange(m_pending, {})) {
        feedCharacter({&byte, 1}, confirmed, endless);
    }
    const auto from = confirmed.size();
    m_scanner.finish(confirmed);
    finishViews(confirmed);
    unite(confirmed, from);
    noteExhaustion();
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

std::size_t TextScanner::feedPlain(std::string_view text, std::vector<Match>& confirmed, Pace& pace)
{
    if (m_views.empty()) {
        const auto consumed = m_scanner.feed(text, confirmed, pace);
        noteExhaustion();
        return consumed;
    }
    std::size_t consumed = 0;
    do {
        feedCharacter(text.substr(consumed++, 1), confirmed, pace);
    } while (consumed < text.size() && !pace.over() && !m_exhausted);
    return consumed;
}

void TextScanner::feedCharacter(std::string_view character,
                                std::vector<Match>& confirmed,
                                Pace& pace)
{
    fork(character);
    const auto from = confirmed.size();
    m_scanner.feedAll(character, confirmed, pace);
    if (!m_views.empty()) {
        readViews(confirmed, character, pace);
        unite(confirmed, from);
    }
    noteExhaustion();
}

/// From the character on that is too much for one of them nobody reads.
void TextScanner::noteExhaustion()
{
    const bool exhausted = m_scanner.exhausted()
        || std::any_of(m_views.begin(), m_views.end(), [](const auto& view) {
                               return view.exhausted();
                           });
    if (exhausted && !m_exhausted) {
        m_exhausted = true;
        silence();
    }
}

void TextScanner::silence()
{
    readAsIs();
    m_scanner.silence();
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

void TextScanner::readViews(std::vector<Match>& confirmed, std::string_view character, Pace& pace)
{
    for (auto& view : m_views) {
        m_scratch.clear();
        view.feed(character, m_scratch, pace);
        hear(view, confirmed);
    }
}

void TextScanner::finishViews(std::vector<Match>& confirmed)
{
    for (auto& view : m_views) {
        m_scratch.clear();
        view.finish(m_scratch);
        hear(view, confirmed);
    }
}

/// Only patterns that asked for a view's folding are heard from it.
void TextScanner::hear(const FoldedView& view, std::vector<Match>& confirmed) const
{
    const auto& folds = m_patterns->automaton().folds;
    std::copy_if(m_scratch.begin(),
                 m_scratch.end(),
                 std::back_inserter(confirmed),
                 [&](const Match& match) { return folds[match.pattern] == view.folds(); });
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

std::optional<std::vector<Match>> scanWithin(WorkBudget budget,
                                             const std::shared_ptr<const PatternSet>& patterns,
                                             std::string_view text)
{
    std::vector<Match> matches;
    TextScanner scanner(patterns, budget);
    while (!text.empty() && !scanner.exhausted()) {
        const auto piece = text.substr(0, limits::kScanSliceBytes);
        scanner.feed(piece, matches);
        text.remove_prefix(piece.size());
    }
    scanner.finish(matches);
    return scanner.exhausted() ? std::nullopt : std::optional(std::move(matches));
}

std::vector<Match> scanWhole(const std::shared_ptr<const PatternSet>& patterns,
                             std::string_view text)
{
    return scanWithin(WorkBudget::unlimited(), patterns, text).value();
}

} // namespace exhibit::scan
