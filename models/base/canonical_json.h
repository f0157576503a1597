// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"

/// One spelling for each value, so that a hash over the text is a hash over the value: RFC 8785
/// with narrower limits, enforced when writing and when reading (nothing is ever repaired):
/// member names match [A-Za-z0-9_.-]{1,64}, so that UTF-16 order is byte order; numbers are
/// integers within ±(2^53-1), never -0; strings are Unicode scalar values, not normalised; no name
/// twice; at most 32 levels; no byte before or after the value.
namespace exhibit {

/// The canonical text. Errors: InvalidInput with the JSON pointer of what has none (a fraction, a
/// member name outside the pattern, bytes that are not UTF-8 ...).
[[nodiscard]] Result<std::string> canonicalJson(const Json& value);

/// The value of a text that must be canonical; any other text is InvalidInput, even when it is
/// valid JSON of the same value.
[[nodiscard]] Result<Json> parseCanonicalJson(BytesView text);

} // namespace exhibit
