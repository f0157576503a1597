// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/gateway/answer_parts.h"

namespace exhibit::gateway {

/// Collects the parts of an answer whose texts are named by where they stand: what is below a part
/// belongs to it, every other string is an aside.
class AnswerTexts {
public:
    /// `walk` outlives this.
    AnswerTexts(const JsonWalk& walk, AnswerParts& parts)
        : m_walk(walk)
        , m_parts(parts)
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
    /// Nothing below `node` is an aside.
    void leaveOut(std::size_t node) { m_taken.push_back(node); }
    /// What is left; ids of the answer itself are no asides.
    void addAsides();

    /// The value of an index member; a problem of the answer when readers may differ about it.
    [[nodiscard]] std::int64_t indexOf(std::size_t object, std::string_view name);
    /// A problem of the answer when there is something else than a string.
    [[nodiscard]] bool isText(std::size_t node);

private:
    [[nodiscard]] bool isTaken(std::size_t node) const;

    const JsonWalk& m_walk;
    AnswerParts& m_parts;
    std::vector<std::size_t> m_taken;
};

} // namespace exhibit::gateway
