// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/limits.h"
#include "models/base/sha256.h"
#include "server/spool/aes_gcm.h"
#include "server/spool/record.h"

/// A record as it stands in a spool file:
///
///   batch  := record*
///   record := length:u32 previous_hash:32 record_no:u64 at_ns:i64 kind:u8 tenant:16 call:16
///             nonce:12 sealed_payload tag:16
///
/// Integers are little-endian; `length` counts what follows it. The record's hash is SHA-256 over
/// everything after `length`, so that each record vouches for the one before it; record 1 has a
/// previous hash of zeros. Sealed with AES-256-GCM; associated data is record_no to call.
namespace exhibit::spool {

/// Where a chain stands: the last record and its hash.
struct ChainEnd {
    std::int64_t recordNo = 0;
    Digest hash{};
};

/// One stored record, looked at but not opened. Views into the batch.
struct StoredView {
    Digest previousHash{};
    std::int64_t recordNo = 0;
    BytesView stored; ///< What the hash covers.
};

/// Takes the first record off `batch`. Corrupt when it is cut short or malformed.
[[nodiscard]] Result<StoredView> takeStored(BytesView& batch);
/// Advances the chain over `view`. Corrupt, naming the record, when it does not follow.
[[nodiscard]] Result<void> advance(ChainEnd& end, const StoredView& view);

/// Appends sealed records to batches. One per data key: the nonce counts its seals, which never
/// repeat because the key is made anew at each start. One thread.
class RecordSealer {
public:
    explicit RecordSealer(const Secret& dataKey)
        : m_cipher(dataKey)
    {
    }
    /// Appends the record that follows `end` and advances `end`. A batch that is sealed again
    /// after a failed commit gets new nonces.
    void seal(ChainEnd& end, const Record& record, Bytes& batch);

private:
    AesGcm m_cipher;
    std::uint64_t m_sealCount = 0;
};

/// What a record adds to a batch beyond its payload.
inline constexpr std::size_t kStoredOverheadBytes
    = 4 + 32 + 8 + 8 + 1 + 16 + 16 + kNonceBytes + kTagBytes;

/// The record itself, without its hash. Corrupt when it does not open under this key.
[[nodiscard]] Result<Record> openStored(const StoredView& view, AesGcm& cipher);

} // namespace exhibit::spool
