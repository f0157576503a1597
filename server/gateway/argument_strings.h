// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/prevention/call_guard.h"

#include <string>
#include <string_view>
#include <vector>

/// The arguments of a tool call are a JSON text within a string: what a tool reads are the strings
/// that it decodes to, so policies see those too (rulings.md 13).
namespace exhibit::gateway {

/// A part of the arguments that reads differently once its escapes are undone.
struct ArgumentString {
    std::string path; ///< "city", "list/0"; a member's name: "city/~name"; no JSON: "~decoded".
    std::size_t begin = 0; ///< Of its raw form, quotes included.
    std::size_t end = 0;
    std::string decoded;
};

/// Values and names of members that have escapes. A text that is no JSON, because it was cut or
/// because a tool takes any text, is one part: itself without its escapes.
[[nodiscard]] std::vector<ArgumentString> escapedStrings(std::string_view arguments);

/// A text of any kind with what escapes of JSON's it has undone.
[[nodiscard]] std::string withoutEscapes(std::string_view text);

/// What was found in one of them.
struct ArgumentFinding {
    ArgumentString where;
    std::vector<prevention::Replacement> replacements; ///< Offsets of `where.decoded`.
};

/// What to replace in the arguments, so that JSON stays JSON: a changed string or name is written
/// anew, a changed number becomes a string. `raw` are the redactions of the text itself, `found`
/// those of its decoded parts. In order, without overlaps.
[[nodiscard]] std::vector<prevention::Replacement> argumentReplacements(
    std::string_view arguments,
    std::vector<prevention::Replacement> raw,
    const std::vector<ArgumentFinding>& found);

} // namespace exhibit::gateway
