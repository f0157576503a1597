// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/gateway/answer_parts.h"

namespace exhibit::gateway {

/// The part of texts that belong to none of the answer's and end with it.
constexpr std::int64_t kWholeAnswer = -2;

/// Collects the parts of an answer whose texts are named by where they stand: what is below a part
/// belongs to it, every other string is an aside.
class AnswerTexts {
public:
    /// `walk` outlives this.
    AnswerTexts(const JsonWalk& walk, AnswerParts& parts)
        : m_walk(walk)
        , m_parts(parts)
        , m_taken(walk.nodes().size())
        , m_leftOut(walk.nodes().size())
    {
    }

    /// A part that the answer has, and where its texts' names begin.
    struct Part {
        std::int64_t index = 0;
        std::string prefix; ///< "content/1"
    };

    /// The string at `node` is a text of the part: "content/1/text".
    AnswerText& addText(const Part& part, std::size_t node, std::string_view name);
    /// A tool's name or arguments.
    AnswerText& addToolText(const Part& part, std::size_t node, std::string_view name);
    /// Every string below `node` but ids and what was added already, by its path from there.
    void addAll(const Part& part, std::size_t node);
    /// The tokens of a list of log probabilities, which together are one text; what the model
    /// might have said instead is none.
    void addTokens(const Part& part, std::size_t logprobs, std::string_view name);
    /// Nothing below `node` is a text of the answer.
    void leaveOut(std::size_t node);
    /// What is left but ids, and the names that no API has.
    void addAsides();
    /// The same for an event of a kind that is not known: nobody knows how its readers put the
    /// texts of several together, so those of one place are one text.
    void addUnknown(std::string_view type);

    /// The value of an index member; a problem of the answer when readers may differ about it.
    [[nodiscard]] std::int64_t indexOf(std::size_t object, std::string_view name);
    /// A problem of the answer when there is something else than a string.
    [[nodiscard]] bool isText(std::size_t node);

private:
    void addUnknownNames();

    const JsonWalk& m_walk;
    AnswerParts& m_parts;
    std::vector<bool> m_taken; ///< Nodes, each with all that is below it.
    std::vector<bool> m_leftOut; ///< Of those.
};

} // namespace exhibit::gateway
