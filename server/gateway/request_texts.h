// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json_walk.h"
#include "server/gateway/argument_strings.h"
#include "server/prevention/call_guard.h"

#include <deque>
#include <map>

namespace exhibit::gateway {

/// What input policies judge of a request: every string but ids, enums and encoded media; names
/// of members that the API does not know; what the arguments of tool calls decode to; and, once
/// more as one text, the parts of a content, because models read them so.
class RequestTexts {
public:
    using Replacements = std::vector<std::pair<std::size_t, prevention::Replacement>>;

    /// Once. The nodes in `skipped`, in order, and what is in them, are left out. `walk` outlives
    /// this.
    void collect(const JsonWalk& walk, const std::vector<std::size_t>& skipped);

    /// Views into this object and the walk's text.
    [[nodiscard]] const std::vector<prevention::TextChannel>& list() const { return m_texts; }
    /// Of the strings, each counted once.
    [[nodiscard]] std::size_t bytes() const;
    /// What replacements, by index of list(), make of the request's bytes.
    [[nodiscard]] std::vector<Edit> edits(const Replacements& replacements) const;

private:
    enum class Kind : std::uint8_t { Value, Name, Argument, Joined };
    /// Where a text comes from.
    struct Place {
        Kind kind = Kind::Value;
        std::size_t node = 0;
        std::size_t more = 0; ///< Index into m_arguments or m_joined.
    };
    /// A string's place in a joined text.
    struct Part {
        std::size_t node = 0;
        std::size_t begin = 0;
        std::size_t end = 0;
    };
    /// What happens to one string.
    struct Change {
        std::vector<prevention::Replacement> replacements;
        std::map<std::size_t, ArgumentFinding> found; ///< By index of m_arguments.
    };

    void addValue(std::size_t node);
    void addName(std::size_t node);
    void addTokens();
    void addArguments(std::size_t text);
    void addJoined();
    void add(Place place, std::string name, std::string_view text);
    void changeParts(const std::vector<Part>& parts,
                     const prevention::Replacement& replacement,
                     std::map<std::size_t, Change>& values) const;
    [[nodiscard]] Edit valueEdit(std::size_t node, const Change& change) const;

    const JsonWalk* m_walk = nullptr;
    std::vector<prevention::TextChannel> m_texts;
    std::vector<Place> m_places; ///< Beside m_texts.
    std::vector<ArgumentString> m_arguments;
    std::vector<std::vector<Part>> m_joined;
    std::deque<std::string> m_decoded; ///< Texts that are not their raw bytes.
    std::size_t m_tokens = 0; ///< Numbers in the place of texts.
};

} // namespace exhibit::gateway
