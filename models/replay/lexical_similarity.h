// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace exhibit::replay {

/// The cosine of the angle between the counts of words and pairs of neighbouring words, from 0
/// (none in common) to 1 (the same counts). A word is a run of ASCII letters, digits and bytes
/// beyond ASCII, in lower case where that is ASCII. Two texts without words are alike. It knows
/// words, not meanings.
[[nodiscard]] double lexicalSimilarity(std::string_view a, std::string_view b);

} // namespace exhibit::replay
