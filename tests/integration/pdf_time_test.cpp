// SPDX-License-Identifier: Apache-2.0
// Reports of a server with an RFC 3161 authority, and with a certificate of its operator's own.
#include "tests/integration/export_fixture.h"

#include <filesystem>

namespace exhibit::test {
namespace {

class PdfTime : public Export {
protected:
    static void SetUpTestSuite()
    {
        Export::SetUpTestSuite();
        auto authority = Process::start(
            "/usr/bin/python3",
            {.arguments = {source() + "/tests/support/time_stamp_authority.py", path("tsa")}});
        ASSERT_TRUE(authority) << authority.error().message;
        s_authority = std::make_unique<Process>(*std::move(authority));
        const auto port
            = readListeningPort(*s_authority, Deadline::after(std::chrono::seconds(60)));
        ASSERT_TRUE(port) << port.error().message;
        s_tsa = "http://127.0.0.1:" + std::to_string(*port) + "/tsa";
    }
    static void TearDownTestSuite()
    {
        s_authority.reset();
        Export::TearDownTestSuite();
    }
    static std::string path(const std::string& name) { return (s_folder->path() / name).string(); }
    /// The server anew on its data, with that authority.
    static void restart(const std::string& tsa)
    {
        ASSERT_TRUE(s_server->stop(Deadline::after(std::chrono::seconds(60))));
        auto again = Exhibitd::start(
            {.dataDir = s_folder->path() / "data", .environment = {{"EXHIBIT_TSA_URL", tsa}}});
        ASSERT_TRUE(again) << again.error().message;
        s_server = std::make_unique<Exhibitd>(*std::move(again));
    }
    static std::string timeOf(const Json& report)
    {
        for (const auto& check : report.at("checks").as_array()) {
            if (stringMember(check, "id") == "time" && stringMember(check, "subject") == "report") {
                return std::string(stringMember(check, "result"));
            }
        }
        return "";
    }
    static std::vector<std::string> withAuthority(std::vector<std::string> anchors)
    {
        anchors.insert(anchors.end(), {"--tsa-ca", path("tsa/root.pem")});
        return anchors;
    }

    static inline std::unique_ptr<Process> s_authority;
    static inline std::string s_tsa;
};

TEST_F(PdfTime, isProvenByAnAuthorityThatIsPinned)
{
    const std::string without = exportAs("pdf");
    EXPECT_EQ(timeOf(verify(without, anchors())), "not_checked");
    restart(s_tsa);
    for (const auto* format : {"pdf", "executive_debrief"}) {
        const std::string file = exportAs(format);
        const Json report = verify(file, withAuthority(anchors()));
        EXPECT_EQ(stringMember(report, "verdict"), "valid") << printJson(report);
        EXPECT_EQ(timeOf(report), "passed") << printJson(report);
        EXPECT_EQ(resultOf(report, "pages"), "passed") << printJson(report);
        EXPECT_EQ(timeOf(verify(file, anchors())), "not_checked");
        EXPECT_NE(outputOf("pdfsig", {"-nocert", file}).find("Signature is Valid."),
                  std::string::npos);
        outputOf("qpdf", {"--check", file});
    }
    // An authority that is away leaves reports signed, without its word.
    restart("http://127.0.0.1:9/tsa");
    const Json report = verify(exportAs("pdf"), withAuthority(anchors()));
    EXPECT_EQ(stringMember(report, "verdict"), "valid") << printJson(report);
    EXPECT_EQ(timeOf(report), "not_checked") << printJson(report);
}

TEST_F(PdfTime, standsBesideTheOperatorsOwnCertificate)
{
    const std::string signer = path("data/signer");
    outputOf("openssl",
             {"req",
              "-x509",
              "-newkey",
              "rsa:2048",
              "-nodes",
              "-days",
              "2",
              "-subj",
              "/O=Example Ltd/CN=Reports",
              "-keyout",
              signer + "/pdf-key.pem",
              "-out",
              signer + "/pdf-certificate.pem"});
    for (const auto* name : {"/pdf-key.pem", "/pdf-certificate.pem"}) {
        std::filesystem::permissions(signer + name,
                                     std::filesystem::perms::owner_read
                                         | std::filesystem::perms::owner_write);
    }
    restart(s_tsa);
    const std::string file = exportAs("pdf");
    const Json report = verify(file, withAuthority(anchors()));
    EXPECT_EQ(stringMember(report, "verdict"), "valid") << printJson(report);
    EXPECT_EQ(timeOf(report), "passed") << printJson(report);
    EXPECT_NE(printJson(report).find("Example Ltd"), std::string::npos) << printJson(report);
    EXPECT_NE(outputOf("pdfsig", {"-nocert", file}).find("O=Example Ltd"), std::string::npos);
}

} // namespace
} // namespace exhibit::test
