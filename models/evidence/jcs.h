// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"

/// RFC 8785 in full, for other people's objects and tests. Our own objects use the narrower
/// models/base/canonical_json.h, in which numbers cannot be a matter of dispute.
namespace exhibit::evidence {

/// The canonical form of one JSON text. InvalidInput for what is no I-JSON (RFC 7493): invalid
/// UTF-8, lone surrogates, duplicate names, numbers beyond double.
[[nodiscard]] Result<std::string> canonicaliseRfc8785(BytesView text);

/// ECMAScript's Number::toString, which RFC 8785 prescribes. `value` is finite.
[[nodiscard]] std::string ecmaScriptNumber(double value);

} // namespace exhibit::evidence
