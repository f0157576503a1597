// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/ledger_reading.h"

namespace exhibit::storage {

/// A region of a log as it lies in the tables, whatever is wrong with it, for those who have to
/// look at damage. Lines of JSON:
///
///   {"dump":"exhibit/ledger-dump/v1","epoch":...,"from":...,"tenant":...,"at":...}
///   {"table":...,"tuple":...,"transaction":...,"row":{each column as PostgreSQL prints it},
///    ("computed":{"event_hash","leaf","previous_hash"},"says":{...} or "malformed":why)}
///   {"next":number or null,"rows":...}
///
/// The row of the log, its signed heads and what others said of them, its tiles, its entries and
/// the sealed fields of these. `computed` stands beside an entry: the hashes of its bytes, that of
/// the entry before it, and what the bytes say.
struct LedgerDump {
    Bytes text;
    std::uint64_t rows = 0;
    std::optional<std::uint64_t> next; ///< Where the next part begins; nullopt at the end.
};

/// Of a part: once there are so many, no more entries are read.
inline constexpr std::size_t kLedgerDumpBytesMax = std::size_t{8} << 20U;

/// At most so many entries; fewer where they are large. Within a transaction of the tenant.
[[nodiscard]] Result<LedgerDump> dumpLedger(Transaction& transaction,
                                            std::int32_t epoch,
                                            std::uint64_t from,
                                            std::size_t entries);

} // namespace exhibit::storage
