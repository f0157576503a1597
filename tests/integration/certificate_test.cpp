// SPDX-License-Identifier: Apache-2.0
// Replay certificates through their public doors: real server, signer, provider, PostgreSQL.
#include "models/domain/certificate.h"
#include "tests/integration/evidence_fixture.h"

#include <algorithm>
#include <fstream>
#include <thread>

namespace exhibit::test {
namespace {

using namespace std::chrono_literals;
using domain::IssuedCertificate;
using domain::MatchLevel;

class Certificate : public EvidenceTest {
protected:
    /// Once the incident's call has closed; `file` gets the certificate.
    IssuedCertificate certify(const std::string& incident, const std::string& file = {})
    {
        std::vector<std::string> command{"certify", incident};
        if (!file.empty()) {
            command.insert(command.end(), {"-o", file});
        }
        const auto deadline = Deadline::after(30s);
        auto done = m_server->controlJson(command);
        while (!done && !deadline.reached()) {
            std::this_thread::sleep_for(100ms);
            done = m_server->controlJson(command);
        }
        EXPECT_TRUE(done) << done.error().message;
        auto issued = done ? fromJson<IssuedCertificate>(*done)
                           : Result<IssuedCertificate>(IssuedCertificate{});
        EXPECT_TRUE(issued) << printJson(*done);
        return issued ? *issued : IssuedCertificate{};
    }

    /// As anybody: without a key.
    Reply ask(const std::string& path, const std::string& accept)
    {
        const auto reply = exchange(
            m_server->port(), requestText("GET", path, {{"Accept", accept}}), Deadline::after(30s));
        EXPECT_TRUE(reply) << path;
        return reply ? *reply : Reply{};
    }

    /// A headless Chromium, where there is one, prints the page: more than a blank sheet.
    bool rendersInABrowser(const std::string& file)
    {
        if (std::system("command -v chromium > /dev/null") != 0) {
            std::puts("no chromium here: the page is not rendered");
            return true;
        }
        const auto pdf = (m_folder.path() / "page.pdf").string();
        const std::string command
            = "chromium --headless --no-sandbox --disable-gpu --user-data-dir="
            + (m_folder.path() / "browser").string() + " --print-to-pdf=" + pdf + " file://" + file
            + " > /dev/null 2>&1 && pdftotext " + pdf + " - | grep -q 'Whose keys'";
        return std::system(command.c_str()) == 0;
    }

    /// Imports CONTENT_ACCURACY in that mode.
    void importMode(const std::string& mode)
    {
        std::ifstream shipped(source() + "/resources/policies/content_accuracy.json");
        const std::string text(std::istreambuf_iterator<char>(shipped), {});
        Json policy = parseJson(text).value();
        policy.get_object()["mode"] = mode;
        const auto file = (m_folder.path() / "policy.json").string();
        std::ofstream(file) << printJson(policy);
        ASSERT_TRUE(m_server->controlJson({"policy", "import", file}));
    }

    /// Of the first remediation, once the call has closed; a verdict of any kind.
    Json verifyFix(const std::string& incident)
    {
        const std::string path = "/api/v1/incidents/" + incident + "/remediations/1/verify";
        const auto deadline = Deadline::after(30s);
        auto reply = m_server->request("POST", path);
        while ((!reply || reply->status == 409) && !deadline.reached()) {
            std::this_thread::sleep_for(100ms);
            reply = m_server->request("POST", path);
        }
        EXPECT_EQ(reply->status, 201) << reply->body;
        return parseJson(reply->body).value_or(Json());
    }

    /// The verdict on a certificate whose text was changed.
    std::string verdictOn(const std::string& document)
    {
        const auto file = (m_folder.path() / "changed.json").string();
        std::ofstream(file) << document;
        return std::string(stringMember(verify(file, anchors()), "verdict"));
    }
};

TEST_F(Certificate, aCallThatComesAgainIsCertifiedExactAndAnyoneCanVerifyIt)
{
    static_cast<void>(callAsRecorded("contract-2-answer"));
    const std::string incident = waitForIncident();
    ASSERT_FALSE(incident.empty());
    const std::string file = (m_folder.path() / "certificate.json").string();
    const auto issued = certify(incident, file);
    const auto& certificate = issued.certificate;
    EXPECT_EQ(certificate.matchLevel, MatchLevel::Exact) << issued.document;
    EXPECT_TRUE(certificate.determinismVerified);
    EXPECT_TRUE(certificate.policyReevaluation.identical);
    EXPECT_EQ(certificate.incidentId.text(), incident);
    EXPECT_EQ(certificate.originalModel, "gpt-4o-2024-08-06");
    EXPECT_EQ(certificate.originalPolicyVersion, certificate.replayPolicyVersion);
    EXPECT_EQ(stringMember(certificate.parameters, "model"), "gpt-4o");
    EXPECT_TRUE(issued.qr.starts_with("EXH1*" + certificate.logOrigin + "*")) << issued.qr;

    const Json report = verify(file, anchors());
    EXPECT_EQ(stringMember(report, "verdict"), "valid") << printJson(report);
    EXPECT_EQ(stringMember(verify(file, {}), "verdict"), "untrusted");
    const auto check = m_server->controlJson({"ledger", "verify"});
    EXPECT_TRUE(findMember(*check, "sound")->get_bool()) << printJson(*check);

    // The replay opened no incident, and is found by no search.
    const auto found = m_server->controlJson({"search", "user:ada"});
    EXPECT_EQ(findMember(*found, "incidents")->get_array().size(), 1U);
}

TEST_F(Certificate, aChangedCertificateIsInvalid)
{
    static_cast<void>(callAsRecorded("contract-2-answer"));
    const auto issued = certify(waitForIncident());
    EXPECT_EQ(verdictOn(issued.document), "valid");
    const auto changed = [&](std::string_view from, std::string_view to) {
        std::string text = issued.document;
        const auto at = text.find(from);
        EXPECT_NE(at, std::string::npos) << from;
        return text.replace(at, from.size(), to);
    };
    EXPECT_EQ(verdictOn(changed("replay.result", "replay.resolt")), "invalid");
    EXPECT_EQ(verdictOn(changed("index ", "index 1")), "invalid");
    Json json = parseJson(issued.document).value();
    auto& entries = json.get_object()["entries"].get_array();
    entries.erase(entries.end() - 1); // certificate.issued
    EXPECT_EQ(verdictOn(printJson(json)), "invalid");
    json = parseJson(issued.document).value();
    auto& signature
        = json.get_object()["envelope"].get_object()["signatures"].at(0).get_object()["sig"];
    std::string forged(signature.get_string());
    forged[10] = forged[10] == 'A' ? 'B' : 'A';
    signature = forged;
    EXPECT_EQ(verdictOn(printJson(json)), "invalid");
}

TEST_F(Certificate, anAnswerThatDiffersIsAMismatchAndTheRecordStillReproduces)
{
    const std::string incident = makeIncident(); // The provider knows no such request.
    const auto issued = certify(incident);
    EXPECT_EQ(issued.certificate.matchLevel, MatchLevel::Mismatch);
    EXPECT_FALSE(issued.certificate.determinismVerified);
    EXPECT_TRUE(issued.certificate.policyReevaluation.identical);
    ASSERT_TRUE(issued.certificate.comparison);
    EXPECT_NE(issued.certificate.comparison->method.find("lexical"), std::string::npos);
}

TEST_F(Certificate, anybodyMayVerifyItAndSeesNothingElse)
{
    static_cast<void>(callAsRecorded("contract-2-answer"));
    const std::string id = certify(waitForIncident()).certificate.certificateId.text();
    const std::string path = "/api/v1/certificates/" + id + "/verify";
    const auto json = ask(path, "*/*");
    ASSERT_EQ(json.status, 200) << json.body;
    const auto report = parseJson(json.body).value();
    EXPECT_EQ(stringMember(report, "verdict"), "untrusted") << "a server cannot vouch for itself";
    EXPECT_EQ(json.body.find("\"failed\""), std::string::npos) << json.body;
    for (const auto* secret : {"renew", "\"ada\"", "user:ada", "hmac", "tenant"}) {
        EXPECT_EQ(json.body.find(secret), std::string::npos) << secret;
    }
    const auto document = ask(path + "?format=document", "text/html");
    EXPECT_EQ(verdictOn(document.body), "valid");

    const auto page = ask(path, "text/html,application/xhtml+xml,*/*;q=0.8");
    ASSERT_EQ(page.status, 200);
    EXPECT_NE(page.header("Content-Security-Policy").value_or("").find("default-src 'none'"),
              std::string::npos);
    const auto file = (m_folder.path() / "page.html").string();
    std::ofstream(file) << page.body;
    EXPECT_EQ(
        std::system(("python3 " + source() + "/tests/integration/certificate_page_test.py " + file)
                        .c_str()),
        0);
    EXPECT_TRUE(rendersInABrowser(file));

    EXPECT_EQ(ask("/api/v1/certificates/cert_nonsense/verify", "*/*").status, 400);
    EXPECT_EQ(ask("/api/v1/certificates/" + domain::CertificateId::generate().text() + "/verify",
                  "text/html")
                  .status,
              404);
}

TEST_F(Certificate, aPackHoldsTheCertificatesOfItsIncident)
{
    static_cast<void>(callAsRecorded("contract-2-answer"));
    const std::string incident = waitForIncident();
    static_cast<void>(certify(incident));
    const std::string pack = exportPack(incident);
    const Json report = verify(pack, anchors());
    EXPECT_EQ(stringMember(report, "verdict"), "valid") << printJson(report);
    const auto& checks = findMember(report, "checks")->get_array();
    EXPECT_TRUE(std::any_of(checks.begin(), checks.end(), [](const Json& check) {
        return stringMember(check, "id") == "certificate"
            && stringMember(check, "subject").find(" about seq ") != std::string_view::npos;
    })) << printJson(report);
    EXPECT_EQ(verifyByHand(pack), 0);
}

TEST_F(Certificate, aFixIsVerifiedByAReplayUnderTheChangedPolicies)
{
    // The policy only warned when it happened.
    importMode("warn");
    static_cast<void>(callAsRecorded("contract-2-answer"));
    const std::string incident = waitForIncident();
    const auto added = m_server->controlJson(
        {"remediation", "add", incident, "Block unhedged claims", "--owner", "mara"});
    ASSERT_TRUE(added) << added.error().message;
    EXPECT_EQ(findMember(*added, "n")->get_int64(), 1);
    EXPECT_EQ(stringMember(verifyFix(incident), "verdict"), "recurs");

    importMode("block");
    const auto fixed = verifyFix(incident);
    EXPECT_EQ(stringMember(fixed, "verdict"), "prevented") << printJson(fixed);
    EXPECT_EQ(stringMember(fixed, "stopped_by"), "CONTENT_ACCURACY");
    EXPECT_EQ(stringMember(fixed, "match_level"), "EXACT");
    EXPECT_NE(stringMember(fixed, "snapshot_id"), stringMember(fixed, "recorded_snapshot_id"));

    const auto listed = m_server->controlJson({"remediation", "list", incident});
    ASSERT_TRUE(listed);
    EXPECT_EQ(findMember(*listed, "verifications")->get_array().size(), 2U) << printJson(*listed);
    EXPECT_FALSE(m_server->controlJson({"remediation", "verify", incident, "2"}));
    EXPECT_FALSE(m_server->controlJson(
        {"remediation", "set", incident, "1", "Block them", "--state", "done"}))
        << "done without an approver";
    const auto done = m_server->controlJson({"remediation",
                                             "set",
                                             incident,
                                             "1",
                                             "Block them",
                                             "--state",
                                             "done",
                                             "--approver",
                                             "rita"});
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(stringMember(*done, "state"), "done");
    // All of it stands in the pack of the incident.
    EXPECT_EQ(stringMember(verify(exportPack(incident), anchors()), "verdict"), "valid");
}

TEST_F(Certificate, whatWasErasedIsNotReplayed)
{
    const std::string incident = makeIncident();
    static_cast<void>(certify(incident));
    const auto erased = m_server->request("POST",
                                          "/api/v1/erasures",
                                          {{"Content-Type", "application/json"}},
                                          R"({"subject":"user:ada","basis":"GDPR 17"})");
    ASSERT_TRUE(erased);
    ASSERT_EQ(erased->status, 200) << erased->body;
    const auto again = m_server->request("POST", "/api/v1/incidents/" + incident + "/certificate");
    EXPECT_EQ(again->status, 409) << again->body;
    // What was issued stands, and says nothing of what was erased.
    const auto before = m_server->request("GET", "/api/v1/incidents/" + incident + "/certificate");
    EXPECT_EQ(before->status, 200) << before->body;
}

} // namespace
} // namespace exhibit::test
