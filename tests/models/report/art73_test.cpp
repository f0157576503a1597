// SPDX-License-Identifier: Apache-2.0
#include "models/report/art73.h"

#include "models/report/case_uco.h"
#include "models/report/pdf_verifier.h"
#include "models/report/report_pdf.h"
#include "tests/models/evidence/vector_files.h"
#include "tests/models/report/facts_on_test.h"
#include "tests/models/report/pack_on_test.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

namespace exhibit::report {
namespace {

using evidence::testing::filesIn;
using evidence::testing::readJson;
using evidence::testing::vectors;

Json mappingOf(const std::string& name)
{
    const char* const source = std::getenv("EXHIBIT_SOURCE_DIR");
    std::ostringstream text;
    text << std::ifstream((source == nullptr ? "." : std::string(source)) + "/resources/mappings/"
                          + name)
                .rdbuf();
    return parseJson(text.str()).value();
}

class Art73 : public ::testing::Test {
protected:
    Result<Art73Bundle> make(const Art73Entered& entered = {}) const
    {
        return makeArt73(
            readPackFacts(m_pack).value(), mappingOf("ai_act_art73.json"), entered, "/art73");
    }
    static const Art73Field& field(const Art73Bundle& bundle, std::string_view id)
    {
        return *std::find_if(bundle.fields.begin(), bundle.fields.end(), [id](const auto& one) {
            return one.id == id;
        });
    }

    Bytes m_pack = packOnTest(bundleOnTest(factsOnTest(), true));
};

TEST_F(Art73, showsTheHoldsThatThePackNames)
{
    const auto valueOf = [this](const std::optional<std::vector<std::string>>& holds) {
        auto facts = readPackFacts(m_pack).value();
        facts.holds = holds;
        const auto bundle = makeArt73(facts, mappingOf("ai_act_art73.json"), {}, "/art73").value();
        const auto& shown = field(bundle, "investigation_holds");
        return std::pair(shown.value.value_or(""), shown.origin);
    };
    EXPECT_EQ(valueOf({}), std::pair(std::string(), std::string("open")));
    EXPECT_EQ(valueOf(std::vector<std::string>{}),
              std::pair(std::string("No hold was in force when this was made."),
                        std::string("recorded")));
    EXPECT_EQ(valueOf(std::vector<std::string>{"hold_1", "hold_2"}),
              std::pair(std::string("2 holds in force when this was made: hold_1, hold_2"),
                        std::string("recorded")));
    Art73Entered entered;
    entered.fields = JsonObject{{"investigation_holds", "The team was told."}};
    EXPECT_EQ(field(make(entered).value(), "investigation_holds").origin, "entered");
}

TEST_F(Art73, countsCalendarDaysFromTheDayAfterAwareness)
{
    const auto at = [](const char* text) { return parseTime(text).value(); };
    EXPECT_EQ(dueDay(at("2026-11-21T00:00:00Z"), 15), "2026-12-06");
    EXPECT_EQ(dueDay(at("2026-11-21T23:59:59.999999Z"), 15), "2026-12-06");
    EXPECT_EQ(dueDay(at("2028-02-27T12:00:00Z"), 2), "2028-02-29");
    EXPECT_EQ(dueDay(at("2026-12-30T12:00:00+02:00"), 10), "2027-01-09");
    EXPECT_EQ(dueDay(at("2261-12-31T00:00:00Z"), kDeadlineDaysMax), "2271-12-29")
        << "behind what nanoseconds count to";
    EXPECT_EQ(dueDay(at("2026-11-21T00:00:00Z"), kDeadlineDaysMax + 1), std::nullopt);
    EXPECT_EQ(dueDay(at("2026-11-21T00:00:00Z"), -1), std::nullopt);
    Art73Entered entered;
    entered.awarenessAt = at("2026-11-21T10:00:00Z");
    auto bundle = make(entered).value();
    EXPECT_EQ(bundle.due, "2026-11-23") << "the shortest, while nobody said which";
    entered.circumstance = "death";
    bundle = make(entered).value();
    EXPECT_EQ(bundle.due, "2026-12-01");
    ASSERT_EQ(bundle.deadlines.size(), 3U);
    EXPECT_EQ(bundle.deadlines[2].days, 15);
    EXPECT_EQ(bundle.deadlines[2].due, "2026-12-06");
}

TEST_F(Art73, leavesOpenWhatNobodyKnows)
{
    const auto bundle = make().value();
    EXPECT_FALSE(bundle.due);
    EXPECT_EQ(field(bundle, "provider").origin, "open");
    EXPECT_FALSE(field(bundle, "provider").value);
    EXPECT_FALSE(field(bundle, "persons_affected").value);
    EXPECT_EQ(field(bundle, "model").origin, "recorded");
    EXPECT_EQ(field(bundle, "model").value, "gpt-4o");
    Art73Entered entered;
    entered.fields = JsonObject{{"provider", "Example SE"}};
    EXPECT_EQ(field(make(entered).value(), "provider").origin, "entered");
}

TEST_F(Art73, saysWhenItEndedOnlyWhereTheRunWasStoppedThere)
{
    const auto timesOf = [](const RecordedFacts& recorded, const Includes& include) {
        auto facts = readPackFacts(packOnTest(bundleOnTest(recorded, true))).value();
        facts.bundle = makeEvidenceBundle(recorded, {.include = include}).value();
        const auto bundle = makeArt73(facts, mappingOf("ai_act_art73.json"), {}, "/art73").value();
        return std::pair(field(bundle, "incident_start").value,
                         field(bundle, "incident_end").value);
    };
    auto recorded = factsOnTest();
    recorded.run.startedAt = recorded.incident.createdAt - std::chrono::minutes(7);
    const auto started = formatTime(recorded.run.startedAt);
    const auto violated = formatTime(recorded.steps[2].event.time);
    for (const auto& include : {Includes{}, everyInclude()}) {
        EXPECT_EQ(timesOf(recorded, include),
                  std::pair(std::optional(started), std::optional(violated)));
    }
    recorded.run.stoppedAtStep = 2;
    EXPECT_EQ(timesOf(recorded, {}).second, violated);
    recorded.run.stoppedAtStep = 9; // By something else, later.
    EXPECT_FALSE(timesOf(recorded, {}).second);
    recorded.run.stoppedAtStep = {};
    recorded.run.status = domain::RunStatus::Succeeded;
    recorded.steps[2].event.result = domain::DecisionResult::Warn;
    EXPECT_FALSE(timesOf(recorded, {}).second) << "the run went on";
    EXPECT_EQ(timesOf(recorded, {}).first, started);
}

TEST_F(Art73, takesTheLimbsOfTheLawAndNoOthers)
{
    Art73Entered entered;
    entered.fields = JsonObject{{"limb", "b"}};
    EXPECT_EQ(field(make(entered).value(), "limb").value, "b");
    entered.fields = JsonObject{{"limb", "e"}};
    EXPECT_EQ(make(entered).error().subject, "/art73/fields/limb");
    EXPECT_NE(make(entered).error().message.find("a, b, c, d"), std::string::npos);
    EXPECT_EQ(wireName(ReportStage::FollowUp), "follow-up");
}

TEST_F(Art73, refusesADeadlineThatIsNotThatOfTheLimb)
{
    Art73Entered entered;
    entered.fields = JsonObject{{"limb", "b"}};
    for (const auto* circumstance : {"general", "death"}) {
        entered.circumstance = circumstance;
        EXPECT_EQ(make(entered).error().subject, "/art73/circumstance") << circumstance;
    }
    EXPECT_NE(make(entered).error().message.find("10 days"), std::string::npos);
    entered.circumstance = "critical_infrastructure";
    EXPECT_TRUE(make(entered));
    entered.fields = JsonObject{{"limb", "c"}}; // A widespread infringement may be of any.
    EXPECT_TRUE(make(entered));
    entered.circumstance = "general";
    EXPECT_TRUE(make(entered));
}

TEST_F(Art73, refusesWhatTheReportHasNoPlaceFor)
{
    Art73Entered entered;
    entered.circumstance = "sometimes";
    EXPECT_EQ(make(entered).error().subject, "/art73/circumstance");
    EXPECT_NE(make(entered).error().message.find("critical_infrastructure, death, general"),
              std::string::npos)
        << make(entered).error().message;
    entered = {};
    entered.fields = JsonObject{{"guess", "x"}};
    EXPECT_EQ(make(entered).error().subject, "/art73/fields/guess");
    entered.fields = JsonObject{{"provider", std::string(4001, 'x')}};
    EXPECT_EQ(make(entered).error().subject, "/art73/fields/provider");
    entered.fields = JsonArray{};
    EXPECT_EQ(make(entered).error().subject, "/art73/fields");
}

TEST_F(Art73, itsPagesAreThoseOfItsBundleAndItsPackIsTheOneItNames)
{
    const Json json = toJson(make().value());
    EXPECT_EQ(toJson(fromJson<Art73Bundle>(json, UnknownMembers::Reject).value()), json);
    const Bytes text = printJson(json);
    EXPECT_FALSE(faultOfAttachments(text, ReportKind::AiActArt73, {{"evidence.exhibit", m_pack}}));
    EXPECT_TRUE(faultOfAttachments(text, ReportKind::AiActArt73, {{"evidence.exhibit", "x"}}));
    EXPECT_TRUE(faultOfAttachments(text, ReportKind::AiActArt73, {}));
    const auto pdf
        = makeBundleReport(text, ReportKind::AiActArt73, {{"evidence.exhibit", m_pack}}, {});
    ASSERT_TRUE(pdf) << pdf.error().message;
    const auto report = verifyReportPdf(*pdf, {}, {});
    const auto attached
        = std::find_if(report.checks.begin(), report.checks.end(), [](const auto& check) {
              return check.subject == "attachment";
          });
    ASSERT_NE(attached, report.checks.end());
    EXPECT_EQ(attached->result, evidence::CheckResult::Passed) << attached->detail;
}

TEST_F(Art73, caseGraphNamesEverythingItLinksTo)
{
    const auto facts = readPackFacts(m_pack).value();
    const Json graph = caseUco(facts, mappingOf("case_uco.json"));
    EXPECT_EQ(caseUco(facts, mappingOf("case_uco.json")), graph) << "the same pack, the same ids";
    std::set<std::string> ids;
    for (const auto& node : graph.at("@graph").as_array()) {
        EXPECT_TRUE(ids.insert(std::string(stringMember(node, "@id"))).second);
        const auto type = stringMember(node, "@type");
        EXPECT_NE(findMember(graph.at("@context"), type.substr(0, type.find(':'))), nullptr);
    }
    for (const auto& node : graph.at("@graph").as_array()) {
        for (const auto* name : {"uco-core:object", "uco-action:object", "uco-action:result"}) {
            const Json* const linked = findMember(node, name);
            if (linked == nullptr || !linked->is_array()) {
                continue;
            }
            for (const auto& link : linked->as_array()) {
                EXPECT_TRUE(ids.contains(std::string(stringMember(link, "@id")))) << name;
            }
        }
    }
    EXPECT_GE(ids.size(), facts.bundle.steps.size());
}

/// What kinds of values each property has, and which types there are.
struct Shapes {
    std::map<std::string, std::set<std::string>> values;
    std::set<std::string> types;

    void read(const Json& json)
    {
        if (const auto* list = json.if_array()) {
            for (const auto& one : *list) {
                read(one);
            }
        }
        if (const auto* object = json.if_object()) {
            for (const auto& [name, value] : *object) {
                if (name == "@type") {
                    addAll(types, value, [](const Json& type) {
                        return std::string(type.get_string());
                    });
                } else if (!name.starts_with("@")) {
                    addAll(values[std::string(name)], value, kindOf);
                    read(value);
                }
            }
        }
    }

private:
    template <class Of>
    static void addAll(std::set<std::string>& set, const Json& value, Of of)
    {
        if (const auto* list = value.if_array()) {
            for (const auto& one : *list) {
                set.insert(of(one));
            }
        } else {
            set.insert(of(value));
        }
    }
    static std::string kindOf(const Json& value)
    {
        if (findMember(value, "@value") != nullptr) {
            return "value of " + std::string(stringMember(value, "@type"));
        }
        if (const auto* object = value.if_object()) {
            return object->size() == 1 ? "link" : "node";
        }
        return value.is_string() ? "text" : value.is_bool() ? "boolean" : "number";
    }
};

TEST_F(Art73, caseGraphHasTheShapesOfThePublishedExamples)
{
    NEEDS_VECTORS();
    Shapes theirs;
    JsonObject prefixes;
    for (const auto& file : filesIn(vectors() / "case")) {
        const Json example = readJson(file);
        theirs.read(example.at("@graph"));
        for (const auto& [prefix, ontology] : example.at("@context").get_object()) {
            prefixes.insert_or_assign(prefix, ontology);
        }
    }
    const Json graph = caseUco(readPackFacts(m_pack).value(), mappingOf("case_uco.json"));
    Shapes ours;
    ours.read(graph.at("@graph"));
    int shared = 0;
    for (const auto& [property, kinds] : ours.values) {
        const auto known = theirs.values.find(property);
        if (known == theirs.values.end()) {
            continue;
        }
        ++shared;
        for (const auto& kind : kinds) {
            EXPECT_TRUE(known->second.contains(kind)) << property << " is a " << kind;
        }
    }
    EXPECT_GE(shared, 12);
    std::size_t types = 0;
    for (const auto& type : ours.types) {
        types += theirs.types.contains(type) ? 1 : 0;
    }
    EXPECT_GE(types, 9U) << "of " << ours.types.size();
    for (const auto& [prefix, ontology] : graph.at("@context").get_object()) {
        const auto* theirOntology = prefixes.if_contains(prefix);
        if (theirOntology != nullptr && prefix != "kb") {
            EXPECT_EQ(ontology, *theirOntology) << prefix;
        }
    }
}

} // namespace
} // namespace exhibit::report
