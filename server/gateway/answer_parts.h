// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json_walk.h"
#include "models/domain/run.h"

#include <optional>
#include <string>
#include <vector>

/// What stands where in a provider's answer, whichever API it speaks and in either form: a whole
/// JSON body, or one event of a stream. Positions only; nothing is changed here.
namespace exhibit::gateway {

enum class AnswerForm : std::uint8_t { Whole, Chunk };

/// A string of a choice that a policy must see (rulings.md 13). APIs without choices have parts
/// that end by themselves instead: a content block, an output item.
struct AnswerText {
    std::size_t node = 0;
    std::int64_t choice = 0;
    std::string channel; ///< "choices/0/content", "content/1/input", "output/0/content/0/text"
    std::string field; ///< What keeps its order within the choice: "content", "tool_calls" ...
    bool toolCall = false;
    std::int64_t callIndex = 0; ///< Of a tool call, within its choice.
    bool isName = false; ///< The name of the member at `node`, not its value.
    bool isRaw = false; ///< The text is the value's JSON itself, e.g. an object of arguments.
    bool isAnswer = false; ///< Clients read it as the answer: prevention::TextRole.
    bool repeats = false; ///< Says once more, as a whole, what came in pieces.
    /// Clients put it together with those of other parts that have the same here: "content/~text".
    std::string_view joins;
};

/// What a text says; `decoded` keeps it where the JSON has escapes.
[[nodiscard]] std::string_view decodedText(const JsonWalk& walk,
                                           const AnswerText& text,
                                           std::string& decoded);

/// Texts of a content's parts that come whole, which readers put together; each is an AnswerText
/// too.
struct JoinedParts {
    std::string channel; ///< "choices/0/content"
    std::vector<std::size_t> nodes;
};

/// The choice of texts that belong to none.
constexpr std::int64_t kNoChoice = -1;

struct AnswerChoice {
    std::int64_t index = 0;
    std::size_t node = 0;
    bool ends = false; ///< What came of it is all there is.
    std::string finishReason; ///< Empty while the choice is open.
    bool hasToolCalls = false;
};

struct AnswerParts {
    std::vector<AnswerChoice> choices;
    std::vector<AnswerText> texts; ///< Of the choices, in document order.
    /// Strings of no choice, e.g. of an error, and names that no API has: each a text of its own,
    /// which no reader joins with those of other events.
    std::vector<AnswerText> asides;
    std::vector<JoinedParts> joined; ///< Of two parts and more.
    bool hasChoices = false; ///< `choices` is there, maybe empty.
    bool isAnywhere = false; ///< A sign of life: it may stand between any two events.
    bool isLast = false; ///< Behind this event there is nothing of the answer.
    std::string finishReason; ///< Of the answer as a whole, where an API has that.
    std::optional<domain::Usage> usage; ///< Also from the unusual places.
    bool usageIsPart = false; ///< It adds to what earlier events reported.
    /// Not empty: readers may understand these bytes in different ways, so that no policy can
    /// vouch for them. One sentence without content.
    std::string_view problem;
};

/// An index as every reader understands it: "0", "17".
[[nodiscard]] bool isPlainIndex(BytesView raw);
/// True for a string that bears one of the names, where the API has them, and can be an id or an
/// enum by its form.
[[nodiscard]] bool isIdOrEnum(const JsonWalk& walk,
                              std::size_t node,
                              const std::string_view* names,
                              std::size_t count);
template <std::size_t N>
[[nodiscard]] bool isIdOrEnum(const JsonWalk& walk,
                              std::size_t node,
                              const std::string_view (&names)[N])
{
    return isIdOrEnum(walk, node, names, N);
}

/// Adds the string at `node`, or its name, to the asides.
void noteAside(AnswerParts& parts, std::size_t node, std::string channel, bool isName = false);
/// Adds the name of the member at `node` to the asides when no API has it.
void noteUnknownName(AnswerParts& parts, const JsonWalk& walk, std::size_t node);

/// A usage object of any spelling; nullopt when it is none. No figure is above
/// limits::kCallTokensMax, whatever the provider says.
[[nodiscard]] std::optional<domain::Usage> readUsage(const JsonWalk& walk, std::size_t node);

} // namespace exhibit::gateway
