// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"
#include "models/base/result.h"

/// The token of an RFC 3161 response stands alone in signatures of documents. Both ways the bytes
/// of the token stay as they are.
namespace exhibit::evidence {

/// Of a TimeStampResp (DER). InvalidInput when there is none in it.
[[nodiscard]] Result<Bytes> tokenOfResponse(BytesView response);
/// A response that was granted, for what verifies responses.
[[nodiscard]] Bytes responseOfToken(BytesView token);

} // namespace exhibit::evidence
