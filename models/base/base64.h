// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"

/// RFC 4648. Decoding takes exactly one spelling of each value: no white space, padding where the
/// alphabet has it, and no stray bits in the last character.
namespace exhibit {

/// Section 4: + and /, padded.
[[nodiscard]] std::string toBase64(BytesView bytes);
[[nodiscard]] Result<Bytes> fromBase64(std::string_view text);

/// Section 5: - and _, without padding.
[[nodiscard]] std::string toBase64Url(BytesView bytes);
[[nodiscard]] Result<Bytes> fromBase64Url(std::string_view text);

/// Either alphabet, padded or not, as readers of DSSE must.
[[nodiscard]] Result<Bytes> fromAnyBase64(std::string_view text);

} // namespace exhibit
