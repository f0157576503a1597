// SPDX-License-Identifier: Apache-2.0
#include "ui/actions/fuzzy.h"

namespace exhibit::ui {
namespace {

bool startsWord(const QString& text, qsizetype at)
{
    return at == 0 || !text.at(at - 1).isLetterOrNumber();
}

/// The whole pattern in one piece, at the beginning of a word if possible.
std::optional<FuzzyMatch> inOnePiece(const QString& pattern, const QString& text)
{
    std::optional<FuzzyMatch> best;
    for (qsizetype at = text.indexOf(pattern, 0, Qt::CaseInsensitive); at >= 0;
         at = text.indexOf(pattern, at + 1, Qt::CaseInsensitive)) {
        const int score = (startsWord(text, at) ? 200 : 100) - static_cast<int>(at);
        if (!best || score > best->score) {
            best.emplace();
            best->score = score;
            for (qsizetype i = 0; i < pattern.size(); ++i) {
                best->positions << static_cast<int>(at + i);
            }
        }
    }
    return best;
}

} // namespace

std::optional<FuzzyMatch> fuzzyMatch(const QString& pattern, const QString& text)
{
    if (pattern.isEmpty()) {
        return FuzzyMatch{};
    }
    if (auto whole = inOnePiece(pattern, text)) {
        return whole;
    }
    FuzzyMatch match;
    qsizetype from = 0;
    for (const QChar letter : pattern) {
        if (letter.isSpace()) {
            continue;
        }
        const qsizetype at = text.indexOf(letter, from, Qt::CaseInsensitive);
        if (at < 0) {
            return std::nullopt;
        }
        match.score += startsWord(text, at) ? 8 : at == from ? 4 : 1;
        match.positions << static_cast<int>(at);
        from = at + 1;
    }
    return match;
}

} // namespace exhibit::ui
