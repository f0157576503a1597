// SPDX-License-Identifier: Apache-2.0
#include "server/storage/kept_check.h"

#include "models/evidence/certificate_document.h"
#include "models/evidence/field.h"
#include "server/storage/erasure.h"
#include "server/storage/ingest_insert.h"
#include "server/storage/ledger_keys.h"

#include <algorithm>

namespace exhibit::storage {
namespace {

using evidence::kCertificateEntry;

constexpr std::string_view kHoldPlaced = "hold.placed";
constexpr std::string_view kHoldReleased = "hold.released";
constexpr std::string_view kKeyringEntry = "key.published";
constexpr std::int64_t kUntoldMax = 100;

std::string textAt(const std::optional<Json>& document, std::string_view name)
{
    return document ? std::string(stringMember(*document, name)) : std::string();
}

/// What is kept unsealed of a certificate's issue; nothing when nothing is.
bool isIssueField(const Rows& rows, std::size_t row, int column, const Bytes& payload)
{
    if (rows.isNull(row, column)) {
        return true;
    }
    const auto field = evidence::parseField(rows.bytes(row, column));
    return field && field->path == evidence::kCertificateClaim && field->value == Json(payload);
}

std::string coversOf(const Rows& rows, std::size_t row)
{
    return !rows.isNull(row, 2) ? "subject" : !rows.isNull(row, 3) ? "incident" : "everything";
}

} // namespace

bool KeptCheck::isAbout(std::string_view type)
{
    return type == kCertificateEntry || type == kHoldPlaced || type == kHoldReleased
        || type == kKeyringEntry;
}

void KeptCheck::found(const Place& place, const std::string& problem)
{
    m_check.found({place.epoch, place.sequence, problem});
}

Result<void> KeptCheck::check(const std::vector<Commitment>& page)
{
    std::map<Uuid, const Commitment*> certificates;
    for (const auto& entry : page) {
        if (entry.type != kCertificateEntry) {
            note(entry);
            continue;
        }
        const auto id = domain::CertificateId::parse(entry.value("/certificate_id").value_or(""));
        if (id && entry.value(evidence::kCertificateClaim)) {
            certificates[id->value] = &entry;
        }
    }
    if (certificates.empty()) {
        return {};
    }
    EXHIBIT_CHECK(loadKeys());
    std::vector<std::string> ids;
    for (const auto& [id, entry] : certificates) {
        ids.push_back(id.hyphenated());
    }
    EXHIBIT_TRY(const Rows rows,
                m_transaction.query("SELECT c.certificate_id, c.incident_id, c.epoch,"
                                    " c.sequence_number, c.envelope, c.issued_at, f.field"
                                    " FROM certificates c LEFT JOIN certificate_issue_fields f"
                                    " ON f.tenant_id = c.tenant_id"
                                    " AND f.certificate_id = c.certificate_id"
                                    " WHERE c.tenant_id = $1"
                                    " AND c.certificate_id = ANY ($2::uuid[])",
                                    {m_transaction.tenant(), Parameter::array(ids)}));
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto told = certificates.extract(rows.uuid(row, 0));
        compareCertificate(*told.mapped(), rows, row);
    }
    for (const auto& [id, entry] : certificates) {
        found({entry->epoch, entry->sequence}, "the row of the certificate is gone");
    }
    return {};
}

void KeptCheck::compareCertificate(const Commitment& entry, const Rows& rows, std::size_t row)
{
    const Place place{entry.epoch, entry.sequence};
    const Bytes payload = entry.value(evidence::kCertificateClaim).value_or("");
    const auto said = [&entry](std::string_view path, const std::string& is) {
        const auto value = entry.value(path);
        return !value || *value == is;
    };
    const auto envelope = evidence::parseEnvelope(rows.text(row, 4));
    if (!envelope || toHex(asView(sha256(envelope->payload))) != payload
        || !said("/incident_id", IncidentId{rows.uuid(row, 1)}.text())
        || !said("/occurred_at", formatTime(rows.time(row, 5)))
        || rows.integer(row, 2) != entry.epoch
        || rows.integer(row, 3) != static_cast<std::int64_t>(entry.sequence)) {
        found(place, "the row of the certificate is not what the entry commits to");
    } else if (m_keys && !m_keys->empty() && evidence::verifyEnvelope(*envelope, *m_keys).empty()) {
        found(place, "the certificate is signed by no key that was noted when one was issued");
    }
    if (!isIssueField(rows, row, 6, payload)) {
        found(place, "what is kept of the certificate's issue is not what the entry commits to");
    }
}

void KeptCheck::note(const Commitment& entry)
{
    const auto resource = entry.value("/resource");
    const auto details = entry.json("/details");
    if (!resource || !details) {
        m_unread = true;
        return;
    }
    const Place place{entry.epoch, entry.sequence};
    if (entry.type == kHoldPlaced) {
        m_holds[std::string(*resource)] = {place,
                                           storable(textAt(details, "reason")),
                                           textAt(details, "covers"),
                                           entry.value("/incident_id").value_or(""),
                                           entry.value("/reporter_id").value_or(""),
                                           false};
    } else if (entry.type == kHoldReleased) {
        m_holds[std::string(*resource)].released = true;
    } else if (const auto* version = findMember(*details, "version");
               version != nullptr && version->is_int64()) {
        m_keyrings[version->get_int64()] = {
            place, *resource, textAt(details, "sha256"), entry.value("/reporter_id").value_or("")};
    }
}

Result<void> KeptCheck::loadKeys()
{
    if (m_keys) {
        return {};
    }
    m_keys.emplace();
    EXHIBIT_TRY(const auto noted, readNotedKeys(m_transaction));
    for (const auto& one : noted) {
        auto key = one.purpose == kNotedCertificateKey
            ? evidence::PublicKey::fromText(one.publicKey)
            : Result<evidence::PublicKey>(fail(ErrorCode::NotFound, "another purpose"));
        if (key) {
            m_keys->push_back(*std::move(key));
        }
    }
    return {};
}

Result<void> KeptCheck::finish()
{
    EXHIBIT_TRY(const auto noted, readNotedKeys(m_transaction));
    for (const auto& one : noted) {
        const bool isKey = one.purpose == kNotedLogKey
            ? evidence::NoteKey::parse(one.publicKey).has_value()
            : one.purpose == kNotedCertificateKey
                && evidence::PublicKey::fromText(one.publicKey).has_value();
        if (!isKey) {
            found({one.epoch, 0}, "what was noted as a key of the log is none");
        }
    }
    EXHIBIT_CHECK(checkUntoldCertificates());
    EXHIBIT_CHECK(checkHolds());
    return checkKeyrings();
}

Result<void> KeptCheck::checkUntoldCertificates()
{
    EXHIBIT_TRY(const Rows rows,
                m_transaction.query("SELECT c.certificate_id, c.epoch, c.sequence_number"
                                    " FROM certificates c WHERE c.tenant_id = $1 AND NOT EXISTS"
                                    " (SELECT FROM incident_log_chain e WHERE e.tenant_id = $1"
                                    "  AND e.epoch = c.epoch AND e.event_type = $2"
                                    "  AND e.sequence_number = c.sequence_number)"
                                    " ORDER BY c.certificate_id LIMIT $3",
                                    {m_transaction.tenant(), kCertificateEntry, kUntoldMax}));
    for (std::size_t row = 0; row < rows.size(); ++row) {
        found({static_cast<std::int32_t>(rows.integer(row, 1)),
               static_cast<std::uint64_t>(rows.integer(row, 2))},
              "no entry there issued the certificate "
                  + domain::CertificateId{rows.uuid(row, 0)}.text());
    }
    EXHIBIT_TRY(const Rows kept,
                m_transaction.query("SELECT f.certificate_id FROM certificate_issue_fields f"
                                    " WHERE f.tenant_id = $1 AND NOT EXISTS (SELECT"
                                    "  FROM certificates c WHERE c.tenant_id = $1"
                                    "  AND c.certificate_id = f.certificate_id)"
                                    " ORDER BY f.certificate_id LIMIT $2",
                                    {m_transaction.tenant(), kUntoldMax}));
    for (std::size_t row = 0; row < kept.size(); ++row) {
        found({},
              "the issue of a certificate is kept that is not there: "
                  + domain::CertificateId{kept.uuid(row, 0)}.text());
    }
    return {};
}

/// A hold beats erasure: one that vanishes lets evidence vanish.
Result<void> KeptCheck::checkHolds()
{
    EXHIBIT_TRY(const Rows rows,
                m_transaction.query("SELECT hold_id, reason, subject, incident_id,"
                                    " released_at IS NOT NULL, placed_by FROM legal_holds"
                                    " WHERE tenant_id = $1 ORDER BY hold_id",
                                    {m_transaction.tenant()}));
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const std::string id = HoldId{rows.uuid(row, 0)}.text();
        const auto told = m_holds.extract(id);
        if (told.empty()) {
            if (!m_unread) {
                found({}, "no entry placed the hold " + id);
            }
            continue;
        }
        const Hold& hold = told.mapped();
        const std::string incident
            = rows.isNull(row, 3) ? "" : IncidentId{rows.uuid(row, 3)}.text();
        if (hold.covers.empty()) { // Only its release can be read.
            continue;
        }
        if (hold.reason != rows.text(row, 1) || hold.covers != coversOf(rows, row)
            || hold.incident != incident || hold.placedBy != rows.text(row, 5)
            || (hold.released != rows.boolean(row, 4) && !m_unread)) {
            found(hold.placed, "the row of the hold " + id + " is not what the log says of it");
        }
    }
    for (const auto& [id, hold] : m_holds) {
        found(hold.placed, "the row of the hold " + id + " is gone");
    }
    return {};
}

Result<void> KeptCheck::checkKeyrings()
{
    EXHIBIT_TRY(const Rows rows,
                m_transaction.query("SELECT version, note, root_key, published_by FROM keyrings"
                                    " WHERE tenant_id = $1"
                                    " ORDER BY version",
                                    {m_transaction.tenant()}));
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto told = m_keyrings.extract(rows.integer(row, 0));
        if (told.empty()) {
            if (!m_unread) {
                found({},
                      "no entry published version " + std::to_string(rows.integer(row, 0))
                          + " of the keyring");
            }
        } else if (const auto& keyring = told.mapped();
                   toHex(asView(sha256(rows.text(row, 1)))) != keyring.sha256
                   || rows.text(row, 2) != keyring.rootKey
                   || rows.text(row, 3) != keyring.publishedBy) {
            found(keyring.published, "the keyring is not the one that was published");
        }
    }
    for (const auto& [version, keyring] : m_keyrings) {
        found(keyring.published, "the row of the keyring that was published is gone");
    }
    return {};
}

} // namespace exhibit::storage
