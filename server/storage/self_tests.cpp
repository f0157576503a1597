// SPDX-License-Identifier: Apache-2.0
#include "server/storage/self_tests.h"

#include <fmt/format.h>

namespace exhibit::storage {
namespace {

constexpr std::size_t kNewestEntries = 200;
/// FIPS 180-4, appendix: SHA-256 of "abc".
constexpr std::string_view kHashOfAbc
    = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
/// SQLSTATE insufficient_privilege.
constexpr std::string_view kRefused = "42501";

/// The detail of a test that passed; a fault is the error.
using Outcome = Result<std::string>;

Outcome testHash()
{
    if (toHex(asView(sha256("abc"))) != kHashOfAbc) {
        return fail(ErrorCode::Corrupt, "SHA-256 does not give its published value");
    }
    return "SHA-256 gives its published value";
}

/// The newest entries as they are stored.
Result<std::vector<ChainRow>> newestEntries(Transaction& transaction)
{
    EXHIBIT_TRY(const auto head, readHead(transaction));
    if (!head) {
        return std::vector<ChainRow>{};
    }
    const std::uint64_t from
        = head->nextSequence > kNewestEntries ? head->nextSequence - kNewestEntries : 0;
    return readChain(transaction, head->epoch, from, kNewestEntries);
}

/// Whether each entry has its hash and names that of the one before it.
bool chains(const std::vector<ChainRow>& rows)
{
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto entry = evidence::parseEntry(rows[i].entry);
        const bool follows = entry && evidence::entryHash(rows[i].entry) == rows[i].eventHash
            && (i == 0 || entry->previous == rows[i - 1].eventHash);
        if (!follows) {
            return false;
        }
    }
    return true;
}

Outcome testChain(Transaction& transaction)
{
    EXHIBIT_TRY(const auto rows, newestEntries(transaction));
    if (!chains(rows)) {
        return fail(ErrorCode::Corrupt, "the newest entries do not follow one another");
    }
    return fmt::format("the newest {} entries follow one another", rows.size());
}

Outcome testMerkleRoot(Transaction& transaction)
{
    EXHIBIT_TRY(const auto head, readHead(transaction));
    EXHIBIT_TRY(const auto last,
                head ? readCheckpoint(transaction, head->epoch)
                     : Result<std::optional<StoredCheckpoint>>(std::nullopt));
    if (!last) {
        return "no head was signed yet";
    }
    const std::uint64_t size = last->head.size;
    EXHIBIT_TRY(const Digest root,
                evidence::rangeRoot(ledgerNodes(transaction, last->epoch, size), 0, size));
    if (root != last->head.root) {
        return fail(ErrorCode::Corrupt, "the entries do not have the root that was signed");
    }
    return fmt::format("{} entries have the root that was signed", size);
}

/// One bit of a copy is changed; the check has to see it.
Outcome testTamperDetection(Transaction& transaction)
{
    EXHIBIT_TRY(auto rows, newestEntries(transaction));
    if (rows.empty()) {
        return "there is no entry yet";
    }
    Bytes& entry = rows[rows.size() / 2].entry;
    if (entry.empty()) {
        return fail(ErrorCode::Corrupt, "the bytes of an entry are gone");
    }
    entry[entry.size() / 2] = static_cast<char>(entry[entry.size() / 2] ^ 1);
    if (chains(rows)) {
        return fail(ErrorCode::Internal, "a changed bit in a copy of an entry was not noticed");
    }
    return "a changed bit in a copy of an entry is noticed";
}

Outcome testDatabase(Transaction& transaction)
{
    EXHIBIT_TRY(const Rows rows, transaction.query("SELECT current_setting('server_version')"));
    return "PostgreSQL " + std::string(rows.text(0, 0)) + " answers";
}

/// Asks for what has to be refused; the transaction goes with the refusal.
Outcome testOnlyGrows(Database& database, TenantId tenant, const char* table, Deadline deadline)
{
    for (const auto& statement : {fmt::format("UPDATE {} SET tenant_id = tenant_id", table),
                                  fmt::format("DELETE FROM {}", table),
                                  fmt::format("TRUNCATE {}", table)}) {
        const auto attempt = [&](Transaction& transaction) -> Result<bool> {
            EXHIBIT_CHECK(transaction.query(statement));
            return fail(ErrorCode::Internal, "not refused: " + statement);
        };
        const auto tried = database.write(tenant, deadline, attempt);
        if (tried.error().subject != kRefused) {
            return tl::make_unexpected(tried.error());
        }
    }
    return "the server itself can neither change nor remove a row";
}

Outcome testFullChain(const Result<AnchoredCheck>& anchored)
{
    if (!anchored) {
        return tl::make_unexpected(anchored.error());
    }
    const auto& check = anchored->check;
    if (!check.sound()) {
        return fail(ErrorCode::Corrupt,
                    fmt::format("entry {}: {}",
                                check.findings.front().sequence,
                                check.findings.front().problem));
    }
    if (const auto missing = anchored->anchors.missing(); !missing.empty()) {
        return fail(ErrorCode::Unavailable, missing.front());
    }
    return fmt::format(
        "{} entries and {} signed heads, from their bytes, against the signer's keys and its last "
        "head",
        check.entries,
        check.checkpoints);
}

} // namespace

std::vector<SelfTest> runSelfTests(Database& database,
                                   SubjectKeys& keys,
                                   const HeadSigner& signer,
                                   TenantId tenant,
                                   Deadline deadline)
{
    std::vector<SelfTest> tests;
    const auto run = [&tests](std::string name, const std::function<Outcome()>& test) {
        const auto start = std::chrono::steady_clock::now();
        const Outcome outcome = test();
        const auto took = std::chrono::duration_cast<std::chrono::microseconds>(
            std::chrono::steady_clock::now() - start);
        tests.push_back({std::move(name),
                         outcome.has_value(),
                         outcome ? *outcome : outcome.error().message,
                         took});
    };
    const auto reading = [&](const std::function<Outcome(Transaction&)>& test) {
        return [&, test] { return database.read(tenant, deadline, test); };
    };
    run("hash", testHash);
    run("chain", reading(testChain));
    run("merkle_root", reading(testMerkleRoot));
    run("tamper_detection", reading(testTamperDetection));
    run("database", reading(testDatabase));
    for (const auto* table : {"incident_log_chain", "incident_causality", "cascade_predictions"}) {
        run(table, [&, table] { return testOnlyGrows(database, tenant, table, deadline); });
    }
    run("full_chain",
        [&] { return testFullChain(checkAnchored(database, keys, signer, tenant, deadline)); });
    return tests;
}

} // namespace exhibit::storage
