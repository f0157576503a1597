// SPDX-License-Identifier: Apache-2.0
// Where words stand on the pages, as a program of others reads them: nothing runs off a page,
// whatever length a record has, and what is cut says so.
#include "models/report/art73.h"
#include "models/report/incident_report.h"
#include "models/report/page_flow.h"
#include "models/report/report_pdf.h"
#include "models/report/soc2.h"
#include "models/report/typesetter.h"
#include "tests/models/report/document_on_test.h"
#include "tests/models/report/facts_on_test.h"
#include "tests/models/report/pack_on_test.h"
#include "tests/models/report/soc2_on_test.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <sstream>

namespace exhibit::report {
namespace {

using namespace std::chrono_literals;

struct Word {
    int page = 0;
    double xMin = 0;
    double yMin = 0;
    double xMax = 0;
    double yMax = 0;
    std::string text;
};

std::vector<Word> wordsOf(const Bytes& pdf)
{
    const test::TempDir folder;
    const std::string file = (folder.path() / "report.pdf").string();
    const std::string boxes = (folder.path() / "boxes.html").string();
    std::ofstream(file, std::ios::binary) << pdf;
    const auto done = test::run(
        "/usr/bin/pdftotext", {.arguments = {"-bbox", file, boxes}}, Deadline::after(60s));
    EXPECT_TRUE(done && done->exitCode == 0);
    const std::string number = "=\"([-0-9.]+)\"";
    const std::regex form("<word xMin" + number + " yMin" + number + " xMax" + number + " yMax"
                          + number + ">(.*)</word>");
    std::vector<Word> words;
    std::ifstream lines(boxes);
    int page = 0;
    for (std::string line; std::getline(lines, line);) {
        page += line.find("<page ") != line.npos ? 1 : 0;
        std::smatch match;
        if (std::regex_search(line, match, form)) {
            words.push_back({page,
                             std::stod(match[1]),
                             std::stod(match[2]),
                             std::stod(match[3]),
                             std::stod(match[4]),
                             match[5]});
        }
    }
    return words;
}

/// Of the type area or of the foot, and of the page in any case.
void expectInside(const std::vector<Word>& words)
{
    constexpr double kSlack = 6; // Of a font's box round its letters.
    std::size_t outside = 0;
    for (const auto& word : words) {
        const bool above = word.yMax <= page::kBottom + kSlack;
        const bool foot = word.yMin >= page::kBottom + 15 && word.yMax <= page::kHeight;
        const bool across = word.xMin >= page::kLeft - kSlack && word.xMax <= page::kRight + kSlack;
        if ((!(above || foot) || !across) && ++outside < 5) {
            ADD_FAILURE() << "page " << word.page << ": " << word.text << " at " << word.xMin << ' '
                          << word.yMin << ' ' << word.xMax << ' ' << word.yMax;
        }
    }
    EXPECT_EQ(outside, 0U);
    EXPECT_FALSE(words.empty());
}

std::string joined(const std::vector<Word>& words)
{
    std::string all;
    for (const auto& word : words) {
        all += word.text + ' ';
    }
    return all;
}

int pagesOf(const std::vector<Word>& words)
{
    return words.empty() ? 0 : words.back().page;
}

std::string numberedLines(int count)
{
    std::string lines;
    for (int i = 0; i < count; ++i) {
        lines += "line" + std::to_string(i) + "end\n";
    }
    return lines;
}

TEST(PageBounds, aRowHigherThanAPageGoesOnOverPagesWithItsHead)
{
    Table table{{{"Name", 60}, {"Value", 1}}, {}, {}};
    table.rows.push_back({{{plain("before")}, {plain("short")}}});
    table.rows.push_back({{{plain("tall")}, {plain(numberedLines(400))}}});
    table.rows.push_back({{{plain("after")}, {plain("short")}}});
    const auto words
        = wordsOf(typeset(documentWith({Heading{"1 Rows"}, std::move(table)})).value().pdf);
    expectInside(words);
    int at = -1;
    int heads = 0;
    for (const auto& word : words) {
        if (word.text == "line" + std::to_string(at + 1) + "end") {
            ++at;
        }
        heads += word.text == "Value" ? 1 : 0;
    }
    EXPECT_EQ(at, 399) << "every line, in order";
    EXPECT_EQ(heads, pagesOf(words));
    EXPECT_GT(pagesOf(words), 5);
    EXPECT_NE(joined(words).find("after short"), std::string::npos);
}

TEST(PageBounds, aTallRowStartsWhereOneEndsAndAloneIsAWholeTable)
{
    for (const int linesBefore : {0, 30, 50, 52, 54, 56, 58, 60, 62}) {
        Table table{{{"Name", 60}, {"Value", 1}}, {}, {}};
        table.rows.push_back({{{plain(numberedLines(90))}, {plain("short")}}, true});
        std::vector<Block> blocks{
            Paragraph{plain(std::string(static_cast<std::size_t>(linesBefore), '\n'))}};
        blocks.emplace_back(std::move(table));
        const auto words = wordsOf(typeset(documentWith(std::move(blocks))).value().pdf);
        expectInside(words);
        EXPECT_NE(joined(words).find("line89end"), std::string::npos) << linesBefore;
    }
}

TEST(PageBounds, whatStandsInOnePieceIsCutAndSaysSo)
{
    const std::string much = numberedLines(400);
    const std::vector<Block> blocks{
        Title{much, much},
        Heading{much},
        FactGrid{{{"Fact", plain(much)}}, {{"Fact", plain(much)}}},
        Pair{"Left", plain(much), "Right", {{much, {.bold = true}}, {much, {}}}},
        Notice{plain(much)}};
    for (const auto& block : blocks) {
        const auto words
            = wordsOf(typeset(documentWith({Paragraph{plain("First.")}, block})).value().pdf);
        expectInside(words);
        const std::string text = joined(words);
        EXPECT_NE(text.find("line5end"), std::string::npos) << block.index();
        EXPECT_EQ(text.find("line399end"), std::string::npos) << block.index();
        EXPECT_NE(text.find("cut here"), std::string::npos) << block.index();
    }
}

TEST(PageBounds, aGridAtTheFootOfAPageGoesOnOnTheNext)
{
    for (int lines = 40; lines < 66; ++lines) {
        FactGrid grid;
        for (int i = 0; i < 7; ++i) {
            grid.left.push_back({"Fact", plain("value" + std::to_string(i) + "end")});
        }
        const auto words = wordsOf(
            typeset(
                documentWith({Paragraph{plain(std::string(static_cast<std::size_t>(lines), '\n'))},
                              std::move(grid)}))
                .value()
                .pdf);
        expectInside(words);
        EXPECT_NE(joined(words).find("value6end"), std::string::npos) << lines;
    }
}

/// Everything that a client or a person can choose, as long as it can be.
RecordedFacts hostileFacts()
{
    auto recorded = factsOnTest(3);
    const std::string model = "m" + std::string(20'000, 'x') + "modelend";
    recorded.incident.model = model;
    recorded.incident.title = std::string(4000, '\n') + "title";
    recorded.incident.rootCause->analysis = std::string(4000, '\n') + "analysis";
    recorded.incident.rootCause->actuallyDid = std::string(4000, '\n') + "did";
    recorded.tenantName = std::string(400, 'T');
    for (auto& step : recorded.steps) {
        if (step.event.type == domain::StepType::Input) {
            step.event.data.as_object()["model"] = model;
        }
        step.event.reason = std::string(4000, '\n') + "reason";
    }
    RecordedStep called;
    called.event.stepIndex = static_cast<std::int64_t>(recorded.steps.size());
    called.event.time = recorded.incident.createdAt + 1s;
    called.event.type = domain::StepType::LlmCall;
    called.event.callId = recorded.incident.callId;
    called.event.data = JsonObject{{"model", model}};
    recorded.steps.push_back(std::move(called));
    Impact impact;
    impact.businessImpact = std::string(3990, '\n') + "impact";
    impact.affectedParties = std::string(3990, '\n') + "affected";
    recorded.impact = Entered<Impact>{1, "key_1", recorded.incident.createdAt, impact};
    return recorded;
}

TEST(PageBounds, theReportsOfAHostileRecord)
{
    const Bytes pack = packOnTest(bundleOnTest(hostileFacts(), true));
    for (const auto kind : {ReportKind::Incident, ReportKind::ExecutiveDebrief}) {
        const auto words = wordsOf(makeReport(pack, kind, {}).value());
        expectInside(words);
        const std::string text = joined(words);
        EXPECT_NE(text.find("bytes more"), std::string::npos) << wireName(kind);
        if (kind == ReportKind::ExecutiveDebrief) {
            EXPECT_EQ(text.find("modelend"), std::string::npos);
            EXPECT_EQ(pagesOf(words), 2);
        } else { // Requests and answers stand at its end as they are; the rest is bounded.
            EXPECT_GT(text.find("modelend"), text.find("Requests and answers"));
            EXPECT_LT(pagesOf(words), 12);
        }
    }
}

Json mapping()
{
    const char* const source = std::getenv("EXHIBIT_SOURCE_DIR");
    std::ostringstream text;
    text << std::ifstream((source == nullptr ? "." : std::string(source))
                          + "/resources/mappings/ai_act_art73.json")
                .rdbuf();
    return parseJson(text.str()).value();
}

TEST(PageBounds, aDraftForAnAuthorityShowsEveryLineThatAPersonWrote)
{
    const Bytes pack = packOnTest(bundleOnTest(hostileFacts(), true));
    Art73Entered entered;
    std::string sentence;
    for (int i = 0; i < 500; ++i) {
        sentence += "w" + std::to_string(i) + "ord ";
    }
    sentence.resize(3990, 'x');
    entered.fields = JsonObject{{"causal_link", numberedLines(90)},
                                {"provider", std::string(4000, '\n')},
                                {"deployer", numberedLines(130)},
                                {"member_states", sentence + " lastword"}};
    const auto bundle
        = makeArt73(readPackFacts(pack).value(), mapping(), entered, "/art73").value();
    const auto words = wordsOf(
        makeBundleReport(
            printJson(toJson(bundle)), ReportKind::AiActArt73, {{"evidence.exhibit", pack}}, {})
            .value());
    expectInside(words);
    const std::string text = joined(words);
    EXPECT_NE(text.find("line89end"), std::string::npos);
    EXPECT_NE(text.find("w499ord"), std::string::npos) << "of one sentence too";
    EXPECT_EQ(text.find("line100end"), std::string::npos);
    EXPECT_NE(text.find("more, in ai-act-art73.json"), std::string::npos);
    EXPECT_NE(text.find("For the person who reports"), std::string::npos);
    EXPECT_LT(pagesOf(words), 20);
}

TEST(PageBounds, evidenceForAnAuditor)
{
    auto bundle = soc2OnTest();
    bundle.tenantName = std::string(2000, 'T');
    bundle.attestationStatement = std::string(3900, '\n') + "attested";
    bundle.auditorNotes = numberedLines(200);
    bundle.log.origin = std::string(300, 'o');
    bundle.rows[0].exception = std::string(4000, '\n') + "remark";
    bundle.rows[0].performers = {std::string(500, 'p'), "key_2"};
    bundle.rows[0].morePerformers = 7;
    bundle.log.epochs
        = {{1, std::string(300, 'o'), 4, 0, 3, true, 4, "r"}, {2, "second", 2, 0, 1, false, 0, ""}};
    for (int i = 0; i < 60; ++i) {
        bundle.controlObjectives.push_back({"CC7.2",
                                            std::string(200, 'C'),
                                            std::string(3990, '\n') + "objective",
                                            std::string(200, 'R')});
    }
    const auto words = wordsOf(typeset(soc2Report(bundle)).value().pdf);
    expectInside(words);
    const std::string text = joined(words);
    for (const auto* part :
         {"attested", "line199end", "7 others", "GAP", "0 to 3", "none was signed"}) {
        EXPECT_NE(text.find(part), std::string::npos) << part;
    }
}

} // namespace
} // namespace exhibit::report
