// SPDX-License-Identifier: Apache-2.0
// What people enter for reports, from the command line to a real server and into what is handed
// out.
#include "tests/integration/export_fixture.h"

namespace exhibit::test {
namespace {

class Entered : public Export {
protected:
    static std::string write(const std::string& name, const std::string& text)
    {
        const std::string file = (s_folder->path() / name).string();
        std::ofstream(file) << text;
        return file;
    }
    static Json control(std::vector<std::string> arguments)
    {
        const auto done = s_server->controlJson(arguments);
        EXPECT_TRUE(done) << arguments.front() << ": " << done.error().message;
        return done ? *done : Json(JsonObject{});
    }
    /// As a person sees it.
    static Finished told(std::vector<std::string> arguments)
    {
        const auto done = s_server->control(std::move(arguments));
        EXPECT_TRUE(done);
        return done ? *done : Finished{};
    }
    /// The same with what it says on standard error.
    static Finished toldAll(const std::vector<std::string>& arguments)
    {
        std::vector<std::string> all{"-c",
                                     "exec \"$0\" \"$@\" 2>&1",
                                     programPath("exhibitctl"),
                                     "--server",
                                     s_server->url(),
                                     "--key-file",
                                     (s_folder->path() / "data" / "admin.key").string()};
        all.insert(all.end(), arguments.begin(), arguments.end());
        const auto done = run(
            "/bin/sh", {.arguments = std::move(all)}, Deadline::after(std::chrono::seconds(60)));
        EXPECT_TRUE(done);
        return done ? *done : Finished{};
    }
};

TEST_F(Entered, theImpactIsSetFromAFileAndItsVersionsStay)
{
    EXPECT_NE(told({"impact", "show", s_incident}).output.find("Nobody has assessed"),
              std::string::npos);
    const std::string first = write(
        "impact.json", R"({"business_impact":"A contract was at stake.","risk_level":"low"})");
    EXPECT_EQ(told({"impact", "set", s_incident, first}).output, "version 1\n");
    const std::string second
        = write("impact2.json", R"({"business_impact":"Two contracts were.","risk_level":"high"})");
    EXPECT_EQ(control({"impact", "set", s_incident, second}).at_pointer("/newest/version"), 2);
    const auto shown = told({"impact", "show", s_incident}).output;
    EXPECT_NE(shown.find("Two contracts were."), shown.npos) << shown;
    EXPECT_NE(shown.find("risk level"), shown.npos) << shown;
    const Json all = control({"impact", "history", s_incident, "--limit", "1"});
    EXPECT_EQ(all.at("versions").as_array().size(), 1U);
    const auto older = told({"impact",
                             "history",
                             s_incident,
                             "--cursor",
                             std::string(stringMember(all, "next_cursor"))});
    EXPECT_NE(older.output.find("A contract was at stake."), older.output.npos) << older.output;
    const std::string report = outputOf("pdftotext", {exportAs("executive_debrief"), "-"});
    EXPECT_NE(report.find("Two contracts were."), report.npos) << report;
}

TEST_F(Entered, aFileIsReadFromStandardInputAndWhatIsWrongInItIsNamed)
{
    const std::string keys = (s_folder->path() / "data" / "admin.key").string();
    const auto piped
        = run("/bin/sh",
              {.arguments = {"-c",
                             "printf '%s' \"$1\" | \"$2\" impact set \"$3\" - --server \"$4\" "
                             "--key-file \"$5\"",
                             "sh",
                             R"({"business_impact":"From a pipe.","risk_level":"medium"})",
                             programPath("exhibitctl"),
                             s_incident,
                             s_server->url(),
                             keys}},
              Deadline::after(std::chrono::seconds(60)));
    ASSERT_TRUE(piped);
    EXPECT_EQ(piped->exitCode, 0) << piped->output;
    EXPECT_TRUE(piped->output.starts_with("version ")) << piped->output;
    const std::string wrong
        = write("wrong.json", R"({"business_impact":"x","risk_level":"grave"})");
    const auto refused = toldAll({"impact", "set", s_incident, wrong});
    EXPECT_EQ(refused.exitCode, 2);
    EXPECT_NE(refused.output.find(wrong + " at /risk_level"), refused.output.npos)
        << refused.output;
    EXPECT_EQ(told({"impact", "set", s_incident, write("no.json", "no JSON")}).exitCode, 2);
    EXPECT_EQ(told({"impact", "set", s_incident, "/nowhere.json"}).exitCode, 2);
    const std::string good = write("good.json", R"({"business_impact":"x","risk_level":"low"})");
    const auto nowhere = toldAll({"impact", "set", "inc_00000000000000000000000000", good});
    EXPECT_EQ(nowhere.exitCode, 1);
    EXPECT_EQ(nowhere.output.find(good), nowhere.output.npos) << nowhere.output;
    EXPECT_EQ(told({"impact", "show", "inc_00000000000000000000000000"}).exitCode, 1);
}

TEST_F(Entered, remediationsAreImportedAllOrNone)
{
    const std::string file = write("items.json",
                                   R"([{"action":"Send the flag","owner":"team"},)"
                                   R"({"action":"Add a tool"}])");
    const Json all = control({"remediation", "import", s_incident, file});
    EXPECT_EQ(all.at("remediations").as_array().size(), 2U);
    const std::string list = write("list.json", R"([{"action":"A third"},{"action":""}])");
    const auto refused = toldAll({"remediation", "import", s_incident, list});
    EXPECT_EQ(refused.exitCode, 2);
    EXPECT_NE(refused.output.find(list + " at /1/action"), refused.output.npos) << refused.output;
    const std::string bad
        = write("bad.json", R"({"items":[{"action":"A third"},{"n":77,"action":"of nothing"}]})");
    EXPECT_NE(told({"remediation", "import", s_incident, bad}).exitCode, 0);
    const auto listed = told({"remediation", "list", s_incident}).output;
    EXPECT_NE(listed.find("Add a tool"), listed.npos) << listed;
    EXPECT_EQ(listed.find("A third"), listed.npos) << listed;
}

TEST_F(Entered, theStatementStandsInTheEvidenceOfItsPeriod)
{
    const std::string file = write(
        "statement.json",
        R"({"period_start":"2000-01-01","period_end":"2099-12-31","attestation_statement":)"
        R"("We operate the controls.","auditor_notes":"For the fieldwork.","control_objectives":)"
        R"([{"criterion":"CC7.2","control_id":"OPS-1","objective":"Anomalies are looked at"}]})");
    EXPECT_EQ(told({"compliance", "state", file}).output, "version 1\n");
    const auto shown = told({"compliance", "show"}).output;
    EXPECT_NE(shown.find("We operate the controls."), shown.npos) << shown;
    EXPECT_EQ(control({"compliance", "history"}).at("versions").as_array().size(), 1U);
    const Json record = control(
        {"compliance",
         "record",
         write(
             "record.json",
             R"({"kind":"backup_test","on":"2026-11-20","by":"R. Lindqvist","text":"Restored."})")});
    EXPECT_EQ(record.at("version"), 1);
    const auto number = record.at_pointer("/value/n").as_int64();
    const std::string again = write("again.json",
                                    R"({"n":)" + std::to_string(number)
                                        + R"(,"kind":"backup_test","on":"2026-11-21","by":)"
                                          R"("R. Lindqvist","text":"Restored twice."})");
    EXPECT_EQ(told({"compliance", "record", again}).output,
              "record " + std::to_string(number) + ", version 2\n");
    EXPECT_NE(told({"compliance", "records"}).output.find("Restored twice."), std::string::npos);
    const Json versions = control({"compliance", "record-history", std::to_string(number)});
    EXPECT_EQ(versions.at("versions").as_array().size(), 2U);
    const std::string report = (s_folder->path() / "soc2.json").string();
    control({"export", "--format", "soc2_json", "-o", report});
    const std::string text = contentOf(report);
    for (const auto* part : {"We operate the controls.", "OPS-1", "Restored twice."}) {
        EXPECT_NE(text.find(part), text.npos) << part;
    }
}

TEST_F(Entered, holdsArePlacedOnWhatIsNamedAndReleased)
{
    EXPECT_EQ(told({"hold", "place", "--reason", "litigation"}).exitCode, 2)
        << "what it covers is not to be forgotten";
    const Json placed
        = control({"hold", "place", "--incident", s_incident, "--reason", "litigation"});
    const std::string id(stringMember(placed, "hold_id"));
    auto listed = told({"hold", "list"}).output;
    EXPECT_NE(listed.find(id), listed.npos) << listed;
    EXPECT_NE(listed.find(s_incident), listed.npos) << listed;
    EXPECT_EQ(told({"hold", "release", id}).output, id + "  released\n");
    listed = told({"hold", "list"}).output;
    EXPECT_EQ(listed.find(id), listed.npos) << listed;
    listed = told({"hold", "list", "--all"}).output;
    EXPECT_NE(listed.find(id), listed.npos) << listed;
    EXPECT_EQ(told({"hold", "release", id}).exitCode, 1) << "it is released already";
    EXPECT_EQ(
        told({"hold", "place", "--subject", "user:ada@example.com", "--reason", "r"}).exitCode, 0);
}

} // namespace
} // namespace exhibit::test
