// SPDX-License-Identifier: Apache-2.0
// Each kind of file that leaves beside packs and PDFs, from a real server to `exhibitctl verify`.
#include "tests/integration/export_fixture.h"

namespace exhibit::test {
namespace {

class HandedOut : public Export {
protected:
    /// The verdict of a copy in which the first `was` stands as `now`.
    static std::string verdictWith(const std::string& file,
                                   const std::string& was,
                                   const std::string& now)
    {
        std::string content = contentOf(file);
        const auto at = content.find(was);
        EXPECT_NE(at, content.npos) << was;
        if (at == content.npos) {
            return "";
        }
        std::ofstream(file + ".changed", std::ios::binary) << content.replace(at, was.size(), now);
        return std::string(stringMember(verify(file + ".changed", anchors()), "verdict"));
    }
    static void expectUnsigned(const std::string& file)
    {
        const Json report = verify(file, anchors());
        EXPECT_EQ(stringMember(report, "verdict"), "unauthenticated") << printJson(report);
        EXPECT_EQ(resultOf(report, "content"), "passed") << printJson(report);
        EXPECT_EQ(resultOf(report, "signature"), "not_checked") << printJson(report);
    }
};

TEST_F(HandedOut, theCertificateOfReportsIsWrittenHoweverTheKeysAreShown)
{
    const std::string file = (s_folder->path() / "shown.pem").string();
    const auto keys = s_server->controlJson({"ledger", "keys", "--pdf-ca", file});
    ASSERT_TRUE(keys);
    EXPECT_EQ(contentOf(file), stringMember(*keys, "pdf_certificate"));
}

TEST_F(HandedOut, anIncidentsBundleAgreesWithItself)
{
    for (const auto& more : {std::vector<std::string>{},
                             {"--include", "full_trace", "raw_io", "policy_log", "root_cause"},
                             {"--redact", "/decision=privileged"}}) {
        expectUnsigned(exportAs("json", more));
    }
    const std::string file = exportAs("json");
    EXPECT_EQ(verdictWith(file, "\"trace_id\":\"trc_0", "\"trace_id\":\"trc_1"), "invalid");
    EXPECT_EQ(verdictWith(file, "\"total_cost_cents\":", "\"total_cost_cents\":9"), "invalid");
    EXPECT_EQ(verdictWith(file, "\"redacted\":true", "\"redacted\":\"yes\""), "invalid");
    EXPECT_EQ(verdictWith(file, "{", "["), "unreadable");
}

TEST_F(HandedOut, evidenceOfAPeriodIsWhatItsListingsAndTheLogShow)
{
    const std::string file = exportAs("soc2_zip");
    const Json report = verify(file, anchors());
    EXPECT_EQ(stringMember(report, "verdict"), "unauthenticated") << printJson(report);
    for (const auto& check : report.at("checks").as_array()) {
        EXPECT_NE(stringMember(check, "result"), "failed") << printJson(check);
        if (stringMember(check, "id") == "inclusion" || stringMember(check, "id") == "trust") {
            EXPECT_EQ(stringMember(check, "result"), "passed") << printJson(check);
        }
    }
    EXPECT_EQ(verdictWith(file, "\"performer\":\"", "\"performeR\":\""), "invalid");
    const std::string json = exportAs("soc2_json");
    expectUnsigned(json);
    EXPECT_EQ(verdictWith(json, "\"population_count\":", "\"population_count\":9"), "invalid");
    EXPECT_EQ(verdictWith(json, "\\\"performer\\\":\\\"", "\\\"performer\\\":\\\"x"), "invalid");
}

TEST_F(HandedOut, aDraftHasItsDaysCounted)
{
    const std::string draft = (s_folder->path() / "said.json").string();
    std::ofstream(draft) << R"({"awareness_at":"2026-11-21T10:00:00Z","circumstance":"death"})";
    const std::string file = exportAs("ai_act_art73_json", {"--draft", draft});
    expectUnsigned(file);
    EXPECT_EQ(verdictWith(file, "\"due\":\"2026-12-01\"", "\"due\":\"2026-12-09\""), "invalid");
    EXPECT_EQ(verdictWith(file, "\"origin\":\"open\"", "\"origin\":\"entered\""), "invalid");
}

TEST_F(HandedOut, aWholeProductionIsValidAndNothingInItCanBeChanged)
{
    for (const auto* encoding : {"utf-8", "windows-1252"}) {
        const std::string file
            = exportAs("legal_discovery", {"--case", "Doe", "--encoding", encoding});
        const Json report = verify(file, anchors());
        EXPECT_EQ(stringMember(report, "verdict"), "valid") << printJson(report);
        EXPECT_EQ(stringMember(verify(file, {}), "verdict"), "untrusted");
        EXPECT_EQ(verdictWith(file, "sha256sum --strict", "sha256sum --STRICT"), "invalid")
            << "the archive's own sums";
    }
    // Packed again with a text more, and one less.
    const std::string file = exportAs("legal_discovery");
    const std::string folder = (s_folder->path() / "again").string();
    outputOf("unzip", {"-q", file, "-d", folder});
    const auto packed = [&](const std::string& change) {
        outputOf(
            "python3",
            {"-c",
             "import sys,os,zipfile,glob\n"
             "top=glob.glob(sys.argv[1]+'/production-*')[0]\n"
             "os.chdir(os.path.dirname(top))\n"
                 + change
                 + "\n"
                   "z=zipfile.ZipFile(sys.argv[2],'w',zipfile.ZIP_STORED)\n"
                   "names=[os.path.join(d,f) for d,_,fs in os.walk(os.path.basename(top)) for f in "
                   "fs]\n"
                   "[z.writestr(zipfile.ZipInfo(n),open(n,'rb').read()) for n in sorted(names)]\n"
                   "z.close()",
             folder,
             file + ".zip"});
        return std::string(stringMember(verify(file + ".zip", anchors()), "verdict"));
    };
    EXPECT_EQ(packed(""), "valid");
    EXPECT_EQ(packed("open(top+'/VOL001/TEXT/0001/MORE.txt','w').write('x')"), "invalid");
    EXPECT_EQ(packed("os.remove(top+'/VOL001/TEXT/0001/MORE.txt')"), "valid");
    EXPECT_EQ(packed("os.remove(glob.glob(top+'/VOL001/TEXT/0001/*.txt')[0])"), "invalid");
}

} // namespace
} // namespace exhibit::test
