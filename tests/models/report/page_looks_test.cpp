// SPDX-License-Identifier: Apache-2.0
// How pages look, against pages that somebody looked at: rasterised by poppler, compared by the
// brightness of blocks, so that another hinting of the same letters is the same page, and a line
// that moved is not. With EXHIBIT_ACCEPT_GOLDEN what is seen becomes what is expected.
#include "models/report/art73.h"
#include "models/report/page_images.h"
#include "models/report/production.h"
#include "models/report/report_pdf.h"
#include "models/report/typesetter.h"
#include "tests/models/report/facts_on_test.h"
#include "tests/models/report/kinds_on_test.h"
#include "tests/models/report/pack_on_test.h"
#include "tests/models/report/soc2_on_test.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <tiffio.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace exhibit::report {
namespace {

constexpr int kColumns = 40;
constexpr int kRows = 56;
constexpr int kBlockOffMax = 48; ///< Of 255.
constexpr double kMeanOffMax = 1.5;
constexpr const char* kChineseFont = "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf";

/// A page as pdftoppm writes it: "P5 WIDTH HEIGHT 255\n", a byte for each pixel.
struct Picture {
    int width = 0;
    int height = 0;
    std::string pixels;
};

Picture readPicture(const std::string& file)
{
    std::ifstream in(file, std::ios::binary);
    std::string kind;
    int most = 0;
    Picture picture;
    in >> kind >> picture.width >> picture.height >> most;
    in.get();
    picture.pixels.assign(std::istreambuf_iterator<char>(in), {});
    EXPECT_EQ(kind, "P5");
    EXPECT_EQ(picture.pixels.size(),
              static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height));
    return picture;
}

/// The mean brightness of each block, a line of hexadecimal pairs for each row.
std::string signatureOf(const Picture& picture)
{
    std::string text;
    for (int row = 0; row < kRows; ++row) {
        for (int column = 0; column < kColumns; ++column) {
            const int left = picture.width * column / kColumns;
            const int right = picture.width * (column + 1) / kColumns;
            const int top = picture.height * row / kRows;
            const int bottom = picture.height * (row + 1) / kRows;
            int sum = 0;
            for (int y = top; y < bottom; ++y) {
                for (int x = left; x < right; ++x) {
                    const auto at = static_cast<std::size_t>(y * picture.width + x);
                    sum += static_cast<unsigned char>(picture.pixels[at]);
                }
            }
            text += fmt::format("{:02x}", sum / ((right - left) * (bottom - top)));
        }
        text += '\n';
    }
    return text;
}

void expectAlike(const std::string& now, const std::string& then, const std::string& name)
{
    ASSERT_EQ(now.size(), then.size()) << name;
    double sum = 0;
    for (int block = 0; block < kColumns * kRows; ++block) {
        const int row = block / kColumns;
        const auto at = static_cast<std::size_t>(row * (2 * kColumns + 1) + block % kColumns * 2);
        const int off = std::abs(std::stoi(now.substr(at, 2), nullptr, 16)
                                 - std::stoi(then.substr(at, 2), nullptr, 16));
        EXPECT_LE(off, kBlockOffMax) << name << " row " << row << ", column " << block % kColumns;
        sum += off;
    }
    EXPECT_LE(sum / (kColumns * kRows), kMeanOffMax) << name;
}

class PageLooks : public ::testing::Test {
protected:
    /// The fonts of Debian's fonts-dejavu-core, and for what those lack of fonts-droid-fallback,
    /// whatever else the machine has.
    static void SetUpTestSuite()
    {
        s_folder = std::make_unique<test::TempDir>();
        const std::string file = (s_folder->path() / "fonts.conf").string();
        std::ofstream(file) << "<?xml version=\"1.0\"?><fontconfig>"
                               "<dir>/usr/share/fonts/truetype/dejavu</dir>"
                               "<dir>/usr/share/fonts/truetype/droid</dir>"
                               "<cachedir>"
                            << (s_folder->path() / "cache").string() << "</cachedir></fontconfig>";
        ASSERT_EQ(::setenv("FONTCONFIG_FILE", file.c_str(), 1), 0);
    }
    static void TearDownTestSuite() { s_folder.reset(); }

    /// With ids that are the same in every run.
    static EvidenceBundle bundle()
    {
        auto facts = factsOnTest(30);
        const auto fixed = [](const char* name) { return Uuid::v8(sha256(name)); };
        facts.tenant.value = fixed("tenant");
        facts.incident.incidentId.value = fixed("incident");
        facts.incident.runId.value = fixed("run");
        facts.incident.callId.value = fixed("call");
        facts.incident.decisionId = DecisionId{fixed("decision")};
        facts.run.runId = facts.incident.runId;
        for (auto& step : facts.steps) {
            if (step.event.callId) {
                step.event.callId = facts.incident.callId;
            }
            if (step.event.decisionId) {
                step.event.decisionId = facts.incident.decisionId;
            }
        }
        return bundleOnTest(facts, true);
    }

    /// Headings, a list, a table and a long paragraph, twice as long as a page.
    static Bytes pageOf(const std::string& language,
                        const std::string& title,
                        const std::string& text)
    {
        std::string more;
        for (int i = 0; i < 24; ++i) {
            more += text + " ";
        }
        Document document;
        document.title = title;
        document.kind = title;
        document.language = language;
        document.createdAt = fromMicroseconds(1'795'000'000'000'000);
        document.blocks = {Title{title, text},
                           FactGrid{{{title, plain(text)}}, {{title, plain("12")}}},
                           Heading{"1 " + title},
                           Paragraph{plain(more)}};
        Table table{{{title, 1}, {"gpt-4o", 40, true}, {title, 2}}, {}, {}};
        for (int i = 0; i < 40; ++i) {
            table.rows.push_back({{{plain(text)}, {plain(std::to_string(i))}, {bold(text)}}});
        }
        document.blocks.emplace_back(std::move(table));
        const auto set = typeset(document).value();
        EXPECT_EQ(set.unknownGlyphs, 0);
        return finishPdf(set.pdf, document, {}).value();
    }

    static void expectLooks(const std::string& name, const Bytes& pdf)
    {
        const std::string file = (s_folder->path() / (name + ".pdf")).string();
        std::ofstream(file, std::ios::binary) << pdf;
        const std::string pages = (s_folder->path() / name).string();
        const auto drawn = test::run("/usr/bin/pdftoppm",
                                     {.arguments = {"-gray", "-r", "50", file, pages}},
                                     Deadline::after(std::chrono::seconds(60)));
        ASSERT_TRUE(drawn && drawn->exitCode == 0);
        std::size_t count = 0;
        for (const auto& entry : std::filesystem::directory_iterator(s_folder->path())) {
            const auto page = entry.path().filename().string();
            if (page.starts_with(name + "-") && page.ends_with(".pgm")) {
                ++count;
                expectPage(page.substr(0, page.size() - 4), entry.path().string());
            }
        }
        EXPECT_GT(count, 1U);
    }
    static void expectPage(const std::string& page, const std::string& file)
    {
        expectSignature(page, signatureOf(readPicture(file)));
    }
    static void expectSignature(const std::string& page, const std::string& now)
    {
        const char* const source = std::getenv("EXHIBIT_SOURCE_DIR");
        const std::string golden = std::string(source == nullptr ? "." : source)
            + "/tests/models/report/golden/" + page + ".txt";
        if (std::getenv("EXHIBIT_ACCEPT_GOLDEN") != nullptr) {
            std::ofstream(golden) << now;
            return;
        }
        std::ostringstream then;
        then << std::ifstream(golden).rdbuf();
        expectAlike(now, then.str(), page);
    }

    static inline std::unique_ptr<test::TempDir> s_folder;
};

TEST_F(PageLooks, ofAnIncidentReport)
{
    const Bytes pack = packOnTest(bundle());
    expectLooks("incident", makeReport(pack, ReportKind::Incident, {}).value());
}

TEST_F(PageLooks, ofAnExecutiveDebrief)
{
    const Bytes pack = packOnTest(bundle());
    expectLooks("debrief", makeReport(pack, ReportKind::ExecutiveDebrief, {}).value());
}

TEST_F(PageLooks, ofAnArticle73Draft)
{
    const Bytes pack = packOnTest(bundle());
    const char* const source = std::getenv("EXHIBIT_SOURCE_DIR");
    std::ostringstream mapping;
    mapping << std::ifstream((source == nullptr ? "." : std::string(source))
                             + "/resources/mappings/ai_act_art73.json")
                   .rdbuf();
    const auto draft
        = makeArt73(readPackFacts(pack).value(), parseJson(mapping.str()).value(), {}, "/art73");
    ASSERT_TRUE(draft) << draft.error().message;
    expectLooks("art73",
                makeBundleReport(printJson(toJson(*draft)),
                                 ReportKind::AiActArt73,
                                 {{std::string(kAttachedPack), pack}},
                                 {})
                    .value());
}

TEST_F(PageLooks, ofASoc2Report)
{
    auto shown = soc2OnTest();
    shown.tenantId.value = Uuid::v8(sha256("tenant"));
    shown.controlObjectives = {{"CC7.2", "C-7", "Policies judge every answer."}};
    shown.attestationStatement = "We are responsible for the controls described here.";
    shown.auditorNotes = "Sampled in October.";
    shown.statementVersion = 2;
    shown.statementBy = "key_2";
    for (const auto* criterion : {"CC6.1", "CC6.7", "CC7.3", "CC8.1", "A1.2"}) {
        auto row = shown.rows.front();
        row.criterion = criterion;
        row.exception = "Two of the period were reviewed late.";
        shown.rows.push_back(row);
    }
    const std::string json = printJson(toJson(shown));
    expectLooks(
        "soc2",
        makeBundleReport(json, ReportKind::Soc2, {{"CC7.2.ndjson", listingOnTest()}}, {}).value());
}

TEST_F(PageLooks, ofAProductionsCover)
{
    auto shown = legalOnTest();
    const auto first = shown.documents.front();
    for (std::int64_t i = 1; i < 30; ++i) {
        auto document = first;
        document.begBates = batesText("EXH", 7 + 2 * i);
        document.endBates = batesText("EXH", 8 + 2 * i);
        document.subject = "Step " + std::to_string(i) + ": policy, CONTENT_ACCURACY said BLOCK";
        document.treatment = i % 3 == 0 ? Treatment::Withheld : Treatment::Produced;
        shown.documents.push_back(document);
    }
    auto withheld = shown.privilegeLog.front();
    withheld.treatment = Treatment::Withheld;
    withheld.basis = "attorney-client privilege";
    withheld.description = "Question of counsel to the model, and its answer";
    shown.privilegeLog.push_back(withheld);
    shown.batesLast = 66;
    shown.earlierAllocations = {{1, 6, "p", shown.createdAt, "key_1", false}};
    expectLooks("legal", reportOf(ReportKind::LegalDiscovery, legalFilesOnTest(shown), {}).value());
}

TEST_F(PageLooks, ofADraftDeclaration)
{
    const Bytes pack = packOnTest(bundle());
    expectLooks("fre902", reportOf(ReportKind::Fre902, declarationOnTest(pack), {}).value());
}

/// Right to left, and mixed with what is not.
TEST_F(PageLooks, ofHebrewAndArabic)
{
    expectLooks(
        "rtl",
        pageOf("he",
               "\u05d3\u05d5\u05d7 \u05ea\u05e7\u05e8\u05d9\u05ea",
               "\u05d4\u05d7\u05d5\u05d6\u05d4 gpt-4o \u05d9\u05ea\u05d7\u05d3\u05e9 (12%) "
               "\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645"));
}

TEST_F(PageLooks, ofChineseAndJapanese)
{
    if (!std::filesystem::exists(kChineseFont)) {
        GTEST_SKIP() << "fonts-droid-fallback is not installed";
    }
    expectLooks("cjk",
                pageOf("ja",
                       "\u5951\u7d04\u306e\u66f4\u65b0",
                       "\u5951\u7d04\u306f\u66f4\u65b0\u3055\u308c\u307e\u3059\u3002gpt-4o "
                       "\u5408\u540c\u5c06\u81ea\u52a8\u7eed\u7b7e"));
}

/// A page image as a reader of TIFFs sees it.
Picture readTiff(const std::string& file)
{
    Picture picture;
    const std::unique_ptr<TIFF, void (*)(TIFF*)> tiff(TIFFOpen(file.c_str(), "r"), TIFFClose);
    if (!tiff || TIFFGetField(tiff.get(), TIFFTAG_IMAGEWIDTH, &picture.width) != 1
        || TIFFGetField(tiff.get(), TIFFTAG_IMAGELENGTH, &picture.height) != 1) {
        ADD_FAILURE() << file << " is no TIFF";
        return {};
    }
    const auto width = static_cast<std::size_t>(picture.width);
    const auto height = static_cast<std::size_t>(picture.height);
    std::vector<std::uint32_t> colours(width * height);
    EXPECT_EQ(TIFFReadRGBAImageOriented(tiff.get(),
                                        static_cast<std::uint32_t>(picture.width),
                                        static_cast<std::uint32_t>(picture.height),
                                        colours.data(),
                                        ORIENTATION_TOPLEFT,
                                        1),
              1);
    for (const auto colour : colours) {
        picture.pixels += static_cast<char>(TIFFGetG(colour));
    }
    return picture;
}

TEST_F(PageLooks, ofAProductionsPageImages)
{
    const auto shown = bundle();
    const Bytes pack = packOnTest(shown);
    const auto plan = planProduction({pack, shown, "Doe v. Example"}, {});
    ASSERT_TRUE(plan) << plan.error().message;
    int page = 0;
    const auto take = [&page](const Bytes& tiff) -> Result<void> {
        const std::string name = "image-" + std::to_string(++page);
        const std::string file = (s_folder->path() / (name + ".tif")).string();
        std::ofstream(file, std::ios::binary) << tiff;
        expectSignature(name, signatureOf(readTiff(file)));
        return {};
    };
    ASSERT_TRUE(PageImages().draw(plan->documents.front().pages, take));
    EXPECT_GE(page, 1);
}

TEST_F(PageLooks, whatMovedIsSeen)
{
    auto changed = bundle();
    changed.incident.title += " once more, in so many words that the line has to break";
    const auto drawn = [&](const EvidenceBundle& shown, const std::string& name) {
        const std::string file = (s_folder->path() / (name + ".pdf")).string();
        const std::string page = (s_folder->path() / name).string();
        std::ofstream(file, std::ios::binary)
            << makeReport(packOnTest(shown), ReportKind::Incident, {}).value();
        EXPECT_TRUE(test::run("/usr/bin/pdftoppm",
                              {.arguments = {"-gray", "-r", "50", "-singlefile", file, page}},
                              Deadline::after(std::chrono::seconds(60))));
        return signatureOf(readPicture(page + ".pgm"));
    };
    const std::string one = drawn(bundle(), "one");
    const std::string other = drawn(changed, "other");
    int most = 0;
    for (std::size_t at = 0; at + 1 < one.size(); ++at) {
        if (one[at] != '\n' && at % (2 * kColumns + 1) % 2 == 0) {
            most = std::max(most,
                            std::abs(std::stoi(one.substr(at, 2), nullptr, 16)
                                     - std::stoi(other.substr(at, 2), nullptr, 16)));
        }
    }
    EXPECT_GT(most, kBlockOffMax);
}

} // namespace
} // namespace exhibit::report
