// SPDX-License-Identifier: Apache-2.0
// A legal production from the command line to programs of others.
#include "tests/integration/export_fixture.h"

namespace exhibit::test {
namespace {

class Production : public Export {
protected:
    /// Unpacked; the folder with the load files.
    static std::string produce(const std::string& name, const std::vector<std::string>& more)
    {
        const std::string archive = exportAs("legal_discovery", more);
        const Json whole = verify(archive, anchors());
        EXPECT_EQ(stringMember(whole, "verdict"), "valid") << printJson(whole);
        const std::string folder = (s_folder->path() / name).string();
        outputOf("unzip", {"-q", archive, "-d", folder});
        const auto listed = outputOf("sh", {"-c", "echo " + folder + "/production-*"});
        return listed.substr(0, listed.find('\n'));
    }
    static std::string read(const std::string& folder, const std::string& encoding)
    {
        return outputOf("python3",
                        {source() + "/tests/integration/production_check.py", folder, encoding});
    }
};

TEST_F(Production, isReadByProgramsThatAreNotOurs)
{
    const std::string folder = produce(
        "first",
        {"--case", "Doe v. Example", "--custodian", "Ada Müller", "--reason", "request 4"});
    const std::string documents = read(folder, "utf-8");
    EXPECT_NE(documents.find("EXH0000001 "), documents.npos) << documents;
    for (const auto* type :
         {" incident ", " input ", " context ", " policy ", " output ", " evidence_pack "}) {
        EXPECT_NE(documents.find(type), documents.npos) << type << documents;
    }
    outputOf("sh", {"-c", "cd " + folder + " && sha256sum --strict -c manifest-sha256.txt"});
    EXPECT_NE(std::system(("grep -rq ada@example.com " + folder).c_str()), 0);
    validate("legal_discovery.v1.json", folder + "/legal_discovery.json");

    const std::string cover = folder + "/production_cover.pdf";
    outputOf("qpdf", {"--check", cover});
    EXPECT_NE(outputOf("pdfsig", {"-nocert", cover}).find("Signature is Valid."),
              std::string::npos);
    const Json report = verify(cover, anchors());
    EXPECT_EQ(stringMember(report, "verdict"), "valid") << printJson(report);
    EXPECT_EQ(resultOf(report, "pages"), "passed") << printJson(report);
    for (const auto& check : report.at("checks").as_array()) {
        EXPECT_FALSE(stringMember(check, "id") == "inclusion"
                     && stringMember(check, "result") != "passed")
            << printJson(report);
    }
    EXPECT_EQ(stringMember(verify(folder + "/draft_declaration.pdf", anchors()), "verdict"),
              "unauthenticated")
        << "the cover names it by its hash";
    const std::string text = outputOf("pdftotext", {cover, "-"});
    for (const auto* part : {"Doe v. Example", "Ada Müller", "request 4", "EXH0000001"}) {
        EXPECT_NE(text.find(part), text.npos) << part << text;
    }
    const std::string draft = outputOf("pdftotext", {folder + "/draft_declaration.pdf", "-"});
    EXPECT_NE(draft.find("Nobody has made this declaration"), draft.npos) << draft;
    const std::string pack
        = outputOf("sh", {"-c", "ls " + folder + "/VOL001/NATIVES/0001/*.exhibit"});
    EXPECT_EQ(stringMember(verify(pack.substr(0, pack.find('\n')), anchors()), "verdict"), "valid");
}

TEST_F(Production, neverGivesANumberOutTwice)
{
    const auto numbers = [](const std::string& name) {
        const std::string folder = produce(name, {"--bates-prefix", "ONCE"});
        const Json bundle = parseJson(contentOf(folder + "/legal_discovery.json")).value();
        return std::pair(bundle.at("bates_first").as_int64(), bundle.at("bates_last").as_int64());
    };
    const auto [first, last] = numbers("once");
    EXPECT_EQ(first, 1);
    const auto [next, end] = numbers("twice");
    EXPECT_EQ(next, last + 1);
    EXPECT_GT(end, next);
}

TEST_F(Production, withholdsOnAGroundInAnotherEncoding)
{
    const std::string folder = produce("privileged",
                                       {"--encoding",
                                        "windows-1252",
                                        "--withhold",
                                        "1=attorney-client privilege=Question of counsel"});
    const std::string documents = read(folder, "windows-1252");
    EXPECT_NE(documents.find(" Y"), documents.npos);
    const std::string log = contentOf(folder + "/LOGS/privilege_log.csv");
    EXPECT_NE(log.find("withheld,attorney-client privilege,Question of counsel"), log.npos) << log;
    const Json bundle = parseJson(contentOf(folder + "/legal_discovery.json")).value();
    EXPECT_EQ(bundle.at("documents").at(2).at("treatment"), "withheld");
    EXPECT_EQ(stringMember(verify(folder + "/production_cover.pdf", anchors()), "verdict"),
              "valid");
}

TEST_F(Production, redactsAPassageOnItsGround)
{
    const std::string file = (s_folder->path() / "passages.json").string();
    std::ofstream(file) << R"([{"text":"go on","basis":"work product","description":"A request"}])";
    const std::string folder = produce("passages", {"--passages", file});
    read(folder, "utf-8");
    EXPECT_NE(std::system(("grep -rq 'go on' " + folder).c_str()), 0);
    const std::string log = contentOf(folder + "/LOGS/privilege_log.csv");
    EXPECT_NE(log.find("work product"), log.npos) << log;
    EXPECT_NE(log.find("Passage 1, 1 time: A request."), log.npos) << log;
    EXPECT_EQ(stringMember(verify(folder + "/production_cover.pdf", anchors()), "verdict"),
              "valid");
    std::ofstream(file) << R"([{"text":"nobody said so","basis":"b","description":"d"}])";
    EXPECT_FALSE(s_server->controlJson(
        {"export", s_incident, "--format", "legal_discovery", "-o", file, "--passages", file}));
}

TEST_F(Production, leavesTheNameOfAModelNowhereWhenThatIsRedacted)
{
    exportAs("exhibit"); // The call has closed.
    ASSERT_TRUE(s_server->controlJson({"certify", s_incident}));
    const std::string file = (s_folder->path() / "model.json").string();
    std::ofstream(file) << R"([{"text":"gpt-4o","basis":"work product","description":"A name"}])";
    const std::string folder = produce("model", {"--passages", file});
    outputOf("sh", {"-c", "cd " + folder + "/VOL001/NATIVES/0001 && unzip -q *.exhibit"});
    EXPECT_NE(std::system(("grep -r gpt-4o " + folder).c_str()), 0);
    const std::string log = contentOf(folder + "/LOGS/privilege_log.csv");
    EXPECT_NE(log.find("1 replay certificate, signed as a whole"), log.npos) << log;
}

TEST_F(Production, whatCannotStandInALoadFileIsRefused)
{
    const auto ask = [](const std::string& production) {
        const auto reply
            = s_server->request("POST",
                                "/api/v1/incidents/" + s_incident + "/export",
                                {{"Content-Type", "application/json"}},
                                R"({"format":"legal_discovery","production":)" + production + "}");
        EXPECT_TRUE(reply);
        return reply ? *reply : Reply{};
    };
    const auto refused = ask(R"({"custodian":"\u00fe"})");
    EXPECT_EQ(refused.status, 400);
    EXPECT_NE(refused.body.find("/production/custodian"), refused.body.npos) << refused.body;
    EXPECT_EQ(ask(R"({"prefix":"exh"})").status, 400);
    const auto fields = ask(R"({},"redactions":[{"path":"/facts","reason":"privileged"}])");
    EXPECT_EQ(fields.status, 400) << "its privilege log could not say why";
    EXPECT_NE(fields.body.find("/redactions"), fields.body.npos) << fields.body;
    const auto missed = ask(R"({"passages":[{"text":"nobody","basis":"b","description":"d"}]})");
    EXPECT_EQ(missed.status, 404);
    EXPECT_NE(missed.body.find("/production/passages/0/text"), missed.body.npos) << missed.body;
    const auto said
        = ask(R"({"passages":[{"text":"go on","basis":"b","description":"they go on"}]})");
    EXPECT_EQ(said.status, 400);
    EXPECT_NE(said.body.find("/production/passages/0/description"), said.body.npos) << said.body;
    EXPECT_EQ(ask(R"({"withheld":[{"step_index":9999,"basis":"b","description":"d"}]})").status,
              404);
}

} // namespace
} // namespace exhibit::test
