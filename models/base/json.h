// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"
#include "models/base/limits.h"
#include "models/base/result.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace exhibit {

using Json = boost::json::value;
using JsonObject = boost::json::object;
using JsonArray = boost::json::array;

/// Parses one JSON text (RFC 8259, UTF-8 checked, no trailing bytes, nesting limited, numbers
/// within the range of a double).
/// Errors are InvalidInput with the byte position in the message. Member order is kept; of
/// duplicate names the last wins.
[[nodiscard]] Result<Json> parseJson(BytesView text, std::size_t depthMax = limits::kJsonDepthMax);

/// Compact text of a value. Not canonical: see models/evidence for JCS.
[[nodiscard]] std::string printJson(const Json& value);

/// The member, or nullptr when `value` is no object or has no such member.
[[nodiscard]] const Json* findMember(const Json& value, std::string_view name);
/// The member's text, or an empty view when it is absent or not a string.
/// For what people write: parseJson(), and InvalidInput with a JSON pointer in the subject when an
/// object has two members of one name, of which nobody knows which is meant (RFC 8259, 4).
[[nodiscard]] Result<Json> parseWrittenJson(BytesView text);

[[nodiscard]] std::string_view stringMember(const Json& value, std::string_view name);

/// One reference token appended to a JSON pointer (RFC 6901), escaped.
[[nodiscard]] std::string appendPointer(std::string_view pointer, std::string_view token);

} // namespace exhibit
