// SPDX-License-Identifier: Apache-2.0
// Whose signature counts for what: sizes of keys, names of logs, and what a certificate claims.
#include "tests/models/evidence/log_on_test.h"

#include <gtest/gtest.h>

using namespace exhibit;
using namespace exhibit::evidence;
using namespace exhibit::evidence::testing;

namespace {

const NoteKey kCertificateVkey
    = NoteKey::make(std::string(kSmallOrigin), smallKey('c').publicKey()).value();

/// The small log's key, and the certificate key as a keyring lists it.
TrustAnchors ringed(const KeyringLine& line)
{
    const auto root = smallKey('r');
    const auto rootKey = NoteKey::make("root.example", root.publicKey()).value();
    const std::string text = writeKeyring({{"log", smallLogKey(), 0, {}, KeyStatus::Active}, line});
    TrustAnchors anchors;
    EXPECT_TRUE(anchors.addKeyring(
        writeNote({text, {makeSignature(rootKey, root.sign(text))}}).value(), rootKey));
    return anchors;
}

TrustAnchors upTo(std::uint64_t size, KeyStatus status = KeyStatus::Revoked)
{
    return ringed({"certificate", kCertificateVkey, 0, size, status});
}

/// A log with a replay's result at 0 and the certificate's issue behind it.
struct CertificateOnTest {
    explicit CertificateOnTest(const std::function<void(JsonObject&)>& change = {},
                               std::string type = std::string(kCertificatePredicate),
                               char signer = 'c')
    {
        log.add(std::string(kReplayEntry), {{"/original", "a"}, {"/replay", "b"}});
        const auto hex = [](const Digest& digest) { return toHex(asView(digest)); };
        JsonObject predicate{{"log_origin", kSmallOrigin},
                             {"original_hash", hex(log.digest(0, 0))},
                             {"replay_hash", hex(log.digest(0, 1))},
                             {"seq", 0},
                             {"signed_at", "2026-11-21T10:00:00.000000Z"},
                             {"signed_by", smallKey(signer).publicKey().id()},
                             {"tree_size_at_issue", 1}};
        if (change) {
            change(predicate);
        }
        const Statement statement{{{entryName(kSmallOrigin, 0), entryHash(log.entry(0))},
                                   {"original", log.digest(0, 0)},
                                   {"replay", log.digest(0, 1)}},
                                  std::move(type),
                                  Json(predicate)};
        envelope = signedBy(smallKey(signer), writeStatement(statement).value());
        log.add(std::string(kCertificateEntry),
                {{std::string(kCertificateClaim), Json(hex(sha256(envelope.payload)))}});
    }

    Bytes document() const
    {
        CertificateDocument result;
        result.envelope = envelope;
        result.issuedField = log.field(1, 0);
        result.entries = {{log.entry(1), log.proof(1, 2)}, {log.entry(0), log.proof(0, 2)}};
        return writeCertificateDocument(result);
    }
    Bytes pack() const
    {
        auto payload = log.payload(0, 1, 2);
        payload[certificatePath("one")] = writeEnvelope(envelope);
        return packOf(payload, 2);
    }

    LogOnTest log;
    Envelope envelope;
};

Verdict verdictOf(const Bytes& file, const TrustAnchors& anchors)
{
    return verifyFile(file, anchors).verdict;
}

} // namespace

TEST(Anchors, aCertificateKeySignsPacksOfItsSizesAlone)
{
    const Bytes pack = smallPack(); // Of a tree of 3.
    EXPECT_EQ(verdictOf(pack, upTo(3, KeyStatus::Retired)), Verdict::Valid);
    const auto report = verifyPack(pack, upTo(2, KeyStatus::Retired));
    EXPECT_EQ(report.verdict, Verdict::Untrusted) << told(report);
    EXPECT_EQ(resultOf(report, "trust"), CheckResult::NotChecked);
    EXPECT_EQ(resultOf(report, "pack-signature"), CheckResult::Passed) << "it fits all the same";
    EXPECT_EQ(verdictOf(pack, upTo(3)), Verdict::Untrusted) << "nothing shows when it was signed";
    EXPECT_EQ(verdictOf(pack, ringed({"certificate", kCertificateVkey, 4, {}, KeyStatus::Active})),
              Verdict::Untrusted);
    EXPECT_EQ(verdictOf(pack, ringed({"certificate", kCertificateVkey, 0, {}, KeyStatus::Active})),
              Verdict::Valid);
    // Sizes of another log say nothing of this one.
    const auto other = NoteKey::make("other.example", smallKey('c').publicKey()).value();
    EXPECT_EQ(verdictOf(pack, ringed({"certificate", other, 0, 100, KeyStatus::Retired})),
              Verdict::Untrusted);
}

TEST(Anchors, twoSignedHeadsOfOneSizeInACertificateAreTwoHistories)
{
    const CertificateOnTest certificate;
    // The same first entry, another second one: signed by the log's key as well.
    LogOnTest other;
    other.add(std::string(kReplayEntry), {{"/original", "a"}, {"/replay", "b"}});
    ASSERT_EQ(other.entry(0), certificate.log.entry(0));
    other.add();
    CertificateDocument document;
    document.envelope = certificate.envelope;
    document.issuedField = certificate.log.field(1, 0);
    document.entries = {{certificate.log.entry(1), certificate.log.proof(1, 2)},
                        {certificate.log.entry(0), other.proof(0, 2)}};
    const auto anchors = upTo(2);
    const auto report = verifyFile(writeCertificateDocument(document), anchors);
    EXPECT_EQ(report.verdict, Verdict::Invalid) << told(report);
    EXPECT_EQ(resultOf(report, "consistency"), CheckResult::Failed);
    // Of different sizes nobody has shown that they are of one tree.
    document.entries[1] = {certificate.log.entry(0), certificate.log.proof(0, 1)};
    const auto open = verifyFile(writeCertificateDocument(document), anchors);
    EXPECT_EQ(open.verdict, Verdict::Valid) << told(open);
    EXPECT_EQ(resultOf(open, "consistency"), CheckResult::NotChecked);
}

TEST(Anchors, aCertificateStandsAtTheSizeThatTheLogShows)
{
    const CertificateOnTest certificate; // Issued at 1: in trees of 2 and more.
    EXPECT_EQ(verdictOf(certificate.document(), upTo(2)), Verdict::Valid)
        << told(verifyFile(certificate.document(), upTo(2)));
    const auto late = verifyFile(certificate.document(), upTo(1));
    EXPECT_EQ(late.verdict, Verdict::Untrusted) << told(late);
    const auto retired = [](std::uint64_t size) { return upTo(size, KeyStatus::Retired); };
    EXPECT_EQ(verdictOf(certificate.document(), retired(2)), Verdict::Valid);
    EXPECT_EQ(verdictOf(certificate.document(), retired(1)), Verdict::Untrusted);
    EXPECT_EQ(verdictOf(certificate.pack(), retired(2)), Verdict::Valid)
        << told(verifyFile(certificate.pack(), retired(2)));
    EXPECT_EQ(verdictOf(certificate.pack(), retired(1)), Verdict::Untrusted);
    // It says that it is older than it is; the log says otherwise.
    const CertificateOnTest older(
        [](JsonObject& predicate) { predicate["tree_size_at_issue"] = 1; });
    EXPECT_EQ(verdictOf(older.document(), upTo(1)), Verdict::Untrusted);
}

TEST(Anchors, aKeyOfOneLogDoesNotVouchForAnother)
{
    LogOnTest log;
    log.nameKey("other.example/log");
    log.addMany(3);
    auto payload = log.payload(0, 2, 3);
    auto anchors = smallAnchors();
    const auto other = NoteKey::make("other.example/log", smallKey('l').publicKey()).value();
    anchors.logKeys = {{other}};
    const auto report = verifyPack(packOf(payload, 3), anchors);
    EXPECT_EQ(report.verdict, Verdict::Untrusted) << told(report);
    EXPECT_EQ(resultOf(report, "checkpoint"), CheckResult::NotChecked);
    payload["data/keys/vkeys.txt"] = other.text() + "\n";
    const auto enclosed = verifyPack(packOf(payload, 3), {});
    EXPECT_EQ(resultOf(enclosed, "checkpoint"), CheckResult::NotChecked) << told(enclosed);
}

TEST(Anchors, aBareStatementIsNeverValid)
{
    const CertificateOnTest certificate;
    const auto bare = verifyFile(writeEnvelope(certificate.envelope), smallAnchors());
    EXPECT_EQ(bare.verdict, Verdict::Untrusted) << told(bare);
    EXPECT_EQ(resultOf(bare, "certificate"), CheckResult::Passed);
    EXPECT_EQ(resultOf(bare, "trust"), CheckResult::NotChecked);
    const auto statement
        = writePackStatement({"small", std::string(kSmallOrigin), 3, 1, "", ""}, Digest{}).value();
    const auto pack = verifyFile(writeEnvelope(signedBy(smallKey('c'), statement)), smallAnchors());
    EXPECT_EQ(pack.verdict, Verdict::Untrusted);
    EXPECT_EQ(resultOf(pack, "certificate"), CheckResult::NotChecked) << told(pack);
    // No size is known of a bare one: a key that counts for some sizes counts for none of it.
    const auto ringedKey
        = verifyFile(writeEnvelope(certificate.envelope), upTo(100, KeyStatus::Retired));
    EXPECT_NE(told(ringedKey).find("does not count for this size"), std::string::npos);
}

TEST(Anchors, whatACertificateInAPackClaimsHasToHold)
{
    const auto certificateOf = [](const CertificateOnTest& certificate) {
        return resultOf(verifyPack(certificate.pack(), smallAnchors()), "certificate");
    };
    EXPECT_EQ(certificateOf(CertificateOnTest()), CheckResult::Passed);
    for (const auto& change : std::vector<std::function<void(JsonObject&)>>{
             [](JsonObject& predicate) { predicate["signed_by"] = std::string(64, '0'); },
             [](JsonObject& predicate) { predicate.erase("signed_by"); },
             [](JsonObject& predicate) { predicate["seq"] = 1; },
             [](JsonObject& predicate) { predicate["tree_size_at_issue"] = 0; },
             [](JsonObject& predicate) { predicate["tree_size_at_issue"] = 2; },
         }) {
        const CertificateOnTest certificate(change);
        EXPECT_EQ(certificateOf(certificate), CheckResult::Failed);
        EXPECT_EQ(verdictOf(certificate.document(), smallAnchors()), Verdict::Invalid);
    }
    EXPECT_EQ(certificateOf(CertificateOnTest({}, "https://exhibit.example/other/v1")),
              CheckResult::NotChecked);
    const CertificateOnTest unknown({}, std::string(kCertificatePredicate), 'x');
    const auto report = verifyPack(unknown.pack(), smallAnchors());
    for (const auto& check : report.checks) {
        EXPECT_FALSE(check.id == "certificate" && check.result == CheckResult::Passed)
            << "by a key that nobody knows: " << told(report);
    }
}

namespace {

/// Two erased fields of entry 0, and what entry 1 says of them.
VerificationReport withErasure(const std::string& type,
                               bool shown,
                               const std::function<void(std::vector<ErasedField>&)>& change = {})
{
    LogOnTest log;
    log.add("llm.call", {{"/who", "ada", false, 1}, {"/what", "x"}, {"/why", "y", false, 1}});
    std::vector<ErasedField> fields{{0, "/who", log.digest(0, 0)}, {0, "/why", log.digest(0, 2)}};
    if (change) {
        change(fields);
    }
    const JsonObject details{{"basis", "GDPR 17"}, {"erased", erasedFieldsJson(fields)}};
    log.add(type,
            {{std::string(kErasureDetails), Json(printJson(Json(details))), shown, std::nullopt}});
    return verifyPack(packOf(log.payload(0, 1, 2), 2, shown ? 0 : 1), smallAnchors());
}

} // namespace

TEST(Erased, isWhatAnErasureNames)
{
    const auto report = withErasure("field.erased", true);
    EXPECT_EQ(resultOf(report, "coverage"), CheckResult::Passed) << told(report);
    EXPECT_EQ(report.erased, 2U);
    EXPECT_EQ(report.verdict, Verdict::Valid);
    EXPECT_EQ(resultOf(withErasure("llm.call", true), "coverage"), CheckResult::Failed);
    const auto hidden = withErasure("field.erased", false);
    EXPECT_EQ(resultOf(hidden, "coverage"), CheckResult::NotChecked) << told(hidden);
    for (const auto& change : std::vector<std::function<void(std::vector<ErasedField>&)>>{
             [](auto& fields) { fields.pop_back(); },
             [](auto& fields) { fields[1].path = "/what"; },
             [](auto& fields) { fields[1].digest[0] ^= 1; },
             [](auto& fields) { fields[1].sequence = 7; },
         }) {
        EXPECT_EQ(resultOf(withErasure("field.erased", true, change), "coverage"),
                  CheckResult::Failed);
    }
}

TEST(Erased, byAnEntryThatIsNotShownStaysOpen)
{
    LogOnTest log;
    log.add("llm.call", {{"/who", "ada", false, 1}, {"/what", "x"}});
    log.add("field.erased");
    const auto report = verifyPack(packOf(log.payload(0, 0, 2), 2), smallAnchors());
    EXPECT_EQ(resultOf(report, "coverage"), CheckResult::NotChecked) << told(report);
    LogOnTest before;
    before.add("field.erased");
    before.add("llm.call", {{"/who", "ada", false, 0}});
    EXPECT_EQ(resultOf(verifyPack(packOf(before.payload(0, 1, 2), 2), smallAnchors()), "coverage"),
              CheckResult::Failed)
        << "an erasure erases nothing that comes after it";
}
