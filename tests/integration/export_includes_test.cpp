// SPDX-License-Identifier: Apache-2.0
// What each include covers, in each format: a pack, its bundle, the pages and the drafts hold what
// was asked for, nothing of what was not, and say so.
#include "models/base/base64.h"
#include "models/base/sha256.h"
#include "tests/integration/export_fixture.h"

#include <set>

namespace exhibit::test {
namespace {

constexpr const char* kIncludes[]
    = {"full_trace", "policy_log", "replay_cert", "root_cause", "raw_io"};
/// What of a model's two calls only one of them has.
constexpr const char* kAskedBefore = "asked before it went wrong";

class ExportIncludes : public Export {
protected:
    static void SetUpTestSuite()
    {
        Export::SetUpTestSuite();
        s_incident.clear();
        makeRun();
        exportAs("exhibit"); // Its entries are in the signed log from here on.
        const auto certified = s_server->controlJson({"certify", s_incident});
        ASSERT_TRUE(certified) << certified.error().message;
    }

    /// Two calls of one run, the second of which gives rise to the incident.
    static void makeRun()
    {
        const auto call = [](const std::string& sample, const std::string& body) {
            const auto reply
                = s_server->request("POST",
                                    "/v1/chat/completions",
                                    {{"Content-Type", "application/json"}, {"x-sample-id", sample}},
                                    body);
            ASSERT_TRUE(reply);
            ASSERT_EQ(reply->status, 200) << reply->body;
        };
        call("secret-2-safe", firstRequest());
        call("contract-2-answer",
             R"({"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"go on"}],)"
             R"("metadata":{"run_id":"two","context":{"contract":{"auto_renew":null}}}})");
        const auto deadline = Deadline::after(std::chrono::seconds(30));
        while (s_incident.empty() && !deadline.reached()) {
            const auto found = s_server->controlJson({"search", "run:two"});
            const Json* hits = found ? findMember(*found, "incidents") : nullptr;
            if (hits != nullptr && !hits->get_array().empty()) {
                s_incident = stringMember(hits->get_array()[0], "incident_id");
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
        ASSERT_FALSE(s_incident.empty());
    }

    static std::string firstRequest()
    {
        return R"({"model":"gpt-4o","messages":[{"role":"user","content":")"
            + std::string(kAskedBefore) + R"("}],"metadata":{"run_id":"two"}})";
    }

    static std::string with(const std::string& format) { return exportAs(format, optionsBut("")); }
    static std::string without(const std::string& include, const std::string& format)
    {
        return exportAs(format, optionsBut(include));
    }
    static std::vector<std::string> optionsBut(const std::string& left)
    {
        std::vector<std::string> options{"--unredacted", "--include"};
        for (const auto* const include : kIncludes) {
            if (include != left) {
                options.emplace_back(include);
            }
        }
        return options;
    }
    static std::string inPack(const std::string& pack, const std::string& name)
    {
        return outputOf("sh", {"-c", "unzip -p " + pack + " '*/" + name + "'"});
    }
    static std::string filesOf(const std::string& pack) { return outputOf("unzip", {"-Z1", pack}); }
    /// Whose bytes are shown.
    static std::size_t callsIn(const std::string& pack)
    {
        const auto files = filesOf(pack);
        std::size_t count = 0;
        for (auto at = files.find("/request.bin"); at != files.npos;
             at = files.find("/request.bin", at + 1)) {
            ++count;
        }
        return count;
    }
    /// Calls with a step in the bundle.
    static std::size_t callsIn(const Json& bundle)
    {
        std::set<std::string> calls;
        for (const auto& step : bundle.at("steps").as_array()) {
            calls.emplace(stringMember(step, "call_id"));
        }
        return calls.size();
    }
    static std::size_t stepsIn(const Json& bundle, std::string_view type)
    {
        std::size_t count = 0;
        for (const auto& step : bundle.at("steps").as_array()) {
            count += stringMember(step, "step_type") == type ? 1 : 0;
        }
        return count;
    }
    static Json jsonOf(const std::string& text)
    {
        const auto json = parseJson(text);
        EXPECT_TRUE(json) << text;
        return json ? *json : Json();
    }
    static std::string textOf(const std::string& pdf) { return outputOf("pdftotext", {pdf, "-"}); }
    /// Lines of a page end where they do.
    static std::string unbroken(std::string text)
    {
        for (char& c : text) {
            c = c == '\n' ? ' ' : c;
        }
        return text;
    }
};

TEST_F(ExportIncludes, fullTraceIsTheRunsOtherCalls)
{
    std::string pack = with("exhibit");
    EXPECT_EQ(callsIn(pack), 2U);
    EXPECT_EQ(stringMember(verify(pack, anchors()), "verdict"), "valid");
    EXPECT_EQ(jsonOf(inPack(pack, "data/case.json")).at("run_entries_left_out"), 0);
    EXPECT_EQ(callsIn(jsonOf(contentOf(with("json")))), 2U);
    EXPECT_EQ(textOf(with("pdf")).find("were left out"), std::string::npos);

    pack = without("full_trace", "exhibit");
    EXPECT_EQ(callsIn(pack), 1U);
    EXPECT_EQ(stringMember(verify(pack, anchors()), "verdict"), "valid");
    EXPECT_EQ(inPack(pack, "data/calls/*/request.bin").find(kAskedBefore), std::string::npos);
    const auto bundle = jsonOf(contentOf(without("full_trace", "json")));
    EXPECT_EQ(callsIn(bundle), 1U);
    EXPECT_GT(bundle.at("steps_recorded").as_int64(),
              static_cast<std::int64_t>(bundle.at("steps").as_array().size()));
    EXPECT_NE(unbroken(textOf(without("full_trace", "pdf")))
                  .find("Steps of the run’s other calls were left out"),
              std::string::npos);
}

TEST_F(ExportIncludes, policyLogIsTheDecisionsBesideTheOneThatOpenedTheIncident)
{
    EXPECT_GT(stepsIn(jsonOf(contentOf(with("json"))), "policy"), 1U);
    const auto bundle = jsonOf(contentOf(without("policy_log", "json")));
    EXPECT_EQ(stepsIn(bundle, "policy"), 1U);
    EXPECT_EQ(stringMember(bundle.at("violation"), "policy_id"), "CONTENT_ACCURACY");
    const std::string pack = without("policy_log", "exhibit");
    EXPECT_EQ(stringMember(verify(pack, anchors()), "verdict"), "valid");
    const auto withheld = inPack(pack, "data/redactions.json");
    EXPECT_NE(withheld.find(R"("p":"/steps")"), withheld.npos)
        << "a hash over all of them would let them be guessed";
    EXPECT_NE(textOf(without("policy_log", "pdf")).find("CONTENT_ACCURACY"), std::string::npos);
}

TEST_F(ExportIncludes, replayCertIsTheCertificates)
{
    EXPECT_NE(filesOf(with("exhibit")).find("/data/certificates/"), std::string::npos);
    EXPECT_EQ(filesOf(without("replay_cert", "exhibit")).find("/data/certificates/"),
              std::string::npos);
    EXPECT_NE(textOf(with("pdf")).find("cert_"), std::string::npos);
    const auto text = unbroken(textOf(without("replay_cert", "pdf")));
    EXPECT_EQ(text.find("cert_"), text.npos) << text;
    EXPECT_EQ(text.find("none issued"), text.npos) << "one was";
    EXPECT_NE(text.find("left out of this export by choice, whether or not one was issued"),
              text.npos);
}

TEST_F(ExportIncludes, rootCauseIsWhatWasFoundToHaveCausedIt)
{
    EXPECT_NE(contentOf(with("json")).find("root_cause"), std::string::npos);
    const auto bundle = jsonOf(contentOf(without("root_cause", "json")));
    EXPECT_EQ(findMember(bundle.at("incident"), "root_cause"), nullptr);
    EXPECT_EQ(stepsIn(bundle, "root_cause"), 0U);
    const std::string member = "causing_step"; // Its words are those of the decision, too.
    EXPECT_NE(inPack(with("exhibit"), "data/exports/*.json").find(member), std::string::npos);
    const std::string pack = without("root_cause", "exhibit");
    EXPECT_EQ(stringMember(verify(pack, anchors()), "verdict"), "valid");
    for (const auto* files : {"data/fields/*/*.json", "data/exports/*.json"}) {
        EXPECT_EQ(inPack(pack, files).find(member), std::string::npos) << files;
    }
    EXPECT_NE(unbroken(textOf(without("root_cause", "pdf"))).find("The root cause was left out"),
              std::string::npos);
    EXPECT_NE(unbroken(textOf(without("root_cause", "executive_debrief")))
                  .find("Why it happened was left out"),
              std::string::npos);
    const auto draft = jsonOf(contentOf(without("root_cause", "ai_act_art73_json")));
    for (const auto& field : draft.at("fields").as_array()) {
        if (stringMember(field, "id") == "cause_recorded") {
            EXPECT_EQ(stringMember(field, "origin"), "open") << printJson(field);
        }
    }
}

TEST_F(ExportIncludes, rawIoIsWhatWasAskedAndAnsweredWordForWord)
{
    EXPECT_NE(contentOf(with("json")).find(kAskedBefore), std::string::npos);
    EXPECT_EQ(contentOf(without("raw_io", "json")).find(kAskedBefore), std::string::npos);
    EXPECT_NE(inPack(with("exhibit"), "data/calls/*/request.bin").find(kAskedBefore),
              std::string::npos);
    const std::string pack = without("raw_io", "exhibit");
    EXPECT_EQ(filesOf(pack).find("/data/calls/"), std::string::npos);
    EXPECT_EQ(inPack(pack, "data/exports/*.json").find(kAskedBefore), std::string::npos);
    EXPECT_EQ(stringMember(verify(pack, anchors()), "verdict"), "valid");
}

TEST_F(ExportIncludes, aRequestThatIsNotShownCannotBeGuessedByItsHash)
{
    const auto digest = sha256(firstRequest());
    const std::string spellings[] = {toHex(asView(digest)), toBase64(asView(digest))};
    const auto shown = [&](const std::string& file) {
        const std::string text = contentOf(file); // Packs store their files as they are.
        std::size_t count = 0;
        for (const auto& spelling : spellings) {
            count += text.find(spelling) == text.npos ? 0 : 1;
        }
        return count;
    };
    auto redacted = optionsBut("");
    redacted.erase(redacted.begin()); // --unredacted
    EXPECT_EQ(shown(with("exhibit")), 2U) << "in the bundle and in the entry's field";
    EXPECT_EQ(shown(without("raw_io", "exhibit")), 0U);
    EXPECT_EQ(shown(exportAs("exhibit", redacted)), 0U);
    EXPECT_EQ(stringMember(verify(exportAs("exhibit", redacted), anchors()), "verdict"), "valid");
    EXPECT_EQ(shown(with("json")), 1U);
    EXPECT_EQ(shown(exportAs("json", redacted)), 0U);
    EXPECT_EQ(shown(exportAs("case_uco", redacted)), 0U);
}

TEST_F(ExportIncludes, everyFormatSaysWhatWasLeftOut)
{
    const std::string whole = unbroken(textOf(with("pdf")));
    EXPECT_EQ(whole.find("by choice"), whole.npos);
    for (const std::string include : kIncludes) {
        for (const auto* format : {"pdf", "executive_debrief", "ai_act_art73"}) {
            const std::string file = without(include, format);
            const auto text = unbroken(textOf(file));
            const auto said = text.find("Left out of this export by choice:");
            ASSERT_NE(said, text.npos) << format << " " << include;
            EXPECT_NE(text.find("(" + include + ")", said), text.npos) << format << " " << text;
            const Json report = verify(file, anchors());
            EXPECT_EQ(resultOf(report, "pages"), "passed") << printJson(report);
        }
        for (const auto* format : {"json", "executive_debrief_json", "ai_act_art73_json"}) {
            const auto json = jsonOf(contentOf(without(include, format)));
            EXPECT_EQ(json.at("left_out"), (JsonArray{include})) << format;
        }
        const std::string pack = without(include, "exhibit");
        const auto asked = printJson(jsonOf(inPack(pack, "data/case.json")).at("include"));
        EXPECT_EQ(asked.find("\"" + include + "\""), asked.npos) << asked;
        const std::string file = (s_folder->path() / "evidence.json").string();
        std::ofstream(file, std::ios::binary) << inPack(pack, "data/exports/evidence.json");
        validate("evidence_bundle.v1.json", file);
    }
}

TEST_F(ExportIncludes, reportsNameTheKeyAndTheCurrency)
{
    const auto text = unbroken(textOf(with("executive_debrief")));
    EXPECT_NE(text.find("USD 0."), text.npos) << text;
    const auto made = s_server->controlJson({"key",
                                             "create",
                                             "--project",
                                             "default",
                                             "--role",
                                             "service",
                                             "--label",
                                             "R. Lindqvist, counsel",
                                             "--scopes",
                                             "evidence:export"});
    ASSERT_TRUE(made) << made.error().message;
    const auto reply = exchange(
        s_server->port(),
        requestText("POST",
                    "/api/v1/incidents/" + s_incident + "/export",
                    {{"Content-Type", "application/json"},
                     {"Authorization", "Bearer " + std::string(stringMember(*made, "key"))}},
                    R"({"format":"pdf"})"),
        Deadline::after(std::chrono::seconds(60)));
    ASSERT_TRUE(reply && reply->status == 200) << reply->body;
    const std::string file = (s_folder->path() / "named.pdf").string();
    std::ofstream(file, std::ios::binary) << reply->body;
    EXPECT_NE(unbroken(textOf(file)).find("(R. Lindqvist, counsel)"), std::string::npos);
}

} // namespace
} // namespace exhibit::test
