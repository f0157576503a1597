// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json_walk.h"

#include <string_view>

/// What in requests and answers is no text that anybody wrote, by its form.
namespace exhibit::gateway {

/// Members of the APIs that are served and of their usual extensions. Every other name may say
/// something and is judged like a text.
[[nodiscard]] bool isKnownName(std::string_view name);

/// True for a text that can be an id or an enum: at most 128 letters, digits and the signs between
/// them. Anything with a space in it, or longer, is a text whatever its member is called.
[[nodiscard]] bool hasIdForm(std::string_view text);

/// True for base64, also as a `data:` URL: a picture, sound or file. `raw` may be a JSON string's
/// raw form.
[[nodiscard]] bool isEncodedMedia(std::string_view raw);

/// True below an object that applications, tools or models fill as they like: what is called an id
/// there is their text.
[[nodiscard]] bool isFreeForm(const JsonWalk& walk, std::size_t node);

} // namespace exhibit::gateway
