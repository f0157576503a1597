// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/certificate_document.h"
#include "models/evidence/keyring.h"
#include "models/evidence/note_signer.h"
#include "server/storage/body_field_store.h"
#include "server/storage/certificate_issue.h"
#include "server/storage/erasure.h"
#include "server/storage/ingest.h"
#include "server/storage/issue_fields.h"
#include "server/storage/keyring_store.h"
#include "server/storage/ledger_keys.h"
#include "tests/server/storage/call_on_test.h"
#include "tests/server/storage/ledger_on_test.h"

namespace exhibit::storage {

/// A log with everything that is kept beside one: a call that was stopped, its bytes, steps,
/// decision and incident; a certificate; holds; a keyring; signed heads with a witness; tiles.
class KeptLogOnTest {
public:
    KeptLogOnTest()
        : m_call(m_on.tenant())
    {
        ingestCall();
        m_on.appendMany(260); // More than a tile.
        publishKeyring();
        placeHolds();
        storeHead();
        storeCertificate();
        storeHead();
    }

    [[nodiscard]] LedgerOnTest& on() { return m_on; }
    [[nodiscard]] LedgerCheckOptions anchors()
    {
        const auto head = m_on.head();
        return {{{head.origin, {head.edge.head()}}}, {m_logKey}};
    }
    [[nodiscard]] domain::CertificateId certificate() const { return m_certificate; }
    [[nodiscard]] IncidentId incident() const { return m_call.incidentId; }
    [[nodiscard]] PackKeys packKeys() const
    {
        return {m_signer.publicKey(), {}, m_signer.publicKey(), {}, "", {}};
    }

private:
    static evidence::SigningKey seed(char of)
    {
        return must(evidence::SigningKey::fromSeed(Secret(std::string(32, of))));
    }

    void ingestCall()
    {
        auto wrapper = must(spool::keyFileWrapper(m_folder.path() / "spool.key"));
        const auto journal
            = must(spool::Journal::open({.directory = m_folder.path() / "spool",
                                         .fileBytes = 512 * 1024,
                                         .post = [](std::function<void()> work) { work(); }},
                                        wrapper));
        BodyFieldStore fields(m_on.keys());
        ops::Metrics metrics;
        for (auto& record : m_call.blockedStory()) {
            journal->append(std::move(record));
        }
        Ingest ingest({m_on.server().database(), *journal, m_on.ledger(), fields, metrics});
        ingest.start();
        const auto deadline = TestDatabase::soon();
        while (ingest.state().lastRecordNo < 10 && !deadline.reached()) {
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
    }

    void publishKeyring()
    {
        const auto root = must(evidence::NoteSigner::generate("exhibit.test/root"));
        m_logKey = must(evidence::NoteKey::make(m_on.head().origin, m_signer.publicKey()));
        const auto note = must(root.sign(evidence::writeKeyring(
            {{std::string(evidence::kLogPurpose), m_logKey, 0, {}, evidence::KeyStatus::Active}})));
        must(m_on.write([&](Transaction& transaction) -> Result<bool> {
            EXHIBIT_CHECK(storage::publishKeyring(
                transaction, m_on.ledger(), {"key_1", "", ""}, root.key().text(), note));
            EXHIBIT_CHECK(noteKey(transaction, {1, std::string(kNotedLogKey), m_logKey.text()}));
            EXHIBIT_CHECK(
                noteKey(transaction,
                        {1, std::string(kNotedCertificateKey), toHex(m_signer.publicKey().raw())}));
            return true;
        }));
    }

    void placeHolds()
    {
        must(m_on.write([&](Transaction& transaction) -> Result<bool> {
            const Actor actor{"key_1", "", ""};
            EXHIBIT_CHECK(placeHold(
                transaction, m_on.ledger(), actor, {"user:alice", {}, "a claim is announced"}));
            EXHIBIT_TRY(const auto released,
                        placeHold(transaction,
                                  m_on.ledger(),
                                  actor,
                                  {{}, m_call.incidentId, "a question that was answered"}));
            EXHIBIT_CHECK(releaseHold(transaction, m_on.ledger(), actor, released));
            return true;
        }));
    }

    void storeHead()
    {
        const auto head = m_on.head();
        const std::string body = evidence::writeCheckpoint({head.origin, head.edge.head()});
        const auto lineOf = [&body](const evidence::NoteKey& key, const evidence::SigningKey& by) {
            return evidence::makeSignature(key, by.sign(body));
        };
        const auto witness = seed('w');
        const auto witnessKey
            = must(evidence::NoteKey::make("witness.example", witness.publicKey()));
        const auto note = must(evidence::writeNote({body, {lineOf(m_logKey, m_signer)}}));
        const auto both = must(
            evidence::writeNote({body, {lineOf(m_logKey, m_signer), lineOf(witnessKey, witness)}}));
        must(m_on.write([&](Transaction& transaction) -> Result<bool> {
            EXHIBIT_CHECK(storeCheckpoint(
                transaction, {1, head.edge.head(), edgeBytes(head.edge), note, utcNow()}));
            EXHIBIT_CHECK(transaction.query(
                "INSERT INTO checkpoint_attestations (tenant_id, epoch, tree_size, kind, name,"
                " attestation) VALUES ($1, 1, $2, 'witness', 'witness.example', $3)",
                {transaction.tenant(),
                 static_cast<std::int64_t>(head.nextSequence),
                 Parameter::bytes(both.substr(note.size()))}));
            return true;
        }));
    }

    void storeCertificate()
    {
        CertificateClaims claims;
        claims.epoch = 1;
        auto& certificate = claims.certificate;
        certificate.certificateId = m_certificate = domain::CertificateId::generate();
        certificate.incidentId = m_call.incidentId;
        certificate.logOrigin = m_on.head().origin;
        certificate.signedBy = m_signer.publicKey().id();
        claims.subjects = {{evidence::entryName(certificate.logOrigin, 1), sha256("entry")}};
        const Bytes payload
            = must(evidence::writeStatement({claims.subjects,
                                             std::string(evidence::kCertificatePredicate),
                                             domain::certificatePredicate(certificate)}));
        const SignedCertificate signedBytes{
            {payload,
             std::string(evidence::kInTotoType),
             {{m_signer.publicKey().id(),
               m_signer.sign(evidence::preAuthEncoding(evidence::kInTotoType, payload))}}},
            "tag"};
        const RecordedCall call;
        const replay::Outcome outcome;
        const CertificateRequest request{
            {m_call.incidentId, call, outcome, {}, {"key_1", "", ""}}, JsonObject{}, ""};
        must(m_on.write([&](Transaction& transaction) -> Result<bool> {
            EXHIBIT_CHECK(storage::storeCertificate(
                transaction, m_on.ledger(), {request, claims, signedBytes}));
            EXHIBIT_CHECK(keepIssueField(transaction, m_on.keys(), m_certificate));
            return true;
        }));
    }

    test::TempDir m_folder;
    LedgerOnTest m_on;
    CallOnTest m_call;
    evidence::SigningKey m_signer = seed('l');
    evidence::NoteKey m_logKey
        = must(evidence::NoteKey::make("exhibit.test/none", m_signer.publicKey()));
    domain::CertificateId m_certificate;
};

} // namespace exhibit::storage
