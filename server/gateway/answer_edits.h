// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json_walk.h"

#include <string>
#include <string_view>
#include <vector>

namespace exhibit::gateway {

/// Changes of an answer's JSON, collected and then made at once. Of changes that lie within one
/// another the widest counts.
class AnswerEdits {
public:
    /// `walk` outlives this.
    explicit AnswerEdits(const JsonWalk& walk)
        : m_walk(walk)
    {
    }

    /// `raw` is JSON and stands instead of the value.
    void replace(std::size_t node, std::string raw);
    void replaceName(std::size_t node, std::string_view name);
    /// Only when the object has such a member.
    void replaceMember(std::size_t object, std::string_view name, std::string_view raw);
    /// Takes members of an object, or elements of an array, out of it.
    void remove(std::size_t holder, const std::vector<std::size_t>& children);

    /// The text with all changes.
    [[nodiscard]] std::string apply();

private:
    const JsonWalk& m_walk;
    std::vector<Edit> m_edits;
};

/// Adds a member at the end of the outermost object, which must be one.
[[nodiscard]] std::string withLastMember(const std::string& object,
                                         std::string_view name,
                                         std::string_view valueJson);

} // namespace exhibit::gateway
