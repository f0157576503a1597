// SPDX-License-Identifier: Apache-2.0
// What a verification proves of each kind of PDF, and that a changed byte or a changed word in any
// of them is found: also by whoever has the key that signs reports.
#include "models/report/pdf_verifier.h"

#include "models/base/limits.h"
#include "server/signer/pdf_key.h"
#include "tests/models/report/kinds_on_test.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace exhibit::report {
namespace {

using evidence::CheckResult;
using evidence::Verdict;
using evidence::testing::smallAnchors;

class VerifiedKinds : public ::testing::TestWithParam<ReportKind> {
protected:
    static void SetUpTestSuite()
    {
        s_key = std::make_unique<signer::PdfKey>(signer::PdfKey::generate(utcNow()).value());
    }
    static PdfSigner signer()
    {
        return [](const Digest& digest) { return s_key->sign(digest); };
    }
    static evidence::VerificationReport verify(const Bytes& pdf,
                                               const evidence::TrustAnchors& anchors
                                               = smallAnchors())
    {
        return verifyReportPdf(pdf, anchors, {s_key->certificate().value()});
    }
    static CheckResult resultOf(const evidence::VerificationReport& report,
                                const std::string& id,
                                const std::string& subject = {})
    {
        for (const auto& check : report.checks) {
            if (check.id == id && (subject.empty() || check.subject == subject)) {
                return check.result;
            }
        }
        return CheckResult::NotChecked;
    }

    static inline std::unique_ptr<signer::PdfKey> s_key;
};

TEST_P(VerifiedKinds, areValidByKeysFromOutside)
{
    const Bytes pdf = reportOnTest(GetParam(), signer()).value();
    const auto report = verify(pdf);
    const std::string told = evidence::testing::told(report);
    EXPECT_EQ(report.verdict, Verdict::Valid) << told;
    for (const auto* subject : {"attachment", "pages"}) {
        EXPECT_EQ(resultOf(report, "report", subject), CheckResult::Passed) << subject << told;
    }
    for (const auto* id : {"checkpoint", "inclusion"}) {
        EXPECT_EQ(resultOf(report, id), CheckResult::Passed) << id << told;
    }
    EXPECT_EQ(resultOf(report, "report", "signature"),
              isSignedByNobody(GetParam()) ? CheckResult::NotChecked : CheckResult::Passed);
    EXPECT_EQ(verify(pdf, {}).verdict, Verdict::Untrusted)
        << "without the keys of the log nobody vouches for it";
}

TEST_P(VerifiedKinds, areFoundChangedWhicheverByteIs)
{
    const Bytes pdf = reportOnTest(GetParam(), signer()).value();
    // A draft is made again for each, a signed file is not.
    const std::size_t step = pdf.size() / (isSignedByNobody(GetParam()) ? 60 : 400);
    for (std::size_t at = 0; at < pdf.size(); at += step) {
        Bytes changed = pdf;
        changed[at] = static_cast<char>(changed[at] ^ 0x04);
        const auto verdict = verify(changed).verdict;
        EXPECT_GE(verdict, Verdict::Unauthenticated) << at << " of " << pdf.size();
    }
    EXPECT_GE(verify(pdf + "\n%%EOF\n").verdict, Verdict::Unauthenticated);
    EXPECT_GE(verify(pdf.substr(0, pdf.size() - 2)).verdict, Verdict::Unauthenticated);
}

INSTANTIATE_TEST_SUITE_P(OfEachKind,
                         VerifiedKinds,
                         ::testing::ValuesIn(kEveryKind),
                         [](const auto& kind) { return std::string(wireName(kind.param)); });

/// Signed by the right key, and not the truth all the same.
class FalseClaims : public VerifiedKinds {
protected:
    static evidence::VerificationReport verdictOf(ReportKind kind, const BundleOnTest& files)
    {
        const auto pdf = reportOf(kind, files, signer());
        EXPECT_TRUE(pdf) << pdf.error().message;
        return verify(pdf.value_or(Bytes()));
    }
    static void expectFound(const evidence::VerificationReport& report, const std::string& id)
    {
        EXPECT_EQ(report.verdict, Verdict::Invalid) << evidence::testing::told(report);
        EXPECT_TRUE(report.hasFailure(id)) << id << evidence::testing::told(report);
    }
};

TEST_F(FalseClaims, ofALogInEvidenceOfAPeriodAreFound)
{
    const auto good = soc2FilesOnTest();
    const auto bundle = [&] {
        return fromJson<Soc2Bundle>(parseJson(good.bundle).value(), UnknownMembers::Reject).value();
    };
    auto other = bundle();
    other.log.epochs[0].treeSize = 4;
    expectFound(verdictOf(ReportKind::Soc2, {printJson(toJson(other)), good.beside}), "checkpoint");
    other = bundle();
    other.log.root = toBase64(asView(sha256("another")));
    expectFound(verdictOf(ReportKind::Soc2, {printJson(toJson(other)), good.beside}), "checkpoint");
    other = bundle();
    other.rows[0].entrySeq = 1;
    expectFound(verdictOf(ReportKind::Soc2, {printJson(toJson(other)), good.beside}), "inclusion");
    other = bundle();
    other.rows[0].sampleIds = {"inc_of_nobody"};
    expectFound(verdictOf(ReportKind::Soc2, {printJson(toJson(other)), good.beside}), "report");
    auto beside = good.beside;
    beside.erase(std::string(kAttachedProofs));
    const auto without = verdictOf(ReportKind::Soc2, {good.bundle, beside});
    EXPECT_EQ(resultOf(without, "inclusion"), CheckResult::NotChecked);
    auto forged = logOnTest().note(3);
    forged[forged.size() - 10] = forged[forged.size() - 10] == 'A' ? 'B' : 'A';
    beside[std::string(kAttachedProofs)]
        = writeLogProofs({{forged}, {{logOnTest().entry(2), logOnTest().proof(2, 3)}}});
    expectFound(verdictOf(ReportKind::Soc2, {good.bundle, beside}), "checkpoint");
    beside[std::string(kAttachedProofs)] = writeLogProofs(
        {{logOnTest().note(3)}, {{logOnTest().entry(2), logOnTest().proof(1, 3)}}});
    expectFound(verdictOf(ReportKind::Soc2, {good.bundle, beside}), "inclusion");
    beside[std::string(kAttachedProofs)] = "no JSON\n";
    expectFound(verdictOf(ReportKind::Soc2, {good.bundle, beside}), "inclusion");
}

TEST_F(FalseClaims, ofAProductionAreFound)
{
    const auto found
        = [](const std::function<void(LegalDiscoveryBundle&)>& change, const std::string& id) {
              auto bundle = legalOnTest();
              change(bundle);
              expectFound(verdictOf(ReportKind::LegalDiscovery, legalFilesOnTest(bundle)), id);
          };
    found([](auto& b) { b.documents[0].entryHash = sha256("x"); }, "inclusion");
    found([](auto& b) { b.documents[0].entrySeq = 2; }, "inclusion");
    found([](auto& b) { b.treeSize = 2; }, "checkpoint");
    found([](auto& b) { b.batesLast = 9; }, "report");
    found([](auto& b) { b.documents[0].begBates = "EXH0000006"; }, "report");
    found([](auto& b) { b.documents[0].sha256 = sha256("other"); }, "report");
    found([](auto& b) { b.privilegeLog.clear(); }, "report");
}

TEST_F(FalseClaims, ofADraftForAnAuthorityAreFound)
{
    const Bytes pack = packOfKindsOnTest();
    const auto found = [&](const std::function<void(Art73Bundle&)>& change) {
        auto files = art73FilesOnTest(pack);
        auto bundle = fromJson<Art73Bundle>(parseJson(files.bundle).value(), UnknownMembers::Reject)
                          .value();
        change(bundle);
        files.bundle = printJson(toJson(bundle));
        expectFound(verdictOf(ReportKind::AiActArt73, files), "report");
    };
    found([](auto& b) { b.packSha256 = sha256("x"); });
    found([](auto& b) { b.tenantName = "another"; });
    found([](auto& b) { b.lastEntry += 1; });
    found([](auto& b) {
        for (auto& field : b.fields) {
            if (field.origin == "recorded") {
                field.value = "Nothing of the kind.";
            }
        }
    });
    found([](auto& b) {
        b.awarenessAt = b.createdAt;
        b.deadlines[0].due = "2099-01-01";
    });
    auto files = art73FilesOnTest(pack);
    files.beside[std::string(kAttachedPack)] = "no pack";
    expectFound(verdictOf(ReportKind::AiActArt73, files), "report");
}

TEST_F(FalseClaims, ofADraftDeclarationAreFound)
{
    const Bytes pack = packOfKindsOnTest();
    const auto found = [&](const std::function<void(DeclarationFacts&)>& change) {
        auto files = declarationOnTest(pack);
        auto facts
            = fromJson<DeclarationFacts>(parseJson(files.bundle).value(), UnknownMembers::Reject)
                  .value();
        change(facts);
        files.bundle = printJson(toJson(facts));
        expectFound(verdictOf(ReportKind::Fre902, files), "report");
    };
    found([](auto& f) { f.items[0].sha256 = sha256("x"); });
    found([](auto& f) { f.root = "x"; });
    found([](auto& f) { f.tenantName = "another"; });
    found([](auto& f) { f.system = "Exhibit 99, certified by the court"; });
    found([](auto& f) { f.acquiredBy = "key_9 (the president)"; });
    found([](auto& f) { f.acquiredAt += std::chrono::hours(1); });
    found([](auto& f) { f.items[0].name = "every e-mail of the year"; });
    found([](auto& f) { f.items.push_back({"a contract", sha256("contract")}); });
    found([](auto& f) { f.items.insert(f.items.begin(), {"a contract", sha256("contract")}); });
    auto more = declarationOnTest(pack);
    more.bundle.insert(1, " "); // Says the same, and no export wrote it.
    expectFound(verdictOf(ReportKind::Fre902, more), "report");
    more = declarationOnTest(pack);
    more.beside.emplace("contract.ndjson", "{}\n");
    expectFound(verdictOf(ReportKind::Fre902, more), "report");
    more.beside.erase(std::string(kAttachedPack));
    expectFound(verdictOf(ReportKind::Fre902, more), "report");
    auto files = declarationOnTest(pack);
    files.beside.clear(); // As one stands in a production: its cover vouches for it.
    EXPECT_EQ(verdictOf(ReportKind::Fre902, files).verdict, Verdict::Unauthenticated);
    auto facts = DeclarationFacts();
    facts.items.assign(300, {"EXH0000001 to EXH0000002", sha256("x")});
    EXPECT_EQ(verdictOf(ReportKind::Fre902, {printJson(toJson(facts)), {}}).verdict,
              Verdict::Unauthenticated);
}

TEST(LogProofs, haveALimitAndALineEach)
{
    LogProofs proofs;
    proofs.entries.assign(limits::kPackRangeMax, {"e", "p"});
    EXPECT_EQ(parseLogProofs(writeLogProofs(proofs))->entries.size(), limits::kPackRangeMax);
    proofs.entries.push_back({"e", "p"});
    EXPECT_EQ(parseLogProofs(writeLogProofs(proofs)).error().code, ErrorCode::TooLarge);
    EXPECT_FALSE(parseLogProofs("[]\n"));
    const Bytes longest = "{}" + Bytes(kProofLineBytesMax - 2, ' ');
    EXPECT_TRUE(parseLogProofs(longest + "\n"));
    EXPECT_EQ(parseLogProofs(longest + " \n").error().code, ErrorCode::TooLarge);
    EXPECT_TRUE(parseLogProofs("")->heads.empty());
}

} // namespace
} // namespace exhibit::report
