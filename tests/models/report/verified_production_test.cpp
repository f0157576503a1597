// SPDX-License-Identifier: Apache-2.0
// A whole production: valid as it was handed out, and found changed whichever part is.
#include "models/evidence/zip_writer.h"
#include "models/report/handed_out.h"
#include "models/report/legal_discovery_json.h"
#include "models/report/produced_bundles.h"
#include "models/report/production.h"
#include "models/report/report_pdf.h"
#include "server/signer/pdf_key.h"
#include "tests/models/evidence/log_on_test.h"
#include "tests/models/evidence/packed_again.h"
#include "tests/models/report/facts_on_test.h"
#include "tests/models/report/pack_on_test.h"

#include <gtest/gtest.h>

namespace exhibit::report {
namespace {

using evidence::Verdict;
using evidence::VerificationReport;
using evidence::testing::told;
using Files = std::map<std::string, Bytes>;

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

    static VerificationReport verify(BytesView archive)
    {
        return verifyHandedOut(archive,
                               {evidence::testing::smallAnchors(), {s_key->certificate().value()}});
    }
    static Files files()
    {
        Files files;
        const auto zip = evidence::ZipArchive::open(s_archive).value();
        for (const auto& file : zip.files()) {
            files.emplace(file.name.substr(file.name.find('/') + 1), zip.read(file)->view());
        }
        return files;
    }
    /// By somebody who takes care of the manifest.
    static Bytes archiveOf(Files files)
    {
        files.erase("manifest-sha256.txt");
        Bytes manifest;
        for (const auto& [path, bytes] : files) {
            manifest += toHex(asView(sha256(bytes))) + "  " + path + "\n";
        }
        files["manifest-sha256.txt"] = manifest;
        return packed(files);
    }
    static Bytes packed(const Files& files)
    {
        Bytes archive;
        evidence::ZipWriter writer([&archive](BytesView bytes) -> Result<void> {
            archive += bytes;
            return {};
        });
        for (const auto& [path, bytes] : files) {
            EXPECT_TRUE(writer.add("production-b1/" + path, bytes));
        }
        EXPECT_TRUE(writer.finish());
        return archive;
    }
    static void expectFound(const Files& changed, const std::string& subject)
    {
        const auto report = verify(archiveOf(changed));
        EXPECT_EQ(report.verdict, Verdict::Invalid) << subject << told(report);
        EXPECT_TRUE(report.blame().files.contains(subject)) << subject << told(report);
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
        auto bundle
            = fromJson<LegalDiscoveryBundle>(parseJson(files.at("legal_discovery.json")).value(),
                                             UnknownMembers::Reject)
                  .value();
        for (auto& file : bundle.files) {
            if (file.path == path) {
                file.sha256 = sha256(content);
                file.bytes = static_cast<std::int64_t>(content.size());
            }
        }
        files.at(path) = content;
        const Bytes json = printJson(toJson(bundle));
        const auto old = files.at("production_cover.pdf");
        files.at("legal_discovery.json") = json;
        files.at("production_cover.pdf")
            = makeBundleReport(json, ReportKind::LegalDiscovery, {}, [](const Digest& digest) {
                  return s_key->sign(digest);
              }).value();
        return files;
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

} // namespace
} // namespace exhibit::report
