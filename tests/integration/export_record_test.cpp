// SPDX-License-Identifier: Apache-2.0
// What is known afterwards of an export: who took what, why and how. And the files that evidence
// for an auditor names.
#include "models/base/sha256.h"
#include "tests/integration/export_fixture.h"

namespace exhibit::test {
namespace {

using namespace std::chrono_literals;

/// The newest entry export.created but that of this question, as evidence for an auditor lists it.
Json newestExport(Exhibitd& server)
{
    const auto reply = server.request(
        "POST",
        "/api/v1/compliance/soc2/export",
        {{"Content-Type", "application/json"}},
        R"({"format":"json","redact":false,"period_start":"2000-01-01","period_end":"2099-12-31"})");
    EXPECT_TRUE(reply && reply->status == 200);
    const auto bundle = parseJson(reply->body).value();
    std::string listing(bundle.at("listings").at("CC6.7.ndjson").as_string());
    EXPECT_FALSE(listing.empty());
    listing.resize(listing.empty() ? 0 : listing.size() - 1);
    return parseJson(listing.substr(listing.rfind('\n') + 1)).value_or(Json());
}

/// Who, what and why of an export that was asked for with the options of `reasonsFor`.
void expectTrace(const Json& entry, const std::string& who, const std::string& format)
{
    EXPECT_EQ(stringMember(entry, "performer"), who) << printJson(entry);
    EXPECT_TRUE(entry.at("entry_seq").is_number()) << printJson(entry);
    const auto& details = entry.at("details");
    EXPECT_EQ(stringMember(details, "format"), format) << printJson(entry);
    EXPECT_EQ(stringMember(details, "reason"), "why " + format) << printJson(entry);
    EXPECT_EQ(stringMember(details, "authority"), "order 7") << printJson(entry);
    EXPECT_EQ(stringMember(details, "case"), "C-7") << printJson(entry);
    EXPECT_EQ(details.at("redacted"), Json(true)) << printJson(entry);
}

std::vector<std::string> reasonsFor(const std::string& format)
{
    return {"--reason", "why " + format, "--authority", "order 7", "--case", "C-7"};
}

TEST_F(Export, eachLeavesItsTraceInTheLog)
{
    const auto countEntries = [] {
        const auto keys = s_server->controlJson({"ledger", "keys"});
        const auto tenant = keys ? std::string(stringMember(*keys, "tenant")) : std::string();
        const auto reply
            = s_server->request("GET", "/api/v1/ledger/" + tenant + "/entries?from=0&limit=1000");
        EXPECT_TRUE(reply && reply->status == 200);
        const std::string type = R"(\"type\":\"export.created\")";
        std::size_t count = 0;
        for (auto at = reply->body.find(type); at != type.npos;
             at = reply->body.find(type, at + 1)) {
            ++count;
        }
        return count;
    };
    const auto keys = parseJson(s_server->request("GET", "/admin/keys")->body).value();
    const std::string who(stringMember(keys.at("keys").at(0), "key_id"));
    // The packs that reports have in them do not leave a second time.
    for (const std::string format : {"exhibit",
                                     "json",
                                     "pdf",
                                     "executive_debrief",
                                     "executive_debrief_json",
                                     "fre_902",
                                     "case_uco",
                                     "ai_act_art73",
                                     "ai_act_art73_json",
                                     "legal_discovery"}) {
        const std::size_t entries = countEntries();
        exportAs(format, reasonsFor(format));
        EXPECT_EQ(countEntries(), entries + 1) << format;
        const Json entry = newestExport(*s_server);
        expectTrace(entry, who, format);
        const std::size_t includes = format == "legal_discovery" ? 5 : 4; // raw_io
        EXPECT_EQ(entry.at("details").at("include").as_array().size(), includes) << format;
    }
    for (const auto& [format, name] : {std::pair("soc2", "soc2/pdf"),
                                       std::pair("soc2_zip", "soc2/zip"),
                                       std::pair("soc2_json", "soc2/json"),
                                       std::pair("soc2_csv", "soc2/csv")}) {
        exportAs(format, reasonsFor(name));
        const Json entry = newestExport(*s_server);
        expectTrace(entry, who, name);
        EXPECT_FALSE(stringMember(entry.at("details"), "period_start").empty());
    }
}

TEST_F(Export, theTraceSaysWhatWasLeftOutAndWhatWasSearchedForButNotWhom)
{
    exportAs("json", {"--unredacted", "--include", "raw_io", "--redact", "/facts=privileged"});
    const Json entry = newestExport(*s_server);
    const auto& details = entry.at("details");
    EXPECT_EQ(details.at("redacted"), Json(false)) << printJson(details);
    EXPECT_EQ(details.at("include"), Json(JsonArray{"raw_io"})) << printJson(details);
    EXPECT_EQ(details.at("redactions"), Json(JsonArray{"/facts"})) << printJson(details);
    EXPECT_FALSE(details.as_object().contains("reason")) << "none was given";

    exportAs("legal_discovery", {"--withhold", "1=privilege=Question"});
    EXPECT_EQ(newestExport(*s_server).at("details").at("withheld_steps"), Json(JsonArray{1}));

    const auto search = s_server->request(
        "POST",
        "/api/v1/incidents/search/export",
        {{"Content-Type", "application/json"}},
        R"({"format":"ndjson","redact":false,"reason":"weekly","search":{"session_id":"s-ada",)"
        R"("query":"renewal user:ada \"mail to ada@example.com\" severity:high"}})");
    ASSERT_EQ(search->status, 200) << search->body;
    const Json found = newestExport(*s_server);
    EXPECT_EQ(stringMember(found.at("details"), "format"), "search/ndjson");
    EXPECT_EQ(stringMember(found.at("details"), "reason"), "weekly");
    EXPECT_EQ(found.at("details").at("redacted"), Json(false));
    const std::string asked = printJson(found.at("details").at("search"));
    for (const auto* said : {"renewal", "severity:high", "[NAMED]", "session_id"}) {
        EXPECT_NE(asked.find(said), asked.npos) << said << " " << asked;
    }
    EXPECT_EQ(asked.find("ada"), asked.npos) << asked;
}

TEST_F(Export, thePackSaysHowCopiesLeftBeforeIt)
{
    exportAs("json", {"--unredacted", "--reason", "for the board", "--authority", "minutes 3"});
    exportAs("json", {"--reason", "for counsel"});
    const std::string pack = exportAs("exhibit");
    const auto custody = outputOf("sh", {"-c", "unzip -p " + pack + " '*/data/custody.jsonl'"});
    for (const auto* said : {"(json, NOT redacted, authority: minutes 3, reason: for the board)",
                             "(json, redacted, reason: for counsel)"}) {
        EXPECT_NE(custody.find(said), custody.npos) << said << " " << custody;
    }
    EXPECT_EQ(stringMember(verify(pack, anchors()), "verdict"), "valid");
}

/// The only file of that name in an archive.
std::string inArchive(const std::string& archive, const std::string& name)
{
    const auto done
        = run("/usr/bin/unzip", {.arguments = {"-p", archive, "*/" + name}}, Deadline::after(60s));
    EXPECT_TRUE(done && done->exitCode == 0) << name;
    return done ? done->output : std::string();
}

TEST_F(Export, evidenceForAnAuditorComesWithTheFilesThatItNames)
{
    const std::string archive = exportAs("soc2_zip");
    const std::string folder = (s_folder->path() / "soc2").string();
    outputOf("unzip", {"-q", archive, "-d", folder});
    outputOf("sh", {"-c", "cd " + folder + "/soc2-* && sha256sum --strict -c manifest-sha256.txt"});
    const std::string file = (s_folder->path() / "soc2.json").string();
    std::ofstream(file, std::ios::binary) << inArchive(archive, "soc2.json");
    validate("soc2.v1.json", file);
    const std::string alone = exportAs("soc2_json");
    validate("soc2.v1.json", alone);
    const Json bundles[]
        = {parseJson(contentOf(file)).value(), parseJson(contentOf(alone)).value()};
    std::size_t named = 0;
    for (const auto& bundle : bundles) {
        for (const auto& row : bundle.at("rows").as_array()) {
            const std::string name(stringMember(row, "evidence_file"));
            if (name.empty()) {
                continue;
            }
            ++named;
            const Json* within = findMember(bundle, "listings");
            const std::string listing = within == nullptr
                ? inArchive(archive, name)
                : std::string(within->at(name).as_string());
            EXPECT_EQ(toHex(asView(sha256(listing))), stringMember(row, "evidence_sha256")) << name;
        }
    }
    EXPECT_GT(named, 10U);
    EXPECT_TRUE(inArchive(archive, "soc2.csv").starts_with("criterion,"));
}

TEST_F(Export, evidenceForAnAuditorIsRedactedUnlessAskedOtherwise)
{
    const auto put
        = s_server->request("PUT",
                            "/api/v1/incidents/" + s_incident + "/impact",
                            {{"Content-Type", "application/json"}},
                            R"({"business_impact":"We told ada@example.com.","risk_level":"low"})");
    ASSERT_EQ(put->status, 200) << put->body;
    exportAs("json", {"--reason", "asked by ada@example.com"});
    const std::string pdf = exportAs("soc2");
    const Json report = verify(pdf, anchors());
    EXPECT_EQ(stringMember(report, "verdict"), "valid") << printJson(report);
    EXPECT_NE(outputOf("pdftotext", {pdf, "-"}).find("replaced by placeholders"),
              std::string::npos);
    outputOf("pdfdetach",
             {"-savefile", "CC7.3.ndjson", "-o", (s_folder->path() / "listing").string(), pdf});
    const auto listing = contentOf((s_folder->path() / "listing").string());
    EXPECT_NE(listing.find("We told ["), listing.npos) << listing;
    for (const std::string& text :
         {listing, contentOf(exportAs("soc2_zip")), contentOf(exportAs("soc2_json"))}) {
        EXPECT_EQ(text.find("ada@example.com"), text.npos);
    }
    const std::string open = contentOf(exportAs("soc2_zip", {"--unredacted"}));
    EXPECT_NE(open.find("We told ada@example.com."), open.npos);
    EXPECT_NE(open.find("asked by ada@example.com"), open.npos);
}

TEST_F(Export, aPackThatAnotherProgramPackedAgainHoldsAndSaysSo)
{
    const std::string pack = exportAs("exhibit");
    const std::string again = (s_folder->path() / "again.exhibit").string();
    // Its own dates and attributes, or those that our writer gives.
    const auto packAgain = [&](const std::string& attributes) {
        outputOf(
            "python3",
            {"-c",
             "import sys, zipfile\n"
             "old = zipfile.ZipFile(sys.argv[1])\n"
             "with zipfile.ZipFile(sys.argv[2], 'w') as new:\n"
             "    for name in old.namelist():\n"
             "        content = old.read(name)\n"
             "        kind = zipfile.ZIP_STORED if len(content) < 200 else zipfile.ZIP_DEFLATED\n"
             "        file = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))\n"
             "        file.external_attr = 0o100644 << 16\n"
             "        new.writestr(file if sys.argv[3] == 'ours' else name, content, kind)\n",
             pack,
             again,
             attributes});
    };
    const auto headersOf = [](const Json& report) {
        for (const auto& check : report.at("checks").as_array()) {
            if (stringMember(check, "id") == "container"
                && stringMember(check, "subject") == "headers") {
                return std::string(stringMember(check, "result"));
            }
        }
        return std::string();
    };
    for (const auto* attributes : {"its own", "ours"}) {
        packAgain(attributes);
        const Json report = verify(again, anchors());
        EXPECT_EQ(stringMember(report, "verdict"), "valid") << attributes << printJson(report);
        EXPECT_EQ(headersOf(report), "not_checked") << attributes << printJson(report);
    }
    EXPECT_EQ(headersOf(verify(pack, anchors())), "");
}

TEST_F(Export, aReportIsReadWhereItsFontsAreNot)
{
    const std::string fonts = "/usr/share/fonts/truetype/dejavu";
    if (!std::filesystem::exists(fonts)) {
        GTEST_SKIP() << "fonts-dejavu-core is not installed";
    }
    const std::string config = (s_folder->path() / "fonts.conf").string();
    std::ofstream(config) << "<?xml version=\"1.0\"?><fontconfig><dir>" << fonts
                          << "</dir><cachedir>" << s_folder->path().string()
                          << "</cachedir></fontconfig>";
    for (const auto* format : {"pdf", "executive_debrief"}) {
        const Json report = verify(exportAs(format), anchors(), {{"FONTCONFIG_FILE", config}});
        if (resultOf(report, "pages") == "passed") {
            GTEST_SKIP() << "there are no other fonts here";
        }
        EXPECT_EQ(stringMember(report, "verdict"), "valid") << printJson(report);
        EXPECT_EQ(resultOf(report, "pages"), "not_checked") << printJson(report);
        EXPECT_EQ(resultOf(report, "text"), "passed") << printJson(report);
    }
    EXPECT_EQ(resultOf(verify(exportAs("pdf"), anchors()), "text"), "") << "looks say more";
}

} // namespace
} // namespace exhibit::test
