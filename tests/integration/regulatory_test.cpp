// SPDX-License-Identifier: Apache-2.0
// Drafts, routes by name and search results, from the command line to programs of others.
#include "models/base/strong_id.h"
#include "tests/integration/export_fixture.h"

namespace exhibit::test {
namespace {

class Regulatory : public Export {
protected:
    static Reply post(const std::string& path, const std::string& body)
    {
        const auto reply
            = s_server->request("POST", path, {{"Content-Type", "application/json"}}, body);
        EXPECT_TRUE(reply);
        return reply ? *reply : Reply{};
    }
    static std::string incidentPath(const std::string& name)
    {
        return "/api/v1/incidents/" + s_incident + "/export/" + name;
    }
};

TEST_F(Regulatory, aDraftUnderArticle73ComputesItsDeadlinesAndLeavesTheRestOpen)
{
    const std::string draft = (s_folder->path() / "draft.json").string();
    std::ofstream(draft) << R"({"awareness_at":"2026-11-21T10:00:00Z","circumstance":"death",)"
                            R"("fields":{"provider":"Example SE"}})";
    const std::string file = exportAs("ai_act_art73", {"--draft", draft});
    outputOf("qpdf", {"--check", file});
    const std::string text = outputOf("pdftotext", {"-layout", file, "-"});
    for (const auto* part : {"DRAFT", "2026-12-01", "APPLIES", "Example SE", "OPEN", "73(6)"}) {
        EXPECT_NE(text.find(part), text.npos) << part << text;
    }
    const Json report = verify(file, anchors());
    EXPECT_EQ(stringMember(report, "verdict"), "valid") << printJson(report);
    EXPECT_EQ(resultOf(report, "pages"), "passed") << printJson(report);
    const std::string json = exportAs("ai_act_art73_json", {"--draft", draft});
    validate("ai_act_art73.v1.json", json);
    const Json made = parseJson(contentOf(json)).value();
    for (const auto& field : made.at("fields").as_array()) {
        if (stringMember(field, "id").starts_with("incident_")) { // The run was stopped there.
            EXPECT_EQ(stringMember(field, "origin"), "recorded") << printJson(field);
        }
    }
    EXPECT_EQ(post("/api/v1/incidents/" + s_incident + "/export",
                   R"({"format":"ai_act_art73","art73":{"fields":{"guess":"x"}}})")
                  .status,
              400);
}

TEST_F(Regulatory, aDraftDeclarationIsSignedByNobody)
{
    const std::string file = exportAs("fre_902");
    outputOf("qpdf", {"--check", file});
    const std::string text = outputOf("pdftotext", {file, "-"});
    EXPECT_NE(text.find("Nobody has made this declaration"), text.npos) << text;
    EXPECT_EQ(contentOf(file).find("/ByteRange"), std::string::npos);
    const Json report = verify(file, anchors());
    EXPECT_EQ(stringMember(report, "verdict"), "valid") << printJson(report);
    for (const auto* subject : {"attachment", "pages", "file"}) {
        EXPECT_EQ(resultOf(report, subject), "passed") << subject << printJson(report);
    }
    EXPECT_EQ(resultOf(report, "signature"), "not_checked");
    outputOf("pdfdetach", {"-savefile", "fre902.json", "-o", file + ".json", file});
    validate("fre_902.v1.json", file + ".json");
    std::string changed = contentOf(file);
    changed[changed.size() / 2] ^= 1;
    std::ofstream(file + ".changed", std::ios::binary) << changed;
    EXPECT_NE(stringMember(verify(file + ".changed", anchors()), "verdict"), "valid");
}

TEST_F(Regulatory, theCaseGraphIsReadByAJsonLdParserThatIsNotOurs)
{
    const std::string file = exportAs("case_uco");
    outputOf("python3", {source() + "/tests/integration/case_check.py", file});
    const Json graph = parseJson(contentOf(file)).value();
    EXPECT_EQ(stringMember(graph.at("@context"), "uco-core"),
              "https://ontology.unifiedcyberontology.org/uco/core/");
    EXPECT_GT(graph.at("@graph").as_array().size(), 5U);
}

TEST_F(Regulatory, eachFormatHasARouteOfItsName)
{
    exportAs("json"); // Until the incident is in the signed log.
    EXPECT_TRUE(post(incidentPath("evidence"), "").body.starts_with("{"));
    EXPECT_TRUE(post(incidentPath("evidence?format=pdf"), "{}").body.starts_with("%PDF-"));
    EXPECT_EQ(post(incidentPath("evidence?format=doc"), "").status, 400);
    EXPECT_TRUE(post(incidentPath("executive-debrief"), "").body.starts_with("%PDF-"));
    EXPECT_TRUE(post(incidentPath("legal-discovery"), "").body.starts_with("PK"));
    EXPECT_TRUE(post(incidentPath("soc2"), "").body.starts_with("%PDF-")) << "of its quarter";
    EXPECT_EQ(post(incidentPath("soc2"), R"({"period_start":"2026-01-01"})").status, 400)
        << "no period is stated";
    EXPECT_EQ(
        post(incidentPath("soc2"), R"({"period_start":"2001-01-01","period_end":"2001-12-31"})")
            .status,
        400)
        << "the incident is not of that period";
    EXPECT_TRUE(
        post(incidentPath("soc2"), R"({"period_start":"2000-01-01","period_end":"2099-12-31"})")
            .body.starts_with("%PDF-"));
}

TEST_F(Regulatory, whatWasEnteredBeforeIsListedVersionByVersion)
{
    const auto ask = [](const char* method, const std::string& path, const std::string& body) {
        const auto reply
            = s_server->request(method, path, {{"Content-Type", "application/json"}}, body);
        EXPECT_TRUE(reply);
        return reply ? *reply : Reply{};
    };
    const std::string impact = "/api/v1/incidents/" + s_incident + "/impact";
    const std::string statement = "/api/v1/compliance/statement";
    for (const std::string words : {"first", "second"}) {
        const std::string assessed
            = R"({"risk_level":"low","approver":"Ada","business_impact":")" + words + "\"}";
        EXPECT_EQ(ask("PUT", impact, assessed).status, 200);
        const std::string stated = R"({"period_start":"2026-01-01","period_end":"2026-03-31",)"
                                   R"("control_objectives":[],"attestation_statement":")"
            + words + "\"}";
        EXPECT_EQ(ask("PUT", statement, stated).status, 200);
    }
    for (const auto& [path, value] :
         {std::pair(impact, "business_impact"), std::pair(statement, "attestation_statement")}) {
        const auto newest = parseJson(ask("GET", path + "/versions?limit=1", "").body);
        ASSERT_TRUE(newest);
        EXPECT_EQ(newest->at_pointer("/versions/0/version"), 2) << printJson(*newest);
        const std::string cursor(stringMember(*newest, "next_cursor"));
        const auto first
            = parseJson(ask("GET", path + "/versions?limit=1&cursor=" + cursor, "").body);
        ASSERT_TRUE(first);
        EXPECT_EQ(first->at_pointer("/versions/0/value").at(value), "first") << printJson(*first);
        EXPECT_TRUE(first->at("next_cursor").is_null());
        for (const auto* query : {"?limit=0", "?limit=201", "?limit=x", "?cursor=next"}) {
            EXPECT_EQ(ask("GET", path + "/versions" + query, "").status, 400) << query;
        }
    }
    const auto other = "/api/v1/incidents/" + IncidentId::generate().text() + "/impact/versions";
    EXPECT_EQ(ask("GET", other, "").status, 404);
}

TEST_F(Regulatory, whatTheSystemCannotSeeIsRecordedByPeople)
{
    const std::string path = "/api/v1/compliance/records";
    const auto ask = [&](const char* method, const std::string& more, const std::string& body) {
        const auto reply
            = s_server->request(method, path + more, {{"Content-Type", "application/json"}}, body);
        EXPECT_TRUE(reply);
        return reply ? *reply : Reply{};
    };
    const auto recordOf = [](const std::string& number, const std::string& text) {
        return R"({"kind":"backup_test","on":"2026-06-30","by":"Ada","text":")" + text + "\""
            + number + "}";
    };
    EXPECT_EQ(ask("GET", "", "").body, R"({"records":[],"next_cursor":null})");
    EXPECT_EQ(parseJson(ask("PUT", "", recordOf("", "one")).body)->at_pointer("/value/n"), 1);
    EXPECT_EQ(parseJson(ask("PUT", "", recordOf("", "two")).body)->at_pointer("/value/n"), 2);
    const auto again = parseJson(ask("PUT", "", recordOf(",\"n\":1", "mended")).body);
    EXPECT_EQ(again->at("version"), 2) << printJson(*again);
    const auto page = parseJson(ask("GET", "?limit=1", "").body);
    EXPECT_EQ(page->at_pointer("/records/0/value/n"), 2);
    const auto rest = parseJson(
        ask("GET", "?cursor=" + std::string(stringMember(*page, "next_cursor")), "").body);
    EXPECT_EQ(rest->at_pointer("/records/0/value/text"), "mended") << printJson(*rest);
    const auto versions = parseJson(ask("GET", "?n=1", "").body);
    EXPECT_EQ(versions->at_pointer("/versions/1/value/text"), "one") << printJson(*versions);
    EXPECT_EQ(ask("GET", "?n=9", "").status, 404);
    EXPECT_EQ(ask("PUT", "", recordOf(",\"n\":9", "x")).status, 404);
    EXPECT_EQ(ask("PUT", "", recordOf("", "")).status, 400);
    EXPECT_EQ(ask("PUT", "", recordOf(",\"kind_of\":1", "x")).status, 400);
}

TEST_F(Regulatory, evidenceOfAPeriodIsExportedFromTheCommandLine)
{
    const std::string file = (s_folder->path() / "soc2.csv").string();
    const auto done = s_server->controlJson({"export",
                                             "--format",
                                             "soc2_csv",
                                             "--from",
                                             "2000-01-01",
                                             "--to",
                                             "2099-12-31",
                                             "-o",
                                             file});
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_TRUE(contentOf(file).starts_with("criterion,"));
    EXPECT_FALSE(s_server->controlJson({"export", "--format", "pdf", "-o", file}));
}

TEST_F(Regulatory, beforeAPeriodIsStatedTheEvidenceIsOfTheIncidentsQuarter)
{
    exportAs("json"); // Until the incident is in the signed log.
    const std::string path = "/api/v1/incidents/" + s_incident + "/export";
    const auto periodOf = [&](const std::string& body) {
        const auto reply = post(path, body);
        EXPECT_EQ(reply.status, 200) << reply.body;
        const auto bundle = parseJson(reply.body).value();
        return std::pair(std::string(stringMember(bundle, "compliance_period_start")),
                         std::string(stringMember(bundle, "compliance_period_end")));
    };
    const auto incident
        = parseJson(s_server->request("GET", "/api/v1/incidents/" + s_incident)->body).value();
    const std::string day
        = std::string(stringMember(incident.at("incident"), "created_at")).substr(0, 10);
    const auto [from, to] = periodOf(R"({"format":"soc2_json"})");
    EXPECT_TRUE(from <= day && day <= to) << from << " " << day << " " << to;
    EXPECT_EQ(from.substr(7), "-01");
    EXPECT_EQ(std::stoi(to.substr(5, 2)) - std::stoi(from.substr(5, 2)), 2);
    EXPECT_EQ(std::stoi(to.substr(5, 2)) % 3, 0);
    const std::pair<std::string, std::string> asked{"2000-01-01", "2099-12-31"};
    EXPECT_EQ(periodOf(R"({"format":"soc2_json","period_start":"2000-01-01",)"
                       R"("period_end":"2099-12-31"})"),
              asked);
    EXPECT_TRUE(post(path, R"({"format":"soc2"})").body.starts_with("%PDF-"));
    EXPECT_EQ(post(path, R"({"format":"soc2_pdf"})").status, 400);
    EXPECT_EQ(
        post(path, R"({"format":"soc2","redactions":[{"path":"/facts","reason":"x"}]})").status,
        400);
    EXPECT_EQ(
        post("/api/v1/incidents/inc_00000000000000000000000000/export", R"({"format":"soc2"})")
            .status,
        404);
    const std::string file = exportAs("soc2");
    const Json report = verify(file, anchors());
    EXPECT_EQ(stringMember(report, "verdict"), "valid");
    std::size_t proven = 0;
    for (const auto& check : report.at("checks").as_array()) {
        const auto id = stringMember(check, "id");
        const bool ofLog = id == "inclusion" || id == "checkpoint";
        proven += ofLog && stringMember(check, "result") == "passed" ? 1 : 0;
    }
    EXPECT_GE(proven, 2U) << "entries and head that it names are shown: " << printJson(report);
    EXPECT_EQ(stringMember(verify(file, {}), "verdict"), "untrusted");

    const auto state = [&](const std::string& first, const std::string& last) {
        return s_server
            ->request("PUT",
                      "/api/v1/compliance/statement",
                      {{"Content-Type", "application/json"}},
                      R"({"period_start":")" + first + R"(","period_end":")" + last
                          + R"(","attestation_statement":"We answer.","auditor_notes":"",)"
                            R"("control_objectives":[]})")
            ->status;
    };
    EXPECT_EQ(state("2000-01-01", "2000-12-31"), 200);
    EXPECT_EQ(periodOf(R"({"format":"soc2_json"})").first, from) << "the stated one is another";
    EXPECT_EQ(state("2001-01-01", "2098-12-31"), 200);
    EXPECT_EQ(periodOf(R"({"format":"soc2_json"})").first, "2001-01-01");
}

TEST_F(Regulatory, whatASearchFindsIsAFileWithoutFormulasOrNames)
{
    const std::string csv = (s_folder->path() / "found.csv").string();
    const auto assigned = s_server->request("PATCH",
                                            "/api/v1/incidents/" + s_incident,
                                            {{"Content-Type", "application/json"}},
                                            R"({"assignee":"=1+cmd|calc"
})");
    ASSERT_EQ(assigned->status, 200) << assigned->body;
    auto done = s_server->controlJson({"search", "", "-o", csv, "--reason", "weekly"});
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(outputOf("python3",
                       {"-c",
                        "import csv,sys\n"
                        "rows=list(csv.DictReader(open(sys.argv[1],newline=''),strict=True))\n"
                        "assert not any(v[:1] in '=+-@' for r in rows for v in r.values() if v)\n"
                        "print(rows[0]['incident_id'],rows[0]['currency'],rows[0]['user_id'],"
                        "rows[0]['assignee'])",
                        csv}),
              s_incident + " USD  '=1+cmd|calc\n");
    const std::string lines = (s_folder->path() / "found.ndjson").string();
    done = s_server->controlJson({"search", "", "-o", lines, "--format", "ndjson"});
    ASSERT_TRUE(done) << done.error().message;
    const std::string text = contentOf(lines);
    const auto first = parseJson(text.substr(0, text.find('\n'))).value();
    EXPECT_EQ(stringMember(first, "incident_id"), s_incident);
    EXPECT_EQ(stringMember(first, "currency"), "USD");
    EXPECT_EQ(stringMember(first, "assignee"), "=1+cmd|calc") << "programs read it as it is";
    EXPECT_EQ(text.find("ada@"), text.npos);
    const std::string path = "/api/v1/incidents/search/export";
    EXPECT_EQ(post(path, R"({"format":"xlsx"})").status, 400);
    EXPECT_EQ(post(path, R"({"search":{"limit":5}})").status, 400);
    EXPECT_EQ(post(path, R"({"search":{"query":"nosuchfield:1"}})").status, 400);
}

TEST_F(Regulatory, callsThatASearchFindsAreAFileTooWithItsTrace)
{
    ASSERT_EQ(post("/v1/chat/completions",
                   R"({"model":"gpt-4o","user_id":"=ada","messages":[{"role":"user","content":)"
                   R"("=1+cmd|zanzibar for ada@example.com"}]})")
                  .status,
              200);
    const std::string csv = (s_folder->path() / "calls.csv").string();
    const auto found = [&](std::vector<std::string> more) {
        std::vector<std::string> command{"search", "zanzibar", "--calls", "-o", csv};
        command.insert(command.end(), more.begin(), more.end());
        const auto deadline = Deadline::after(std::chrono::seconds(20));
        std::string text;
        do { // Until the call is indexed.
            const auto done = s_server->controlJson(command);
            EXPECT_TRUE(done) << done.error().message;
            text = contentOf(csv);
        } while (text.find("zanzibar") == text.npos && !deadline.reached());
        return text;
    };
    const std::string script
        = "import csv,sys\n"
          "rows=list(csv.DictReader(open(sys.argv[1],newline=''),strict=True))\n"
          "assert not any(v[:1] in '=+-@' for r in rows for v in r.values() if v)\n"
          "r=rows[0]\n"
          "print(len(rows),r['outcome'],r['user_id'],r['asked'][:7],r['call_id'][:5])";
    EXPECT_EQ(found({}).find("ada"), std::string::npos);
    EXPECT_EQ(outputOf("python3", {"-c", script, csv}), "1 completed  '=1+cmd call_\n");
    found({"--unredacted", "--reason", "weekly"});
    EXPECT_EQ(outputOf("python3", {"-c", script, csv}), "1 completed '=ada '=1+cmd call_\n");
    const std::string line = found({"--format", "ndjson"});
    const auto call = parseJson(line).value();
    EXPECT_TRUE(stringMember(call, "asked").starts_with("=1+cmd|zanzibar")) << line;
    EXPECT_FALSE(call.as_object().contains("user_id")) << line;

    const std::string path = "/api/v1/calls/search/export";
    EXPECT_EQ(post(path, R"({"format":"xlsx"})").status, 400);
    EXPECT_EQ(post(path, R"({"search":{"limit":5}})").status, 400);
    EXPECT_EQ(post(path, R"({"search":{"query":"status:open"}})").status, 400);
    EXPECT_FALSE(s_server->controlJson({"search", "zanzibar", "--calls"}));
    const auto log = contentOf(exportAs("soc2_json", {"--unredacted"}));
    EXPECT_NE(log.find(R"(\"format\":\"calls/csv\")"), log.npos) << log;
    EXPECT_NE(log.find(R"(\"query\":\"zanzibar\")"), log.npos) << log;
}

} // namespace
} // namespace exhibit::test
