// SPDX-License-Identifier: Apache-2.0
// From a call through the proxy to what leaves the building: real server, signer, PostgreSQL.
#include "tests/integration/export_fixture.h"

#include <map>
#include <set>

namespace exhibit::test {
namespace {

using namespace std::chrono_literals;

TEST_F(Export, theBundleFollowsItsPublishedSchema)
{
    const auto noted = s_server->request("PATCH",
                                         "/api/v1/incidents/" + s_incident,
                                         {{"Content-Type", "application/json"}},
                                         R"({"add_note":"Between colleagues."})");
    ASSERT_TRUE(noted);
    ASSERT_EQ(noted->status, 200) << noted->body;
    const std::string file
        = exportAs("json", {"--include", "full_trace", "raw_io", "policy_log", "root_cause"});
    validate("evidence_bundle.v1.json", file);
    const Json bundle = parseJson(contentOf(file)).value();
    EXPECT_EQ(stringMember(bundle.at("incident"), "incident_id"), s_incident);
    EXPECT_EQ(stringMember(bundle.at("violation"), "policy_id"), "CONTENT_ACCURACY");
    EXPECT_EQ(contentOf(file).find("ada@"), std::string::npos);
}

TEST_F(Export, theReportSaysWhatHappenedAndIsReadByOthers)
{
    const std::string file = exportAs("pdf", {"--reason", "counsel asked"});
    outputOf("qpdf", {"--check", file});
    const std::string text = outputOf("pdftotext", {file, "-"});
    std::size_t at = 0;
    for (const auto* part : {"counsel asked",
                             "1 Executive summary",
                             "2 Root cause",
                             "Should have",
                             "contract.auto_renew",
                             "sent without a value",
                             "3 Impact",
                             "Nobody has assessed the impact yet.",
                             "4 Remediation",
                             "No remediation is recorded.",
                             "5 Evidence certificate",
                             "none issued",
                             "6 Decision trace",
                             "INFLECTION"}) {
        const auto found = text.find(part, at);
        ASSERT_NE(found, text.npos) << part << "\n" << text;
        at = found;
    }
    EXPECT_NE(text.find(s_incident), text.npos);
    EXPECT_EQ(text.find("ada@"), text.npos);
}

TEST_F(Export, theReportVerifiesWithPinnedKeysAndIsSoundForOthers)
{
    const std::string file = exportAs("pdf");
    const Json report = verify(file, anchors());
    EXPECT_EQ(stringMember(report, "verdict"), "valid") << printJson(report);
    for (const auto* subject : {"signature", "attachment", "pages"}) {
        EXPECT_EQ(resultOf(report, subject), "passed") << subject << printJson(report);
    }
    EXPECT_EQ(stringMember(verify(file, {}), "verdict"), "untrusted");
    const std::string signature = outputOf("pdfsig", {"-nocert", file});
    EXPECT_NE(signature.find("Signature is Valid."), std::string::npos) << signature;
    EXPECT_NE(signature.find("Total document signed"), std::string::npos) << signature;

    const std::string pack = (s_folder->path() / "attached.exhibit").string();
    outputOf("pdfdetach", {"-save", "1", "-o", pack, file});
    EXPECT_EQ(stringMember(verify(pack, anchors()), "verdict"), "valid");
    EXPECT_NE(outputOf("pdftotext", {file, "-"}).find(outputOf("sha256sum", {pack}).substr(0, 64)),
              std::string::npos)
        << "the pack's hash stands at the foot of each page";
}

TEST_F(Export, howOftenItWasHandedOutKeepsNoIncidentIn)
{
    const auto leftOut = [] {
        const std::string pack = exportAs("exhibit");
        EXPECT_EQ(stringMember(verify(pack, anchors()), "verdict"), "valid");
        const auto text = outputOf("sh", {"-c", "unzip -p " + pack + " '*/data/case.json'"});
        return parseJson(text).value().at("exports_left_out").to_number<std::int64_t>();
    };
    EXPECT_EQ(leftOut(), 0);
    for (int i = 0; i < 60; ++i) {
        exportAs("json");
    }
    EXPECT_GT(leftOut(), 0);
}

TEST_F(Export, thePackSaysWhoseRecordsTheseAreAndByWhatRightTheyLeave)
{
    const std::string pack
        = exportAs("exhibit", {"--case", "C-7", "--authority", "order of 3 November"});
    const auto text = outputOf("sh", {"-c", "unzip -p " + pack + " '*/data/case.json'"});
    const Json file = parseJson(text).value();
    EXPECT_EQ(stringMember(file, "case"), "C-7");
    EXPECT_EQ(stringMember(file, "authority"), "order of 3 November");
    EXPECT_EQ(stringMember(file, "custodian"), "Default");
    EXPECT_EQ(file.at("classifications"), Json(JsonArray{"owasp-llm-2025:LLM09"}));
}

TEST_F(Export, aChangedByteAnywhereIsFound)
{
    const std::string pdf = contentOf(exportAs("pdf"));
    const auto pinned = anchors();
    const std::string file = (s_folder->path() / "changed.pdf").string();
    for (std::size_t i = 1; i <= 12; ++i) {
        std::string changed = pdf;
        const std::size_t at = pdf.size() * i / 13;
        changed[at] = static_cast<char>(changed[at] ^ 0x10);
        std::ofstream(file, std::ios::binary) << changed;
        const Json report = verify(file, pinned);
        EXPECT_NE(stringMember(report, "verdict"), "valid") << at;
        EXPECT_NE(stringMember(report, "verdict"), "untrusted") << at;
    }
    std::ofstream(file, std::ios::binary) << pdf << "\n%%EOF\n";
    EXPECT_EQ(stringMember(verify(file, pinned), "verdict"), "invalid");
}

TEST_F(Export, whatPeopleEnterIsVersionedAndStandsInTheReports)
{
    const std::string base = "/api/v1/incidents/" + s_incident;
    const auto put = [&](const std::string& path, const std::string& body) {
        const auto reply
            = s_server->request("PUT", base + path, {{"Content-Type", "application/json"}}, body);
        EXPECT_TRUE(reply);
        return reply ? *reply : Reply{};
    };
    const auto none = s_server->request("GET", base + "/impact");
    EXPECT_EQ(none->body, R"({"newest":null})");
    EXPECT_EQ(put("/impact", R"({"business_impact":"","risk_level":"low"})").status, 400);
    EXPECT_EQ(put("/impact", R"({"business_impact":"x","risk_level":"grave"})").status, 400);
    EXPECT_EQ(put("/impact", R"({"business_impact":"first","risk_level":"low"})").status, 200);
    const auto second = put(
        "/impact",
        R"({"business_impact":"A contract was at stake.","risk_level":"high",)"
        R"("personal_information":{"involved":true,"what":"names","whose":"customers","count":2}})");
    EXPECT_EQ(second.status, 200) << second.body;
    EXPECT_EQ(parseJson(second.body)->at_pointer("/newest/version"), 2);
    EXPECT_EQ(put("/remediations", R"({"items":[{"action":"x","due":"soon"}]})").status, 400);
    EXPECT_EQ(put("/remediations", R"({"items":[{"n":7,"action":"x"}]})").status, 404);
    EXPECT_EQ(
        put("/remediations",
            R"({"items":[{"action":"Send the flag","owner":"team"},{"action":"Add a tool"}]})")
            .status,
        200);
    const auto changed = put("/remediations",
                             R"({"items":[{"n":1,"action":"Send the flag","due":"2026-12-01",)"
                             R"("state":"done","approver":"R. Lindqvist"}]})");
    EXPECT_EQ(changed.status, 200) << changed.body;
    EXPECT_EQ(parseJson(changed.body)->at_pointer("/remediations/0/version"), 2);
    const std::string file = exportAs("executive_debrief");
    EXPECT_NE(outputOf("pdfinfo", {file}).find("Pages:           2"), std::string::npos);
    const std::string text = outputOf("pdftotext", {file, "-"});
    for (const auto* part :
         {"A contract was at stake.", "Send the flag", "1 of 2 done", "2 people"}) {
        EXPECT_NE(text.find(part), text.npos) << part << text;
    }
    const Json report = verify(file, anchors());
    EXPECT_EQ(stringMember(report, "verdict"), "valid") << printJson(report);
    EXPECT_EQ(resultOf(report, "pages"), "passed");
    const std::string pack = (s_folder->path() / "debrief.exhibit").string();
    outputOf("pdfdetach", {"-save", "1", "-o", pack, file});
    outputOf("sh",
             {"-c",
              "unzip -p " + pack + " '*/data/exports/executive_debrief.json' > " + pack + ".json"});
    validate("executive_debrief.v1.json", pack + ".json");

    const std::string alone = exportAs("executive_debrief_json");
    validate("executive_debrief.v1.json", alone);
    Json inPack = parseJson(contentOf(pack + ".json")).value();
    Json debrief = parseJson(contentOf(alone)).value();
    EXPECT_EQ(stringMember(debrief, "business_impact"), "A contract was at stake.");
    for (const auto* own : {"bundle_id", "created_at"}) { // Each export has its own.
        inPack.as_object().erase(own);
        debrief.as_object().erase(own);
    }
    EXPECT_EQ(debrief, inPack);
}

/// Every row that counts something names the newest entry of the log that belongs to it.
void expectRowsWithEntries(const std::string& json)
{
    const auto bundle = parseJson(contentOf(json)).value();
    std::set<std::string> counted;
    for (const auto& row : bundle.at("rows").as_array()) {
        const std::string criterion(row.at("criterion").as_string());
        if (row.at("population_count").to_number<std::int64_t>() > 0) {
            counted.insert(criterion);
            // Versions of software are in no entry of the tenant's log.
            EXPECT_EQ(row.as_object().contains("entry_seq"), criterion != "CC6.8")
                << printJson(row);
        }
        if (criterion == "CC2.1") {
            EXPECT_EQ(row.at("population_count"), bundle.at("log").at("entries"));
        }
    }
    for (const auto* criterion : {"CC2.1", "CC6.7", "CC7.2", "CC7.4", "CC8.1"}) {
        EXPECT_TRUE(counted.contains(criterion)) << criterion;
    }
}

/// What CC7.2 asks of an incident: rule, signal, first and last entry, who looked at it.
void expectDetection(const Json& member, const std::string& triager)
{
    const auto& details = member.at("details");
    EXPECT_EQ(details.at("policy_id"), "CONTENT_ACCURACY") << printJson(member);
    EXPECT_TRUE(details.at("policy_version").is_number()) << printJson(member);
    EXPECT_TRUE(member.at("entry_seq").is_number()) << printJson(member);
    EXPECT_FALSE(stringMember(details, "signal").empty()) << printJson(member);
    EXPECT_TRUE(details.at("first_seq").is_number()) << printJson(member);
    EXPECT_EQ(stringMember(details, "triaged_by"), triager) << printJson(member);
}

TEST_F(Export, evidenceForAnAuditorIsOfAPeriodAndAttestsNothingOfItself)
{
    const auto ask = [](const char* method, const std::string& path, const std::string& body) {
        const auto reply
            = s_server->request(method, path, {{"Content-Type", "application/json"}}, body);
        EXPECT_TRUE(reply);
        return reply ? *reply : Reply{};
    };
    const std::string path = "/api/v1/compliance/soc2/export";
    EXPECT_EQ(ask("POST", path, "{}").status, 400) << "no period is stated";
    EXPECT_EQ(
        ask("PATCH", "/api/v1/incidents/" + s_incident, R"({"status":"investigating"})").status,
        200);
    const auto keys = parseJson(ask("GET", "/admin/keys", "").body);
    ASSERT_TRUE(keys);
    const std::string triager(stringMember(keys->at("keys").at(0), "key_id"));
    EXPECT_EQ(
        ask("POST", path, R"({"period_start":"2026-02-30","period_end":"2026-03-01"})").status,
        400);
    const auto stated = ask(
        "PUT",
        "/api/v1/compliance/statement",
        R"({"period_start":"2000-01-01","period_end":"2099-12-31","auditor_notes":"see C-1",)"
        R"("attestation_statement":"We answer for these controls.","control_objectives":)"
        R"([{"criterion":"CC7.2","control_id":"C-1","objective":"Find what breaks a policy."},)"
        R"({"criterion":"CC7.2","control_id":"C-2","objective":"Look at it."}]})");
    EXPECT_EQ(stated.status, 200) << stated.body;
    const std::string json = (s_folder->path() / "soc2.json").string();
    std::ofstream(json, std::ios::binary) << ask("POST", path, R"({"format":"json"})").body;
    validate("soc2.v1.json", json);
    expectRowsWithEntries(json);
    const std::string csv = ask("POST", path, R"({"format":"csv"})").body;
    EXPECT_NE(csv.find("CC7.2,\"C-1; C-2\","), csv.npos) << csv;

    const std::string pdf = (s_folder->path() / "soc2.pdf").string();
    const auto made = ask("POST", path, "{}");
    ASSERT_EQ(made.status, 200) << made.body;
    std::ofstream(pdf, std::ios::binary) << made.body;
    const Json report = verify(pdf, anchors());
    EXPECT_EQ(stringMember(report, "verdict"), "valid") << printJson(report);
    EXPECT_EQ(resultOf(report, "pages"), "passed") << printJson(report);
    EXPECT_NE(outputOf("pdfsig", {"-nocert", pdf}).find("Signature is Valid."), std::string::npos);
    const std::string text = outputOf("pdftotext", {pdf, "-"});
    EXPECT_NE(text.find("We answer for these controls."), text.npos);
    const std::string listing = (s_folder->path() / "CC7.2.ndjson").string();
    outputOf("pdfdetach", {"-savefile", "CC7.2.ndjson", "-o", listing, pdf});
    const auto member = parseJson(contentOf(listing).substr(0, contentOf(listing).find('\n')));
    ASSERT_TRUE(member) << contentOf(listing);
    expectDetection(*member, triager);
    EXPECT_NE(contentOf(json).find("Nobody recorded what was communicated to whom."),
              std::string::npos);
    // Of another period it says nothing, not even which controls there are.
    EXPECT_EQ(ask("POST",
                  path,
                  R"({"format":"csv","period_start":"2001-01-01","period_end":"2001-12-31"})")
                  .body.find("C-1"),
              std::string::npos);
    std::ofstream(pdf, std::ios::binary)
        << ask("POST", path, R"({"period_start":"2001-01-01","period_end":"2001-12-31"})").body;
    EXPECT_NE(outputOf("pdftotext", {pdf, "-"}).find("No attestation has been entered."),
              std::string::npos);
}

/// The words in backquotes of a line of a document.
std::vector<std::string> quotedWords(const std::string& line)
{
    std::vector<std::string> words;
    for (auto at = line.find('`'); at != line.npos; at = line.find('`', at + 1)) {
        const auto end = line.find('`', at + 1);
        words.push_back(line.substr(at + 1, end - at - 1));
        at = std::min(end, line.size() - 1);
    }
    return words;
}

/// What docs/evidence-format.md says that each type of entry may have.
std::map<std::string, std::set<std::string>> documentedFields()
{
    std::map<std::string, std::set<std::string>> fields;
    std::istringstream lines(contentOf(source() + "/docs/evidence-format.md"));
    bool byPeople = false;
    for (std::string line; std::getline(lines, line);) {
        byPeople = byPeople || line.find("people did") != line.npos;
        const auto second = line.find('|', 1);
        if (!line.starts_with("| `") || second == line.npos) {
            continue;
        }
        auto paths = quotedWords(line.substr(second));
        if (byPeople) {
            paths = {"/resource", "/details"};
        }
        for (const auto& type : quotedWords(line.substr(0, second))) {
            fields[type].insert(paths.begin(), paths.end());
            fields[type].insert(
                {"/occurred_at", "/reporter_type", "/reporter_id", "/event_data", "/incident_id"});
        }
    }
    return fields;
}

TEST_F(Export, theDocumentNamesEveryFieldOfTheLog)
{
    exportAs("json");
    const auto documented = documentedFields();
    const auto keys = s_server->controlJson({"ledger", "keys"});
    ASSERT_TRUE(keys);
    const auto reply
        = s_server->request("GET",
                            "/api/v1/ledger/" + std::string(stringMember(*keys, "tenant"))
                                + "/entries?from=0&limit=1000");
    ASSERT_TRUE(reply && reply->status == 200);
    const auto page = parseJson(reply->body);
    ASSERT_TRUE(page);
    std::set<std::string> seen;
    for (const auto& one : page->at("entries").as_array()) {
        const auto entry = parseJson(std::string(stringMember(one, "entry")));
        ASSERT_TRUE(entry) << printJson(one);
        const std::string type(stringMember(*entry, "type"));
        seen.insert(type);
        const auto known = documented.find(type);
        ASSERT_NE(known, documented.end()) << type;
        for (const auto& field : entry->at("fields").as_array()) {
            const std::string path(stringMember(field, "p"));
            EXPECT_TRUE(known->second.contains(path)) << type << " " << path;
        }
    }
    for (const char* type : {"epoch.opened", "llm.call", "incident.opened", "export.created"}) {
        EXPECT_TRUE(seen.contains(type)) << type;
    }
}

TEST_F(Export, withoutRedactionAKeyNeedsToReadTheAuditToo)
{
    const auto made = s_server->controlJson({"key",
                                             "create",
                                             "--project",
                                             "default",
                                             "--role",
                                             "service",
                                             "--scopes",
                                             "evidence:export"});
    ASSERT_TRUE(made) << made.error().message;
    const std::string url = "/api/v1/incidents/" + s_incident + "/export";
    const auto ask = [&](const std::string& body) {
        return exchange(
            s_server->port(),
            requestText("POST",
                        url,
                        {{"Content-Type", "application/json"},
                         {"Authorization", "Bearer " + std::string(stringMember(*made, "key"))}},
                        body),
            Deadline::after(30s));
    };
    for (const auto* body : {R"({"format":"json","redact":false})",
                             R"({"format":"soc2","redact":false})",
                             R"({"format":"soc2_zip","redact":false})"}) {
        const auto refused = ask(body);
        ASSERT_TRUE(refused);
        EXPECT_EQ(refused->status, 403) << refused->body;
    }
    const auto allowed = ask(R"({"format":"json"})");
    ASSERT_TRUE(allowed);
    EXPECT_EQ(allowed->status, 200) << allowed->body;
}

} // namespace
} // namespace exhibit::test
