// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"

/// Asking an authority for an RFC 3161 time stamp; verifying one is timestamp.h.
namespace exhibit::evidence {

inline constexpr std::string_view kTimestampQueryType = "application/timestamp-query";

/// A TimeStampReq (DER) over SHA-256 of the data, with a nonce, asking for the certificate.
[[nodiscard]] Result<Bytes> makeTimestampRequest(BytesView data);
/// That the TimeStampResp (DER) was granted and answers exactly that request. Whether the signature
/// is worth anything is for those to say who have the authority's root.
[[nodiscard]] Result<void> expectTimestampReply(BytesView response, BytesView request);

} // namespace exhibit::evidence
