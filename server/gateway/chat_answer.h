// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json_walk.h"
#include "models/domain/run.h"

#include <optional>
#include <string>
#include <vector>

/// What stands where in a provider's answer, of either form: a whole JSON body, or one event of a
/// stream. Reads positions only; nothing is changed here.
namespace exhibit::gateway {

enum class AnswerForm : std::uint8_t { Whole, Chunk };

/// A string of a choice that a policy must see (rulings.md 13).
struct AnswerText {
    std::size_t node = 0;
    std::int64_t choice = 0;
    std::string channel; ///< "choices/0/content", "choices/0/tool_calls/1/function/arguments"
    std::string field; ///< What keeps its order within the choice: "content", "tool_calls" ...
    bool toolCall = false;
    bool isName = false; ///< The name of the member at `node`, not its value.
};

/// Texts of a content's parts, which readers put together; each is an AnswerText too.
struct JoinedParts {
    std::string channel; ///< "choices/0/content"
    std::vector<std::size_t> nodes;
};

/// The choice of texts that belong to none.
constexpr std::int64_t kNoChoice = -1;

struct AnswerChoice {
    std::int64_t index = 0;
    std::size_t node = 0;
    std::string finishReason; ///< Empty while the choice is open.
    bool hasToolCalls = false;
};

struct ChatAnswer {
    std::vector<AnswerChoice> choices;
    std::vector<AnswerText> texts; ///< Of the choices, in document order.
    /// Strings of no choice, e.g. of an error, and names that no API has: each a text of its own,
    /// which no reader joins with those of other events.
    std::vector<AnswerText> asides;
    std::vector<JoinedParts> joined; ///< Of two parts and more.
    bool hasChoices = false; ///< `choices` is there, maybe empty.
    std::optional<domain::Usage> usage; ///< Also from the unusual places.
    /// Not empty: readers may understand these bytes in different ways, so that no policy can
    /// vouch for them. One sentence without content.
    std::string_view problem;
};

[[nodiscard]] ChatAnswer readAnswer(const JsonWalk& walk, AnswerForm form);

/// A usage object of either spelling; nullopt when it is none.
[[nodiscard]] std::optional<domain::Usage> readUsage(const JsonWalk& walk, std::size_t node);

} // namespace exhibit::gateway
