// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"

#include <cstddef>
#include <string_view>

namespace exhibit::gateway {

/// A decoded copy of a body for inspection. `codings` is the value of Content-Encoding: names
/// separated by commas, applied in that order (RFC 9110, 8.4); gzip, x-gzip, deflate (zlib or
/// raw), br, zstd and identity are known. InvalidInput for others and for damaged or trailing
/// bytes, TooLarge once more than `bytesMax` would come out of any step.
[[nodiscard]] Result<Bytes> decodeContent(std::string_view codings,
                                          BytesView body,
                                          std::size_t bytesMax);
/// True when the header names no coding at all, or only identity.
[[nodiscard]] bool isIdentity(std::string_view codings);

} // namespace exhibit::gateway
