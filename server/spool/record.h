// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/sha256.h"
#include "models/base/strong_id.h"
#include "models/base/time.h"

#include <functional>

namespace exhibit::spool {

/// Numbers stand in stored records.
enum class RecordKind : std::uint8_t {
    CallOpened = 1,
    Chunk = 2,
    Withheld = 3,
    Decisions = 4,
    Incident = 5,
    CallClosed = 6,
    RunEnded = 7,
};

struct Record {
    TenantId tenant;
    CallId call; ///< Null for RunEnded.
    UtcTime at{};
    RecordKind kind = RecordKind::Chunk;
    Bytes payload; ///< encodeRecord()
    /// Makes the payload in its stead: called once, on the journal's thread, so that whoever
    /// appends does not spend the time. Must own all it needs.
    std::function<Bytes()> encode;
};

struct StoredRecord {
    std::int64_t recordNo = 0; ///< Per replica, from 1, without gaps.
    Digest previousHash{}; ///< Over the stored bytes of record recordNo - 1.
    Digest hash{};
    Record record;
};

} // namespace exhibit::spool
