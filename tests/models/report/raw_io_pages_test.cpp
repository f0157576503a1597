// SPDX-License-Identifier: Apache-2.0
// What a report's pages say of requests, answers and runs that are longer than an export.
#include "models/report/incident_report.h"
#include "tests/models/report/facts_on_test.h"
#include "tests/models/report/pack_on_test.h"

#include <gtest/gtest.h>

namespace exhibit::report {
namespace {

std::string textOf(const Text& text)
{
    std::string all;
    for (const auto& span : text) {
        all += span.text;
    }
    return all;
}

/// Headings, paragraphs and notices of the report, a line each; notices as "!...".
std::string pagesOf(const RecordedFacts& recorded, const Includes& include, bool redact = false)
{
    auto facts = readPackFacts(packOnTest(bundleOnTest(recorded, true))).value();
    facts.bundle = makeEvidenceBundle(recorded, {.include = include, .redact = redact}).value();
    std::string all;
    const auto report = incidentReport(facts).value();
    for (const auto& block : report.blocks) {
        if (const auto* heading = std::get_if<Heading>(&block)) {
            all += "#" + heading->text + "\n";
        } else if (const auto* paragraph = std::get_if<Paragraph>(&block)) {
            all += textOf(paragraph->text) + "\n";
        } else if (const auto* notice = std::get_if<Notice>(&block)) {
            all += (notice->hatched ? "!" : "") + textOf(notice->text) + "\n";
        } else if (const auto* grid = std::get_if<FactGrid>(&block)) {
            for (const auto& fact : grid->right) {
                all += fact.label + ": " + textOf(fact.value) + "\n";
            }
        }
    }
    return all;
}

bool has(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

TEST(RawIoPages, sayWhatWasAskedAndAnsweredWordForWord)
{
    const auto pages = pagesOf(factsOnTest(), {Include::FullTrace, Include::RawIo});
    EXPECT_TRUE(has(pages, "#7 Requests and answers")) << pages;
    EXPECT_TRUE(has(pages, "#8 What this report rests on"));
    EXPECT_TRUE(has(pages, "I am ada@example.com. Will it renew?"));
    EXPECT_TRUE(has(pages, "Your contract, ada@example.com, "));
    EXPECT_TRUE(has(pages, "!texts.0.withheld  never sent to the client  will auto-renew."))
        << "told apart from what went out:\n"
        << pages;
}

TEST(RawIoPages, holdPlaceholdersWhereTheExportIsRedacted)
{
    const auto pages = pagesOf(factsOnTest(), {Include::RawIo}, true);
    EXPECT_TRUE(has(pages, "Will it renew?"));
    EXPECT_FALSE(has(pages, "ada@example.com")) << pages;
    EXPECT_TRUE(has(pages, "but for placeholders"));
}

TEST(RawIoPages, areNotThereUnlessAskedFor)
{
    const auto pages = pagesOf(factsOnTest(), {Include::FullTrace});
    EXPECT_FALSE(has(pages, "Requests and answers"));
    EXPECT_TRUE(has(pages, "#7 What this report rests on"));
}

TEST(RawIoPages, endWhereThePagesWouldBeTooMany)
{
    auto facts = factsOnTest();
    facts.steps[0].event.data = JsonObject{{"prompt", std::string(3U << 20U, 'x')}};
    const auto pages = pagesOf(facts, {Include::RawIo});
    EXPECT_TRUE(has(pages, "1 step is more in the bundle")) << pages.substr(0, 2000);
    EXPECT_TRUE(has(pages, "never sent to the client")) << "what fits is there";
}

TEST(LongRunPages, sayHowManyStepsThereAreAndWhichOnesAreThere)
{
    auto facts = factsOnTest(3);
    for (auto& step : facts.steps) {
        step.event.stepIndex += 5'000;
    }
    const auto began = facts.steps.front().event.time - std::chrono::minutes(2);
    facts.wholeRun = {25'000, began, began + std::chrono::minutes(10)};
    const auto pages = pagesOf(facts, {Include::FullTrace, Include::PolicyLog});
    EXPECT_TRUE(has(pages, "25 000 in 10 min")) << pages;
    EXPECT_TRUE(has(pages, "from step 5000, the first one here")) << pages;
    EXPECT_TRUE(has(pages, "The run has 25 000 steps, more than an export reads")) << pages;
    EXPECT_TRUE(has(pagesOf(factsOnTest(3), {Include::FullTrace}), "from the run’s first step"));
}

} // namespace
} // namespace exhibit::report
