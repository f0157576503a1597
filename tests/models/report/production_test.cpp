// SPDX-License-Identifier: Apache-2.0
// A production as a reviewer's program reads it: from the archive alone.
#include "models/report/production.h"

#include "models/report/custody.h"
#include "models/report/legal_discovery_json.h"
#include "models/report/pdf_verifier.h"
#include "models/report/produced_bundles.h"
#include "models/report/typesetter.h"
#include "tests/models/report/facts_on_test.h"
#include "tests/models/report/pack_on_test.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace exhibit::report {
namespace {

using Files = std::map<std::string, Bytes>;

/// The archive's files, below its one folder.
Files filesOf(BytesView archive)
{
    Files files;
    const auto zip = evidence::ZipArchive::open(archive).value();
    for (const auto& file : zip.files()) {
        files.emplace(file.name.substr(file.name.find('/') + 1), zip.read(file)->view());
    }
    return files;
}

LegalDiscoveryBundle bundleIn(const Files& files)
{
    const Json json = parseJson(files.at("legal_discovery.json")).value();
    return fromJson<LegalDiscoveryBundle>(json, UnknownMembers::Reject).value();
}

/// The rows of a DAT file in UTF-8, read without the code that wrote them.
std::vector<std::vector<std::string>> rowsOf(const Bytes& dat)
{
    std::vector<std::vector<std::string>> rows;
    std::size_t at = 3; // The byte order mark.
    while (at < dat.size()) {
        const auto end = dat.find("\r\n", at);
        std::string row = dat.substr(at, end - at);
        std::vector<std::string> values;
        std::size_t from = 0;
        while (from != row.npos) {
            const auto next = row.find('\x14', from);
            const std::string value = row.substr(from, next == row.npos ? next : next - from);
            EXPECT_TRUE(value.starts_with("\xC3\xBE") && value.ends_with("\xC3\xBE")) << value;
            values.push_back(value.substr(2, value.size() - 4));
            from = next == row.npos ? next : next + 1;
        }
        rows.push_back(std::move(values));
        at = end + 2;
    }
    return rows;
}

const PagesDrawn kAnyPages = [](std::int64_t) { return Result<void>(); };

class ProductionTest : public ::testing::Test {
protected:
    Result<ProductionPlan> plan(bool redact = true)
    {
        EXHIBIT_TRY(const auto bundles,
                    makeProducedBundles(m_facts, requestOnTest(m_facts, redact), m_request));
        m_original = bundles.original;
        m_pack = packOnTest(bundles.shown);
        return planProduction({m_pack, m_original, "Doe v. Example"}, m_request);
    }
    Files write(const Numbering& numbering = {.first = 1, .earlier = {}})
    {
        auto planned = plan();
        EXPECT_TRUE(planned) << planned.error().message << planned.error().subject;
        const auto written = writeProduction(*std::move(planned), numbering, {}, kAnyPages);
        EXPECT_TRUE(written) << written.error().message << written.error().subject;
        return filesOf(*written);
    }

    RecordedFacts m_facts = factsOnTest();
    ProductionRequest m_request;
    Bytes m_pack;
    EvidenceBundle m_original;
};

TEST_F(ProductionTest, givesEachPageANumberAndEachDocumentItsFiles)
{
    const auto files = write({.first = 41, .earlier = {}});
    const auto bundle = bundleIn(files);
    const auto rows = rowsOf(files.at("VOL001/DATA/VOL001.DAT"));
    ASSERT_EQ(rows.size(), bundle.documents.size() + 1);
    ASSERT_EQ(bundle.documents.size(), 6U) << "the incident, its four steps, the pack";
    std::int64_t number = 41;
    for (std::size_t i = 0; i < bundle.documents.size(); ++i) {
        const auto& document = bundle.documents[i];
        const auto& row = rows[i + 1];
        ASSERT_EQ(row.size(), rows[0].size());
        EXPECT_EQ(document.begBates, batesText("EXH", number));
        number += document.pageCount;
        EXPECT_EQ(row[0], document.begBates);
        EXPECT_EQ(row[1], batesText("EXH", number - 1));
        EXPECT_EQ(row[2], "EXH0000041");
        EXPECT_EQ(row[3], batesText("EXH", bundle.batesLast));
        std::string native = row[15];
        std::replace(native.begin(), native.end(), '\\', '/');
        ASSERT_TRUE(files.contains(native)) << native;
        EXPECT_EQ(toHex(asView(sha256(files.at(native)))), row[14]);
        std::string text = row[16];
        std::replace(text.begin(), text.end(), '\\', '/');
        EXPECT_TRUE(files.contains(text)) << text;
    }
    EXPECT_EQ(number - 1, bundle.batesLast);
    const auto& opt = files.at("VOL001/DATA/VOL001.OPT");
    EXPECT_EQ(std::count(opt.begin(), opt.end(), '\n'), number - 41);
    EXPECT_TRUE(files.at("VOL001/IMAGES/0001/EXH0000041.tif").starts_with("II*"));
    EXPECT_EQ(files.at("VOL001/NATIVES/0001/" + bundle.documents.back().begBates + ".exhibit"),
              m_pack);
}

TEST_F(ProductionTest, isTheSameBytesForTheSameNumbers)
{
    const auto first
        = writeProduction(plan().value(), {.first = 1, .earlier = {}}, {}, kAnyPages).value();
    EXPECT_EQ(writeProduction(plan().value(), {.first = 1, .earlier = {}}, {}, kAnyPages).value(),
              first);
}

TEST_F(ProductionTest, tellsOfEveryPageAndEndsWhenNobodyWaits)
{
    std::vector<std::int64_t> told;
    const auto all = plan().value().pages;
    EXPECT_TRUE(writeProduction(plan().value(), {.first = 1, .earlier = {}}, {}, [&](auto pages) {
        told.push_back(pages);
        return Result<void>();
    }));
    ASSERT_EQ(static_cast<std::int64_t>(told.size()), all);
    EXPECT_EQ(told.front(), 1);
    EXPECT_EQ(told.back(), all);
    const auto ended = writeProduction(plan().value(), {.first = 1, .earlier = {}}, {}, [](auto) {
        return Result<void>(fail(ErrorCode::Cancelled, "enough"));
    });
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code, ErrorCode::Cancelled);
}

TEST_F(ProductionTest, namesEveryFileWithItsHash)
{
    const auto files = write();
    const auto bundle = bundleIn(files);
    for (const auto& file : bundle.files) {
        EXPECT_EQ(sha256(files.at(file.path)), file.sha256) << file.path;
    }
    EXPECT_EQ(bundle.files.size() + 3, files.size());
    for (const auto& [path, bytes] : files) {
        const auto line = toHex(asView(sha256(bytes))) + "  " + path + "\n";
        EXPECT_EQ(files.at("manifest-sha256.txt").find(line) != std::string::npos,
                  path != "manifest-sha256.txt")
            << path;
    }
}

TEST_F(ProductionTest, redactsTextNativeAndLoadFileAndSaysWhy)
{
    const auto files = write();
    for (const auto& [path, bytes] : files) {
        EXPECT_EQ(bytes.find("ada@example.com"), std::string::npos) << path;
    }
    const auto bundle = bundleIn(files);
    const auto& input = bundle.documents[1];
    EXPECT_EQ(input.treatment, Treatment::Redacted);
    ASSERT_EQ(input.redactions.size(), 1U);
    EXPECT_EQ(input.redactions[0].reason, "personal data or secret: EMAIL");
    EXPECT_EQ(bundle.documents[2].treatment, Treatment::Produced);
    EXPECT_NE(files.at("LOGS/privilege_log.csv").find(input.begBates), std::string::npos);
}

TEST_F(ProductionTest, withholdsADocumentEverywhere)
{
    m_request.withheld = {{0, "attorney-client privilege", "Question of counsel to the model"}};
    m_facts.steps[0].event.data
        = JsonObject{{"messages", JsonArray{JsonObject{{"content", "the secret plan"}}}}};
    m_facts.incident.title = "About the secret plan";
    m_facts.incident.excerpt = "the secret plan";
    m_facts.incident.rootCause->analysis = "Asked about the secret plan.";
    const auto files = write();
    for (const auto& [path, bytes] : files) {
        EXPECT_EQ(bytes.find("secret plan"), std::string::npos) << path;
        EXPECT_EQ(bytes.find(toHex(asView(sha256("request")))), std::string::npos) << path;
    }
    const auto bundle = bundleIn(files);
    EXPECT_EQ(bundle.documents[1].treatment, Treatment::Withheld);
    EXPECT_FALSE(bundle.documents[1].nativePath);
    EXPECT_EQ(bundle.privilegeLog[1].basis, "attorney-client privilege");
    EXPECT_EQ(bundle.privilegeLog[1].description, "Question of counsel to the model");
    m_request.withheld[0].stepIndex = 4;
    EXPECT_EQ(plan().error().code, ErrorCode::NotFound);
}

TEST_F(ProductionTest, redactsAPassageEverywhereOnItsGround)
{
    m_request.passages = {{"secret plan", "work product", "Notes of counsel"}};
    m_facts.steps[0].event.data = JsonObject{
        {"messages", JsonArray{JsonObject{{"content", "the secret plan, a secret plan"}}}}};
    m_facts.incident.title = "About the secret plan";
    m_facts.incident.rootCause->analysis = "Asked about the secret plan.";
    const auto files = write();
    for (const auto& [path, bytes] : files) {
        EXPECT_EQ(bytes.find("secret plan"), std::string::npos) << path;
    }
    const auto bundle = bundleIn(files);
    const auto& input = bundle.documents[1];
    EXPECT_EQ(input.treatment, Treatment::Redacted);
    EXPECT_EQ(input.redactions.back().reason, "work product");
    EXPECT_EQ(input.redactions.back().count, 2);
    EXPECT_NE(files.at(input.textPath).find("the [REDACTED 1: work product], a [REDACTED"),
              std::string::npos);
    EXPECT_NE(files.at(*input.nativePath).find("[REDACTED 1: work product]"), std::string::npos);
    const auto& log = files.at("LOGS/privilege_log.csv");
    EXPECT_NE(log.find("Passage 1, 2 times: Notes of counsel."), log.npos) << log;
    const auto rows = rowsOf(files.at("VOL001/DATA/VOL001.DAT"));
    const auto column = std::find(rows[0].begin(), rows[0].end(), "REDACTED") - rows[0].begin();
    for (std::size_t i = 0; i < bundle.documents.size(); ++i) {
        const bool produced = bundle.documents[i].treatment == Treatment::Produced;
        EXPECT_EQ(rows[i + 1][static_cast<std::size_t>(column)], produced ? "N" : "Y");
    }
    EXPECT_EQ(bundle.documents[2].treatment, Treatment::Produced) << "it says nothing of it";
    const auto& record = bundle.documents[0];
    EXPECT_EQ(record.subject, "About the [REDACTED 1: work product]");
    EXPECT_TRUE(std::any_of(record.redactions.begin(),
                            record.redactions.end(),
                            [](const auto& one) { return one.reason == "work product"; }));
    const auto parts = std::find_if(
        record.redactions.begin(), record.redactions.end(), [](const auto& redaction) {
            return redaction.reason == "may hold a part of a redacted passage";
        });
    EXPECT_NE(parts, record.redactions.end());
    EXPECT_NE(log.find("Of the answer, the excerpt and the ends are left out"), log.npos) << log;
    m_request.passages[0].text = "said by nobody";
    EXPECT_EQ(plan().error().code, ErrorCode::NotFound);
}

TEST_F(ProductionTest, aPassageIsTheOnlyGroundWhereNothingElseIsRedacted)
{
    m_request.passages = {{"Will it renew", "work product", "Notes of counsel"}};
    const auto planned = plan(false);
    ASSERT_TRUE(planned) << planned.error().message;
    ASSERT_TRUE(planned->documents[1].privilege);
    EXPECT_EQ(planned->documents[1].privilege->basis, "work product");
    EXPECT_EQ(planned->documents[1].fields.redactions.size(), 1U);
    EXPECT_FALSE(planned->documents[2].privilege);
}

TEST_F(ProductionTest, survivesHostileText)
{
    const std::string hostile = "\xC3\xBE\x14\xC2\xAE\r\n\"=cmd|' /C calc'!A0\",\xE2\x80\xAE"
                                "<b>&amp;\x01 ../../etc/passwd "
        + std::string(20'000, 'W');
    m_facts.incident.title = hostile;
    m_facts.incident.model = hostile;
    m_facts.tenantName = hostile;
    m_facts.steps[2].event.reason = "\xC3\xBE\x14\r\n";
    m_facts.steps[1].event.data = JsonObject{{hostile.substr(0, 40), "x"}};
    const auto files = write();
    const auto rows = rowsOf(files.at("VOL001/DATA/VOL001.DAT"));
    for (const auto& row : rows) {
        EXPECT_EQ(row.size(), rows[0].size());
    }
    m_request.encoding = TextEncoding::Windows1252;
    EXPECT_FALSE(write().empty());
}

TEST_F(ProductionTest, aRunOfOneStepAndOneOfManyArePlanned)
{
    m_facts = incidentOnTest();
    m_facts.steps = {factsOnTest().steps[0]};
    EXPECT_EQ(plan()->documents.size(), 3U);
    m_facts = factsOnTest(9'996);
    const auto many = plan();
    ASSERT_TRUE(many) << many.error().message;
    EXPECT_EQ(many->documents.size(), 10'002U);
    EXPECT_GE(many->pages, 10'002);
}

TEST_F(ProductionTest, whatIsAskedForIsCheckedAtTheDoor)
{
    EXPECT_TRUE(check(m_request, "/p"));
    auto request = m_request;
    request.custodian = "a\xC3\xBE";
    EXPECT_EQ(check(request, "/p").error().subject, "/p/custodian");
    request = m_request;
    request.volume = "../x";
    EXPECT_EQ(check(request, "/p").error().subject, "/p/volume");
    request = m_request;
    request.withheld = {{1, "", "x"}};
    EXPECT_EQ(check(request, "/p").error().subject, "/p/withheld/0/basis");
    request.withheld = {};
    request.passages = {{"abc", "b", "d"}};
    EXPECT_EQ(check(request, "/p").error().subject, "/p/passages/0/text");
    request.passages = {{std::string(4001, 'x'), "b", "d"}};
    EXPECT_EQ(check(request, "/p").error().subject, "/p/passages/0/text");
    request.passages = {{"abcd", "", "d"}};
    EXPECT_EQ(check(request, "/p").error().subject, "/p/passages/0/basis");
    request.passages.assign(101, {"abcd", "b", "d"});
    EXPECT_EQ(check(request, "/p").error().subject, "/p/passages");
    request.passages = {};
    request.withheld = {{1, std::string(301, 'x'), "x"}};
    EXPECT_EQ(check(request, "/p").error().subject, "/p/withheld/0/basis");
    request = m_request;
    request.confidentiality = "契";
    EXPECT_TRUE(check(request, "/p"));
    request.encoding = TextEncoding::Windows1252;
    EXPECT_EQ(check(request, "/p").error().subject, "/p/confidentiality");
}

TEST_F(ProductionTest, theCustodyLogSaysWhatIsKnownAndWhatIsNot)
{
    evidence::Entry entry;
    entry.log = "exhibit.test/t/1";
    entry.sequence = 7;
    entry.time = "2026-11-21T10:00:00.000000Z";
    entry.type = "export.created";
    entry.previous = sha256("before");
    const auto record
        = custodyOfEntry(entry,
                         sha256("after"),
                         {"key_1", "user", R"({"reason":"request 4","authority":"order"})"})
              .value();
    EXPECT_EQ(record.action, "copied");
    EXPECT_EQ(record.authority, "order");
    EXPECT_NE(record.purpose.find("request 4"), std::string::npos);
    EXPECT_NE(record.where.find("exhibit.test/t/1"), std::string::npos);
    EXPECT_EQ(record.hashBefore, sha256("before"));
    EXPECT_EQ(record.hash, sha256("after"));
    EXPECT_EQ(record.from, "the log");
    EXPECT_NE(record.to.find("is not recorded"), std::string::npos);
    EXPECT_NE(record.tool.find("version not recorded"), std::string::npos);
    const auto withheld = custodyOfEntry(entry, {}, {}).value();
    EXPECT_EQ(withheld.authority, "not recorded");
    EXPECT_EQ(withheld.who, "withheld");

    const auto bundle = bundleIn(write());
    for (const auto& one : bundle.custody) {
        for (const auto& said :
             {one.where, one.authority, one.tool, one.from, one.to, one.changes}) {
            EXPECT_FALSE(said.empty()) << one.evidenceId << ' ' << one.action;
        }
        EXPECT_EQ(one.hashBefore.has_value(), one.entrySeq.has_value()) << one.action;
    }
    const auto& produced = bundle.custody.back();
    EXPECT_EQ(produced.tool, "Exhibit " EXHIBIT_VERSION);
    EXPECT_EQ(produced.authority, "not recorded");
    EXPECT_NE(produced.changes.find("redacted"), std::string::npos);
}

TEST_F(ProductionTest, theCoverSaysHowManyOlderNumbersItDoesNotList)
{
    Numbering numbering{.first = 9,
                        .earlier = {{1, 8, "p", m_facts.incident.createdAt, "k", true}}};
    const auto textOf = [&] {
        std::string all;
        for (const auto& block : legalCover(bundleIn(write(numbering))).blocks) {
            if (const auto* paragraph = std::get_if<Paragraph>(&block)) {
                for (const auto& span : paragraph->text) {
                    all += span.text;
                }
            }
        }
        return all;
    };
    EXPECT_EQ(textOf().find("are not listed here"), std::string::npos);
    numbering.earlierLeftOut = 3;
    EXPECT_NE(textOf().find("3 allocations of the prefix"), std::string::npos);
}

TEST_F(ProductionTest, theCoverSaysWhichNumbersAreGaps)
{
    const auto files = write({.first = 11,
                              .earlier = {{6, 10, "b0", utcNow(), "key_1", false},
                                          {1, 5, "a0", utcNow(), "key_1", true}}});
    const auto bundle = bundleIn(files);
    ASSERT_EQ(bundle.earlierAllocations.size(), 2U);
    std::string words;
    for (const auto& block : legalCover(bundle).blocks) {
        if (const auto* table = std::get_if<Table>(&block)) {
            for (const auto& row : table->rows) {
                words += row.cells.back().text.front().text + "\n";
            }
        }
    }
    EXPECT_NE(words.find("never handed out: a gap"), std::string::npos) << words;
}

} // namespace
} // namespace exhibit::report
