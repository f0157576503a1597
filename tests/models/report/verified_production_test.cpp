// SPDX-License-Identifier: Apache-2.0
// A whole production: valid as it was handed out, and found changed whichever part is.
#include "models/report/handed_out.h"
#include "models/report/legal_discovery_json.h"
#include "models/report/pdf_finish.h"
#include "models/report/produced_bundles.h"
#include "models/report/production.h"
#include "models/report/report_pdf.h"
#include "models/report/typesetter.h"
#include "server/signer/pdf_key.h"
#include "tests/models/evidence/log_on_test.h"
#include "tests/models/evidence/packed_again.h"
#include "tests/models/report/archive_on_test.h"
#include "tests/models/report/facts_on_test.h"
#include "tests/models/report/pack_on_test.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

namespace exhibit::report {
namespace {

using evidence::CheckResult;
using evidence::Verdict;
using evidence::VerificationReport;
using evidence::testing::told;
using Files = FilesOnTest;

constexpr const char* kFolder = "production-b1";

class VerifiedProduction : public ::testing::Test {
protected:
    static void SetUpTestSuite()
    {
        s_key = std::make_unique<signer::PdfKey>(signer::PdfKey::generate(utcNow()).value());
        ProductionRequest request;
        const auto facts = factsOnTest();
        const auto bundles
            = makeProducedBundles(facts, requestOnTest(facts, true), request).value();
        const Bytes pack = packOnTest(bundles.shown);
        auto plan = planProduction({pack, bundles.original, "Doe v. Example"}, request);
        ASSERT_TRUE(plan) << plan.error().message;
        s_archive = writeProduction(
                        *std::move(plan),
                        {.first = 41, .earlier = {}},
                        [](const Digest& digest) { return s_key->sign(digest); },
                        [](std::int64_t) { return Result<void>(); })
                        .value();
    }

    static Anchors anchors()
    {
        return {evidence::testing::smallAnchors(), {s_key->certificate().value()}};
    }
    static VerificationReport verify(BytesView archive)
    {
        return verifyHandedOut(archive, anchors());
    }
    static Files files() { return filesOf(s_archive); }
    /// By somebody who takes care of the manifest.
    static Bytes archiveOf(const Files& files) { return listedAs(kFolder, files); }
    static Bytes packed(const Files& files) { return packedAs(kFolder, files); }
    static void expectFound(const Files& changed, const std::string& subject)
    {
        const auto report = verify(archiveOf(changed));
        EXPECT_EQ(report.verdict, Verdict::Invalid) << subject << told(report);
        EXPECT_TRUE(report.blame().files.contains(subject)) << subject << told(report);
    }

    /// By somebody who signs covers, and another list with this one.
    static Files signedAs(Files files, const std::function<void(LegalDiscoveryBundle&)>& change)
    {
        auto bundle
            = fromJson<LegalDiscoveryBundle>(parseJson(files.at("legal_discovery.json")).value(),
                                             UnknownMembers::Reject)
                  .value();
        change(bundle);
        const Bytes json = printJson(toJson(bundle));
        files.at("legal_discovery.json") = json;
        files.at("production_cover.pdf")
            = makeBundleReport(json, ReportKind::LegalDiscovery, {}, [](const Digest& digest) {
                  return s_key->sign(digest);
              }).value();
        return files;
    }
    /// What the console shows of each file.
    static std::map<std::string, CheckResult> resultsOf(BytesView archive)
    {
        std::map<std::string, CheckResult> results;
        for (const auto& file : inspectHandedOut(archive, anchors()).files) {
            results[file.path] = file.result;
        }
        return results;
    }

    static inline std::unique_ptr<signer::PdfKey> s_key;
    static inline Bytes s_archive;
};

TEST_F(VerifiedProduction, isValidByKeysFromOutside)
{
    const auto report = verify(s_archive);
    EXPECT_EQ(report.verdict, Verdict::Valid) << told(report);
    EXPECT_EQ(verify(archiveOf(files())).verdict, Verdict::Valid) << "however it is packed";
    EXPECT_EQ(verifyHandedOut(s_archive, {}).verdict, Verdict::Untrusted);
    EXPECT_EQ(verifyHandedOut(s_archive, {evidence::testing::smallAnchors(), {}}).verdict,
              Verdict::Untrusted)
        << "the certificate of the cover is not pinned";
}

TEST_F(VerifiedProduction, saysHowAllOfItIsVerified)
{
    const Bytes readme = files().at("README.txt");
    for (const auto* part : {"exhibitctl verify PRODUCTION.zip", "--pdf-ca"}) {
        EXPECT_NE(readme.find(part), readme.npos) << readme;
    }
}

TEST_F(VerifiedProduction, aReportThatNobodySignedIsNoCover)
{
    auto changed = files();
    Document draft;
    draft.title = "A draft";
    draft.report = wireName(ReportKind::Fre902);
    draft.createdAt = utcNow();
    draft.blocks = {Title{"A draft", "of a later release"}};
    const Bytes later = R"({"schema":"exhibit/fre-902/v9"})";
    PdfFinish finish;
    finish.attachments
        = {{"fre902.json", "application/json", "", later},
           {"legal_discovery.json", "application/json", "", changed.at("legal_discovery.json")}};
    changed.at("production_cover.pdf")
        = finishPdf(typeset(draft).value().pdf, draft, finish).value();
    expectFound(changed, "production_cover.pdf");
    EXPECT_EQ(resultsOf(archiveOf(changed)).at("VOL001/DATA/VOL001.DAT"), CheckResult::NotChecked);
}

TEST_F(VerifiedProduction, packedAgainHoldsAndSaysSoAndHeadersOfTwoAreFound)
{
    using evidence::testing::headersOf;
    EXPECT_EQ(headersOf(verify(s_archive)), std::nullopt);
    const auto again = verify(evidence::testing::packedAgain(s_archive));
    EXPECT_EQ(again.verdict, Verdict::Valid) << told(again);
    EXPECT_EQ(headersOf(again), evidence::CheckResult::NotChecked) << told(again);
    const auto mixed = verify(evidence::testing::packedByTwo(s_archive));
    EXPECT_EQ(mixed.verdict, Verdict::Invalid) << told(mixed);
    EXPECT_TRUE(mixed.hasFailure("container")) << told(mixed);
    EXPECT_FALSE(mixed.hasFailure("coverage")) << "the files are still looked at";
}

TEST_F(VerifiedProduction, isFoundChangedInWhicheverFile)
{
    const auto good = files();
    for (const auto& [path, bytes] : good) {
        if (path == "manifest-sha256.txt" || bytes.empty()) {
            continue;
        }
        auto changed = good;
        auto& content = changed.at(path);
        content[content.size() / 2] = static_cast<char>(content[content.size() / 2] ^ 1);
        const auto report = verify(archiveOf(changed));
        EXPECT_EQ(report.verdict, Verdict::Invalid) << path << told(report);
        changed = good;
        changed.erase(path);
        EXPECT_EQ(verify(archiveOf(changed)).verdict, Verdict::Invalid) << path << " is missing";
    }
}

TEST_F(VerifiedProduction, hasNothingBesideItsListAndItsLoadFiles)
{
    auto changed = files();
    changed["VOL001/NATIVES/0001/EXH0000099.json"] = "{}";
    expectFound(changed, "VOL001/NATIVES/0001/EXH0000099.json");
    changed = files();
    changed["LOGS/another.csv"] = "a";
    expectFound(changed, "LOGS/another.csv");
    changed = files();
    changed.at("manifest-sha256.txt").front() ^= 1;
    EXPECT_EQ(verify(packed(changed)).verdict, Verdict::Invalid);
    changed.erase("manifest-sha256.txt");
    EXPECT_EQ(verify(packed(changed)).verdict, Verdict::Invalid);
    changed["manifest-sha256.txt"] = "no manifest";
    EXPECT_EQ(verify(packed(changed)).verdict, Verdict::Invalid);
}

/// Whoever signs covers may sign a list that its own files contradict.
TEST_F(VerifiedProduction, whoseLoadFilesContradictTheirSignedListIsFound)
{
    const auto signedAgain = [](Files files, const std::string& path, const Bytes& content) {
        files.at(path) = content;
        return signedAs(std::move(files), [&](LegalDiscoveryBundle& bundle) {
            for (auto& file : bundle.files) {
                if (file.path == path) {
                    file.sha256 = sha256(content);
                    file.bytes = static_cast<std::int64_t>(content.size());
                }
            }
        });
    };
    const auto good = files();
    const std::string dat = "VOL001/DATA/VOL001.DAT";
    const std::string opt = "VOL001/DATA/VOL001.OPT";
    EXPECT_EQ(verify(archiveOf(signedAgain(good, dat, good.at(dat)))).verdict, Verdict::Valid);
    Bytes rows = good.at(dat);
    expectFound(signedAgain(good, dat, rows.substr(0, rows.rfind("\r\n", rows.size() - 3) + 2)),
                dat);
    rows.replace(rows.rfind("EXH0000041.txt"), 14, "EXH0000042.txt");
    expectFound(signedAgain(good, dat, rows), dat);
    expectFound(signedAgain(good, dat, "no load file"), dat);
    Bytes pages = good.at(opt);
    expectFound(signedAgain(good, opt, pages.substr(pages.find("\r\n") + 2)), opt);
    pages.replace(pages.rfind(".tif"), 4, ".png");
    expectFound(signedAgain(good, opt, pages), opt);
    expectFound(signedAgain(good, opt, "no load file"), opt);
}

TEST_F(VerifiedProduction, namesTheFileOfWhichAByteIsNotWhatItWas)
{
    auto archive = s_archive;
    archive[archive.find("sha256sum --strict") + 2] ^= 1;
    const auto report = verify(archive);
    EXPECT_EQ(report.verdict, Verdict::Invalid) << told(report);
    EXPECT_TRUE(report.hasFailure("container")) << told(report);
    std::size_t bad = 0;
    for (const auto& [path, result] : resultsOf(archive)) {
        bad += result == CheckResult::Failed ? 1 : 0;
        EXPECT_EQ(result == CheckResult::Failed, report.blame().files.contains(path)) << path;
    }
    EXPECT_EQ(bad, 1U) << "and no other";
}

TEST_F(VerifiedProduction, ticksWhatWasComparedAndNothingElse)
{
    for (const auto& [path, result] : resultsOf(s_archive)) {
        EXPECT_EQ(result, CheckResult::Passed) << path;
    }
    const auto expectUnknown = [](const Files& files, const std::set<std::string>& failed) {
        for (const auto& [path, result] : resultsOf(archiveOf(files))) {
            EXPECT_EQ(result,
                      failed.contains(path)               ? CheckResult::Failed
                          : path == "manifest-sha256.txt" ? CheckResult::Passed
                                                          : CheckResult::NotChecked)
                << path;
        }
    };
    auto changed = files();
    auto& cover = changed.at("production_cover.pdf");
    cover[cover.size() / 2] ^= 1;
    expectUnknown(changed, {"production_cover.pdf"});
    changed.erase("production_cover.pdf");
    expectUnknown(changed, {});
    changed = files();
    changed.at("legal_discovery.json").insert(1, " ");
    auto results = resultsOf(archiveOf(changed));
    EXPECT_EQ(results.at("legal_discovery.json"), CheckResult::Failed);
    EXPECT_EQ(results.at("production_cover.pdf"), CheckResult::Passed);
    EXPECT_EQ(results.at("VOL001/DATA/VOL001.DAT"), CheckResult::NotChecked);
}

TEST_F(VerifiedProduction, ofAnotherReleaseIsNotCalledChanged)
{
    const auto later
        = [](LegalDiscoveryBundle& bundle) { bundle.schema = "exhibit/legal-discovery/v2"; };
    auto changed = signedAs(files(), later);
    const auto report = verify(archiveOf(changed));
    EXPECT_EQ(report.verdict, Verdict::Unauthenticated) << told(report);
    EXPECT_FALSE(report.hasFailure()) << told(report);
    const auto has = [&report](std::string_view subject, CheckResult result) {
        return std::any_of(report.checks.begin(), report.checks.end(), [&](const auto& check) {
            return check.subject == subject && check.result == result;
        });
    };
    EXPECT_TRUE(has("legal_discovery.json", CheckResult::Passed)) << told(report);
    EXPECT_TRUE(has("legal_discovery.json", CheckResult::NotChecked)) << told(report);
    EXPECT_TRUE(has("manifest-sha256.txt", CheckResult::Passed)) << told(report);
    auto pack = std::find_if(changed.begin(), changed.end(), [](const auto& file) {
        return file.first.ends_with(".exhibit");
    });
    ASSERT_NE(pack, changed.end());
    EXPECT_TRUE(has(pack->first, CheckResult::Passed)) << told(report);
    pack->second[pack->second.size() / 2] ^= 1;
    expectFound(changed, pack->first);
}

TEST_F(VerifiedProduction, saysWhatOfItsProofsIsLeftOpen)
{
    const auto saysOf = [](BytesView archive, const Anchors& anchors, std::string_view subject) {
        const auto report = verifyHandedOut(archive, anchors);
        const auto found
            = std::find_if(report.checks.begin(), report.checks.end(), [&](const auto& check) {
                  return check.subject == subject;
              });
        return found == report.checks.end() ? std::string("nothing")
                                            : std::string(wireName(found->result));
    };
    const auto good = files();
    const auto proof = std::find_if(good.begin(), good.end(), [](const auto& file) {
        return file.first.ends_with(".tlog-proof");
    });
    ASSERT_NE(proof, good.end());
    const std::string stem = proof->first.substr(0, proof->first.rfind('.'));
    const auto entry = parseJson(good.at(stem + ".json")).value();
    const auto named = signedAs(good, [&](LegalDiscoveryBundle& bundle) {
        auto& document = bundle.documents.front();
        document.entrySeq = entry.at("seq").to_number<std::int64_t>();
        document.entryHash = sha256(good.at(stem + ".json"));
        document.proofPath = proof->first;
    });
    EXPECT_EQ(saysOf(archiveOf(named), anchors(), "PROOFS, log"), "nothing") << "it is passed";
    EXPECT_EQ(saysOf(archiveOf(named), anchors(), "PROOFS"), "passed");
    const Anchors unpinned{{}, {s_key->certificate().value()}};
    EXPECT_EQ(saysOf(archiveOf(named), unpinned, "PROOFS, log"), "not_checked");
    auto changed = named;
    changed.erase(stem + ".json");
    expectFound(changed, proof->first);
    EXPECT_EQ(saysOf(archiveOf(changed), anchors(), "PROOFS"), "nothing");
}

} // namespace
} // namespace exhibit::report
