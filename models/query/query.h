// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/base/time.h"
#include "models/domain/vocabulary.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The search language, one for console, CLI and server.
//
//   query   := [clause (["or"] clause)*]    "or" joins its neighbours; everything else must hold
//   clause  := ["-"] (word | phrase | filter)
//   phrase  := '"' text '"'                 \" and \\ stand for a quote and a backslash
//   filter  := field ":" [">" | ">=" | "<" | "<="] (value | '"' text '"')
//   field   := user session run severity policy status model tag failure assignee
//              after before cost latency
//
// Words stand between white space and quotes, as typed: whoever searches folds case and accents.
// What looks like a filter but names no field ("foo:bar") is an error that suggests what was
// meant; in quotes it is text. An address (scheme "://" ...) and a clock ("10:30") are words.
// Values: severity, status and failure are closed sets, policy is an id (upper case), user,
// session, run, model, tag and assignee are compared whole. after and before take RFC 3339 or a
// date (midnight UTC); after includes its instant, before does not. cost is an amount of the
// currency (0.50), latency takes us ms s m h, plain numbers are milliseconds. Only cost and latency
// take comparisons.
namespace exhibit::query {

enum class Field : std::uint8_t {
    User,
    Session,
    Run,
    Severity,
    Policy,
    Status,
    Model,
    After,
    Before,
    Cost,
    Latency,
    Tag,
    Failure,
    Assignee,
};
enum class Comparison : std::uint8_t { Equal, Less, LessOrEqual, Greater, GreaterOrEqual };

/// One condition. `words` holds one word, or several for a phrase; empty for a filter. At least
/// one of the words has a letter or a digit.
struct Clause {
    bool negated = false;
    std::vector<std::string> words;
    std::optional<Field> field;
    Comparison comparison = Comparison::Equal;
    std::string value; ///< Of a filter, as it was meant: unquoted, enums and units in wire form.
    std::int64_t number = 0; ///< Of cost (microcents) and latency (microseconds).
    UtcTime time{}; ///< Of after and before; whole microseconds.
    std::size_t begin = 0; ///< Where it stands in the text, in bytes.
    std::size_t end = 0;
};

/// Every group must hold; within a group any clause.
struct Query {
    std::vector<std::vector<Clause>> groups;
    [[nodiscard]] bool empty() const { return groups.empty(); }
};

/// What is wrong with a query, for whoever says it in another language.
enum class QueryProblem : std::uint8_t {
    Other, ///< Only the message says it: of a server that knows more.
    DoubleMinus,
    LoneMinus,
    OpenQuote,
    NotUtf8,
    ControlCharacter,
    LoneOr,
    TooManyTerms, ///< The most.
    EmptyPhrase,
    NothingToFind,
    MistypedField, ///< What was written, the nearest field.
    UnknownField, ///< What was written, all fields.
    NoValue, ///< The field, as of the next two.
    ValueApart,
    NoComparison,
    TooLong, ///< The most bytes.
    NotAnAmount,
    NotADuration,
    NotATime,
    YearOutOfRange,
    NotOneOf, ///< The field, its values.
};

struct QueryError {
    std::string message; ///< One sentence.
    std::size_t begin = 0; ///< Bytes of the text concerned.
    std::size_t end = 0;
    std::string suggestion{}; ///< Text to put there instead; empty when there is none.
    QueryProblem problem = QueryProblem::Other;
    std::vector<std::string> parts{}; ///< Of the message, as the problem lists them.
};

/// White space alone is the empty query, which everything fits.
[[nodiscard]] tl::expected<Query, QueryError> parse(std::string_view text);
/// The canonical text: parse(print(q)) equals q apart from positions. (An instant that is midnight
/// UTC prints as a date; the text can be longer than kQueryBytesMax if q was not parsed from one.)
[[nodiscard]] std::string print(const Query& query);

struct Completion {
    std::string text; ///< What the completed token becomes.
    std::string label; ///< What it means, for people.
    std::size_t begin = 0;
    std::size_t end = 0;
};
/// Fields, operators and closed value sets that fit at the cursor (a byte offset).
[[nodiscard]] std::vector<Completion> complete(std::string_view text, std::size_t cursor);

} // namespace exhibit::query
