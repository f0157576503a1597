// SPDX-License-Identifier: Apache-2.0
#include "server/storage/ledger_dump.h"

#include <fmt/format.h>

#include <limits>

namespace exhibit::storage {
namespace {

/// Entries and fields may be large: so few are read at once.
constexpr std::int64_t kEntriesAtOnce = 4;
constexpr std::int64_t kRowsOfTableMax = 1000;

class Dump {
public:
    Dump(Transaction& transaction, std::int32_t epoch, std::uint64_t from)
        : m_transaction(transaction)
        , m_epoch(epoch)
        , m_from(static_cast<std::int64_t>(from))
        // Whatever stands before the first entry belongs to the first part.
        , m_next(from == 0 ? std::numeric_limits<std::int64_t>::min() : m_from)
    {
    }

    Result<LedgerDump> run(std::size_t entries)
    {
        addLine(JsonObject{{"dump", "exhibit/ledger-dump/v1"},
                           {"tenant", m_transaction.tenant().text()},
                           {"epoch", m_epoch},
                           {"from", m_from},
                           {"at", formatTime(utcNow())}});
        EXHIBIT_CHECK(readBefore());
        EXHIBIT_CHECK(addTable("ledger_heads", "true", {}));
        auto left = static_cast<std::int64_t>(entries);
        while (left > 0 && !m_end && m_dump.text.size() < kLedgerDumpBytesMax) {
            EXHIBIT_TRY(const auto added, addEntries(std::min(left, kEntriesAtOnce)));
            left -= added;
        }
        if (!m_end) {
            m_dump.next = static_cast<std::uint64_t>(m_next);
        }
        EXHIBIT_CHECK(addTree());
        addLine(
            JsonObject{{"next", m_dump.next ? Json(*m_dump.next) : Json()}, {"rows", m_dump.rows}});
        return std::move(m_dump);
    }

private:
    void addLine(const Json& line) { m_dump.text += printJson(line) + "\n"; }

    /// Of the rows of a table: what PostgreSQL knows of where and since when they lie there. The
    /// row stands as PostgreSQL prints it, which is JSON already.
    void addRow(std::string_view table, const Rows& rows, std::size_t row, const Json& beside)
    {
        std::string line = printJson(JsonObject{
            {"table", table}, {"tuple", rows.text(row, 1)}, {"transaction", rows.text(row, 2)}});
        line.pop_back();
        line += ",\"row\":";
        line += rows.text(row, 0);
        if (const auto* members = beside.if_object(); members != nullptr && !members->empty()) {
            line += ",";
            line += printJson(beside).substr(1);
        } else {
            line += "}";
        }
        m_dump.text += line + "\n";
        ++m_dump.rows;
    }

    static std::string select(std::string_view table)
    {
        return fmt::format("SELECT to_json(t)::text, t.ctid::text, t.xmin::text FROM {} t"
                           " WHERE t.tenant_id = $1 AND t.epoch = $2 AND ",
                           table);
    }

    Result<void> addTable(std::string_view table, std::string_view which, Parameters more)
    {
        Parameters parameters{m_transaction.tenant(), m_epoch};
        parameters.insert(parameters.end(), more.begin(), more.end());
        EXHIBIT_TRY(
            const Rows rows,
            m_transaction.query(
                select(table) + fmt::format("{} ORDER BY t.ctid LIMIT {}", which, kRowsOfTableMax),
                parameters));
        for (std::size_t row = 0; row < rows.size(); ++row) {
            addRow(table, rows, row, {});
        }
        return {};
    }

    Result<void> readBefore()
    {
        EXHIBIT_TRY(const Rows rows,
                    m_transaction.query("SELECT entry FROM incident_log_chain WHERE tenant_id = $1"
                                        " AND epoch = $2 AND sequence_number = $3",
                                        {m_transaction.tenant(), m_epoch, m_from - 1}));
        if (!rows.empty()) {
            m_before = evidence::entryHash(rows.bytes(0, 0));
        }
        return {};
    }

    Result<std::int64_t> addEntries(std::int64_t count)
    {
        EXHIBIT_TRY(const Rows rows,
                    m_transaction.query(
                        "SELECT to_json(t)::text, t.ctid::text, t.xmin::text, t.entry,"
                        " t.sequence_number FROM incident_log_chain t WHERE t.tenant_id = $1"
                        " AND t.epoch = $2 AND t.sequence_number >= $3"
                        " ORDER BY t.sequence_number LIMIT $4",
                        {m_transaction.tenant(), m_epoch, m_next, count}));
        const std::int64_t first = m_next;
        for (std::size_t row = 0; row < rows.size(); ++row) {
            const Bytes entry = rows.bytes(row, 3);
            addRow("incident_log_chain", rows, row, besideEntry(entry));
            m_before = evidence::entryHash(entry);
            m_next = rows.integer(row, 4);
            m_end = m_next == std::numeric_limits<std::int64_t>::max();
            m_next += m_end ? 0 : 1;
        }
        m_end = m_end || static_cast<std::int64_t>(rows.size()) < count;
        EXHIBIT_CHECK(
            addTable("ledger_fields",
                     "t.sequence_number >= $3 AND (t.sequence_number < $4 OR $5::boolean)",
                     {first, m_next, m_end}));
        return static_cast<std::int64_t>(rows.size());
    }

    /// What the bytes of an entry are and say; whoever compares sees which column was changed.
    [[nodiscard]] Json besideEntry(BytesView bytes) const
    {
        JsonObject beside{
            {"computed",
             JsonObject{{"event_hash", toHex(asView(evidence::entryHash(bytes)))},
                        {"leaf", toHex(asView(evidence::leafHash(bytes)))},
                        {"previous_hash", m_before ? Json(toHex(asView(*m_before))) : Json()}}}};
        const auto entry = evidence::parseEntryHead(bytes);
        if (!entry) {
            beside.emplace("malformed", entry.error().message);
            return beside;
        }
        beside.emplace("says",
                       JsonObject{{"log", entry->log},
                                  {"prev", toHex(asView(entry->previous))},
                                  {"seq", entry->sequence},
                                  {"ts", entry->time},
                                  {"type", entry->type}});
        return beside;
    }

    /// Heads and tiles over the entries that were dumped; of the last part, all that follow.
    Result<void> addTree()
    {
        constexpr auto kWidth = static_cast<std::int64_t>(evidence::kTileWidth);
        const Parameters heads{m_from, m_next, m_end};
        EXHIBIT_CHECK(addTable("checkpoints",
                               "(t.tree_size > $3 AND t.tree_size <= $4 OR $5::boolean"
                               " AND t.tree_size > $4)",
                               heads));
        EXHIBIT_CHECK(addTable("checkpoint_attestations",
                               "(t.tree_size > $3 AND t.tree_size <= $4 OR $5::boolean"
                               " AND t.tree_size > $4)",
                               heads));
        return addTable("ledger_tiles",
                        "(t.level = 0 AND t.tile_index >= $3 AND t.tile_index <= $4"
                        " OR $5::boolean AND (t.level > 0 OR t.tile_index > $4))",
                        {m_from / kWidth, m_next / kWidth, m_end});
    }

    Transaction& m_transaction;
    std::int32_t m_epoch;
    std::int64_t m_from;
    std::int64_t m_next;
    bool m_end = false;
    std::optional<Digest> m_before; ///< Hash of the entry before the next one.
    LedgerDump m_dump;
};

} // namespace

Result<LedgerDump> dumpLedger(Transaction& transaction,
                              std::int32_t epoch,
                              std::uint64_t from,
                              std::size_t entries)
{
    EXHIBIT_CHECK(useSnapshot(transaction));
    return Dump(transaction, epoch, from).run(entries);
}

} // namespace exhibit::storage
