// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"
#include "models/base/result.h"

#include <optional>

struct CMS_ContentInfo_st;

/// A time stamp in the signature of a report: over the signature's value, as an unsigned attribute
/// (signature-time-stamp, ETSI EN 319 142-1, PAdES-B-T).
namespace exhibit::report {

/// What an authority has to stamp: the value of the one signature of a CMS message (DER).
[[nodiscard]] Result<Bytes> signatureValueOf(BytesView cms);
/// The message with the token of the authority's response (TimeStampResp, DER) in it.
[[nodiscard]] Result<Bytes> withTimeStamp(BytesView cms, BytesView response);
/// The token of the message's only unsigned attribute; nullopt when that is none.
[[nodiscard]] std::optional<Bytes> timeStampOf(CMS_ContentInfo_st* cms);

} // namespace exhibit::report
