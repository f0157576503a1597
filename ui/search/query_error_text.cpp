// SPDX-License-Identifier: Apache-2.0
#include "ui/search/query_error_text.h"

#include "ui/text.h"

#include <QCoreApplication>

namespace exhibit::ui {
namespace {

using query::QueryProblem;

struct ProblemText {
    QueryProblem problem;
    const char* text; ///< Translated at use, context "Query"; %1 and %2 are the parts.
};

constexpr ProblemText kTexts[] = {
    {QueryProblem::DoubleMinus,
     QT_TRANSLATE_NOOP("Query", "Write text that begins with two minus signs in quotes.")},
    {QueryProblem::LoneMinus,
     QT_TRANSLATE_NOOP("Query", "A minus needs a word, phrase or filter directly after it.")},
    {QueryProblem::OpenQuote,
     QT_TRANSLATE_NOOP("Query", "The quote that opens here is not closed.")},
    {QueryProblem::NotUtf8, QT_TRANSLATE_NOOP("Query", "The query is not valid UTF-8.")},
    {QueryProblem::ControlCharacter,
     QT_TRANSLATE_NOOP("Query", "The query has a control character here.")},
    {QueryProblem::LoneOr,
     QT_TRANSLATE_NOOP(
         "Query", "“or” stands between two words, phrases or filters; in quotes it is a word.")},
    {QueryProblem::TooManyTerms,
     QT_TRANSLATE_NOOP("Query", "The query has more than %1 words and filters.")},
    {QueryProblem::EmptyPhrase, QT_TRANSLATE_NOOP("Query", "The phrase is empty.")},
    {QueryProblem::NothingToFind,
     QT_TRANSLATE_NOOP("Query", "There is no letter and no digit to search for.")},
    {QueryProblem::MistypedField,
     QT_TRANSLATE_NOOP("Query", "There is no field “%1”; did you mean “%2”?")},
    {QueryProblem::UnknownField,
     QT_TRANSLATE_NOOP("Query",
                       "There is no field “%1”; fields are %2. Text with a colon goes in quotes.")},
    {QueryProblem::NoValue, QT_TRANSLATE_NOOP("Query", "%1: needs a value.")},
    {QueryProblem::ValueApart,
     QT_TRANSLATE_NOOP("Query", "%1: needs its value directly after it.")},
    {QueryProblem::NoComparison,
     QT_TRANSLATE_NOOP("Query", "%1: takes no comparison; cost and latency do.")},
    {QueryProblem::TooLong, QT_TRANSLATE_NOOP("Query", "The query is longer than %1 bytes.")},
    {QueryProblem::NotAnAmount,
     QT_TRANSLATE_NOOP(
         "Query", "Not an amount; expected one like 0.50 (up to 8 decimals, no currency sign).")},
    {QueryProblem::NotADuration,
     QT_TRANSLATE_NOOP("Query",
                       "Not a duration; expected one like 500ms, 2s or 1.5m (us, ms, s, m, h).")},
    {QueryProblem::NotATime,
     QT_TRANSLATE_NOOP(
         "Query", "Not a time; expected one like 2026-11-21T10:00:00Z or a date like 2026-11-21.")},
    {QueryProblem::YearOutOfRange,
     QT_TRANSLATE_NOOP("Query", "The year must be between 1970 and 2199.")},
    {QueryProblem::NotOneOf, QT_TRANSLATE_NOOP("Query", "Not a %1; expected %2.")},
};

} // namespace

QString queryErrorText(const query::QueryError& error)
{
    for (const auto& [problem, source] : kTexts) {
        if (problem != error.problem) {
            continue;
        }
        const QString text = QCoreApplication::translate("Query", source);
        switch (error.parts.size()) {
        case 0:
            return text;
        case 1:
            return text.arg(isolatedText(toQt(error.parts[0])));
        default:
            return text.arg(isolatedText(toQt(error.parts[0])), isolatedText(toQt(error.parts[1])));
        }
    }
    return toQt(error.message);
}

} // namespace exhibit::ui
