// SPDX-License-Identifier: Apache-2.0
#include "server/storage/keyring_store.h"

#include "server/storage/entry_names.h"
#include "server/storage/ledger_check.h"
#include "server/storage/ledger_keys.h"

#include <algorithm>

namespace exhibit::storage {
namespace {

using evidence::KeyringLine;
using evidence::KeyStatus;
using evidence::NoteKey;

Result<void> expectSignedBy(const evidence::Note& note,
                            const std::string& rootKey,
                            ErrorCode otherwise,
                            const char* why)
{
    EXHIBIT_TRY(const auto key, NoteKey::parse(rootKey));
    EXHIBIT_TRY(const auto verified, evidence::verifyNote(note, {&key, 1}));
    if (verified.empty()) {
        return fail(otherwise, why, "note");
    }
    return {};
}

/// Logs' and certificates' keys bear the name of one of the tenant's logs.
Result<void> expectOwnLogs(const std::vector<KeyringLine>& lines,
                           const std::vector<LedgerHead>& heads)
{
    for (const auto& line : lines) {
        const bool ours = line.purpose != evidence::kLogPurpose
            && line.purpose != evidence::kCertificatePurpose;
        const bool named = std::any_of(heads.begin(), heads.end(), [&](const auto& head) {
            return head.origin == line.key.name();
        });
        if (!ours && !named) {
            return fail(ErrorCode::InvalidInput,
                        "the tenant has no log of that name: " + line.key.name(),
                        "note");
        }
    }
    if (lines.empty()) {
        return fail(ErrorCode::InvalidInput, "the keyring has no key", "note");
    }
    return {};
}

Result<std::vector<KeyringLine>> lastLines(const std::optional<PublishedKeyring>& last)
{
    auto lines = last ? last->lines() : std::vector<KeyringLine>{};
    return lines ? std::move(lines) : evidenceDamaged("keyring", lines.error().message);
}

/// The size of the first head that the key signed: the one over the entry that names it.
Result<std::uint64_t> signsSince(Transaction& transaction, std::int32_t epoch, const NoteKey& key)
{
    EXHIBIT_TRY(const auto entry, rotationTo(transaction, epoch, key));
    return entry ? *entry + 1 : 0;
}

/// Collects the lines of a draft.
class Draft {
public:
    Draft(Transaction& transaction, std::vector<KeyringLine> lines)
        : m_transaction(transaction)
        , m_lines(std::move(lines))
        , m_first(m_lines.empty())
    {
    }

    Result<void> add(const LedgerHead& head, const HeldKeys& held)
    {
        for (const auto& log : held.log) {
            EXHIBIT_TRY(auto key, NoteKey::make(head.origin, log));
            EXHIBIT_TRY(const auto since, signsSince(m_transaction, head.epoch, key));
            addLine(evidence::kLogPurpose, std::move(key), since);
        }
        EXHIBIT_TRY(auto key, NoteKey::make(head.origin, held.certificate));
        addLine(evidence::kCertificatePurpose, std::move(key), m_first ? 0 : head.nextSequence);
        return {};
    }

    /// Of a log that ended: the keys that signed it then, and the one that signs packs of it now,
    /// under its last head.
    Result<void> addEnded(const LedgerHead& head,
                          const HeldKeys& held,
                          const std::vector<NotedKey>& noted)
    {
        for (const auto& one : noted) {
            if (one.epoch == head.epoch && one.purpose == kNotedLogKey) {
                auto key = NoteKey::parse(one.publicKey);
                if (!key) {
                    continue; // Damaged, which `ledger verify` tells.
                }
                EXHIBIT_TRY(const auto since, signsSince(m_transaction, head.epoch, *key));
                addLine(evidence::kLogPurpose, *std::move(key), since);
            }
        }
        EXHIBIT_TRY(const auto last, readCheckpoint(m_transaction, head.epoch));
        EXHIBIT_TRY(auto key, NoteKey::make(head.origin, held.certificate));
        addLine(
            evidence::kCertificatePurpose, std::move(key), m_first || !last ? 0 : last->head.size);
        return {};
    }

    /// Keys of the log that sign no more.
    void retire(const LedgerHead& head, const HeldKeys& held)
    {
        for (auto& line : m_lines) {
            const auto isIt = [&line](const evidence::PublicKey& key) {
                return key.id() == line.key.key().id();
            };
            const bool signs
                = std::any_of(held.log.begin(), held.log.end(), isIt) || isIt(held.certificate);
            if (line.key.name() == head.origin && line.status == KeyStatus::Active && !signs) {
                line.status = KeyStatus::Retired;
                line.toSize = head.nextSequence;
            }
        }
    }

    std::vector<KeyringLine> take() { return std::move(m_lines); }

private:
    void addLine(std::string_view purpose, NoteKey key, std::uint64_t from)
    {
        if (evidence::findKey(m_lines, purpose, key.text()) == nullptr) {
            m_lines.push_back(
                {std::string(purpose), std::move(key), from, std::nullopt, KeyStatus::Active});
        }
    }

    Transaction& m_transaction;
    std::vector<KeyringLine> m_lines;
    bool m_first;
};

Json revocationJson(const KeyringLine& line)
{
    return JsonObject{{"purpose", line.purpose},
                      {"vkey", line.key.text()},
                      {"last_trusted_size", line.toSize ? Json(*line.toSize) : Json()}};
}

std::vector<KeyringLine> newlyRevoked(std::span<const KeyringLine> last,
                                      std::span<const KeyringLine> next)
{
    std::vector<KeyringLine> revoked;
    for (const auto& line : next) {
        const auto* before = evidence::findKey(last, line.purpose, line.key.text());
        const bool known = before != nullptr && before->status == KeyStatus::Revoked
            && before->toSize == line.toSize;
        if (line.status == KeyStatus::Revoked && !known) {
            revoked.push_back(line);
        }
    }
    return revoked;
}

Result<void> recordKeyring(Transaction& transaction,
                           LedgerAppender& ledger,
                           const Actor& actor,
                           const KeyringChange& change,
                           const std::string& rootKey,
                           const std::string& note)
{
    const std::string digest = toHex(asView(sha256(note)));
    EXHIBIT_CHECK(recordAction(transaction,
                               ledger,
                               actor,
                               {"key.published",
                                rootKey,
                                JsonObject{{"version", change.version}, {"sha256", digest}},
                                {}}));
    for (const auto& line : change.revoked) {
        Json details = revocationJson(line);
        details.get_object().emplace("keyring_sha256", digest);
        EXHIBIT_CHECK(recordAction(
            transaction, ledger, actor, {"key.revoked", line.key.text(), std::move(details), {}}));
    }
    return {};
}

} // namespace

Result<std::vector<KeyringLine>> PublishedKeyring::lines() const
{
    EXHIBIT_TRY(const auto parsed, evidence::parseNote(note));
    return evidence::parseKeyring(parsed.text);
}

Result<std::optional<PublishedKeyring>> readKeyring(Transaction& transaction)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT version, root_key, note, published_at FROM keyrings"
                                  " WHERE tenant_id = $1 ORDER BY version DESC LIMIT 1",
                                  {transaction.tenant()}));
    if (rows.empty()) {
        return std::optional<PublishedKeyring>{};
    }
    return std::optional(PublishedKeyring{rows.integer(0, 0),
                                          std::string(rows.text(0, 1)),
                                          std::string(rows.text(0, 2)),
                                          rows.time(0, 3)});
}

Result<std::vector<KeyringLine>> draftKeyring(Transaction& transaction, const HeldKeys& held)
{
    EXHIBIT_TRY(const auto heads, readAllHeads(transaction));
    if (heads.empty()) {
        return fail(ErrorCode::NotFound, "the tenant has no log yet");
    }
    EXHIBIT_TRY(const auto last, readKeyring(transaction));
    EXHIBIT_TRY(auto lines, lastLines(last));
    EXHIBIT_TRY(const auto noted, readNotedKeys(transaction));
    Draft draft(transaction, std::move(lines));
    for (const auto& head : heads) {
        EXHIBIT_CHECK(&head == &heads.back() ? draft.add(head, held)
                                             : draft.addEnded(head, held, noted));
        draft.retire(head, held);
    }
    return draft.take();
}

Result<KeyringChange> publishKeyring(Transaction& transaction,
                                     LedgerAppender& ledger,
                                     const Actor& actor,
                                     const std::string& rootKey,
                                     const std::string& note)
{
    EXHIBIT_TRY(const auto parsed, evidence::parseNote(note));
    EXHIBIT_CHECK(expectSignedBy(parsed,
                                 rootKey,
                                 ErrorCode::InvalidInput,
                                 "the keyring is not signed by the root key that was named"));
    EXHIBIT_TRY(const auto lines, evidence::parseKeyring(parsed.text));
    EXHIBIT_TRY(const auto heads, readAllHeads(transaction));
    EXHIBIT_CHECK(expectOwnLogs(lines, heads));
    // The sequencer's lock: two keyrings cannot both follow the same one.
    EXHIBIT_CHECK(lockLedger(transaction));
    EXHIBIT_TRY(const auto last, readKeyring(transaction));
    EXHIBIT_TRY(const auto before, lastLines(last));
    if (last) {
        EXHIBIT_CHECK(expectSignedBy(parsed,
                                     last->rootKey,
                                     ErrorCode::Forbidden,
                                     "the root key of the last keyring has not signed this one"));
        EXHIBIT_CHECK(evidence::expectFollows(before, lines));
    }
    KeyringChange change;
    change.version = (last ? last->version : 0) + 1;
    change.revoked = newlyRevoked(before, lines);
    EXHIBIT_CHECK(
        transaction.query("INSERT INTO keyrings (tenant_id, version, root_key, note,"
                          " published_by) VALUES ($1, $2, $3, $4, $5)",
                          {transaction.tenant(), change.version, rootKey, note, actor.id}));
    EXHIBIT_CHECK(recordKeyring(transaction, ledger, actor, change, rootKey, note));
    return change;
}

} // namespace exhibit::storage
