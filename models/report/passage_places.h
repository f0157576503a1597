// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"

#include <string_view>
#include <vector>

/// Where in a record a passage may stand, and how: as a whole anywhere, in part where somebody
/// wrote, in several strings where these are one text.
namespace exhibit::report {

enum class Place : std::uint8_t {
    Record, ///< Names of members, ids, times and words of lists are read back.
    Data, ///< Of a step: what was noted of it, around what was said in it.
    Said, ///< What applications, models and people sent, in JSON of their own.
};
[[nodiscard]] Place placeBelow(Place place, std::string_view member);
/// Whether a string of that name is text that may have been cut or divided, with a part of a
/// passage in it: an id, a role or a title of ours never is.
[[nodiscard]] bool isText(Place place, std::string_view name);

/// What the provider sent of what was released with placeholders in it.
inline constexpr std::string_view kOriginal = "original";

/// A string that goes on in the next one of the same array.
struct TextPart {
    std::size_t element = 0;
    std::string_view member; ///< Empty: the element is the string.
    std::string_view text;
};
/// Parts of a message, and channels of an answer with what was released and withheld of each;
/// `sent` takes what the provider sent for what was released.
[[nodiscard]] std::vector<TextPart> partsOf(const JsonArray& array, bool sent);
/// The same of an array that was printed, and perhaps cut; with their escapes.
[[nodiscard]] std::vector<std::string_view> partsOfPrinted(std::string_view json);

} // namespace exhibit::report
