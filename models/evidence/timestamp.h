// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"
#include "models/base/time.h"

#include <span>

/// RFC 3161: that bytes existed at a time, by the word of an authority that is pinned.
namespace exhibit::evidence {

struct TimestampAuthorities {
    std::span<const Bytes> roots; ///< PEM, pinned from outside.
    std::span<const Bytes> intermediates; ///< PEM, may come with the file.
    /// Whoever the token names is believed: that it is whole, and nothing about who made it.
    bool believeEnclosed = false;
};

/// The time of a response (TimeStampResp, DER) over the data. The signer is the one that SignerInfo
/// names, its certificate has to be good at that time. InvalidInput says what does not hold.
[[nodiscard]] Result<UtcTime> verifyTimestamp(BytesView response,
                                              BytesView data,
                                              const TimestampAuthorities& authorities);
/// The same for the digest that was sent to the authority, in the algorithm of the response.
[[nodiscard]] Result<UtcTime> verifyTimestampImprint(BytesView response,
                                                     BytesView imprint,
                                                     const TimestampAuthorities& authorities);

} // namespace exhibit::evidence
