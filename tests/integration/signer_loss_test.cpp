// SPDX-License-Identifier: Apache-2.0
// The signer's folder is lost: the server says so and records on; the operator's act opens a new
// epoch; what the old one proved stays provable, and what nobody can read is not called damaged.
#include "tests/integration/evidence_fixture.h"

#include <fstream>
#include <iterator>
#include <thread>

namespace exhibit::test {
namespace {

using namespace std::chrono_literals;

class SignerLoss : public EvidenceTest {
protected:
    [[nodiscard]] std::filesystem::path data() const { return m_folder.path() / "data"; }

    void stopServer()
    {
        const auto stopped = m_server->stop(Deadline::after(60s));
        ASSERT_TRUE(stopped) << stopped.error().message;
    }

    Finished replaceSigner(std::vector<std::string> more = {"--reason", "the disk died"})
    {
        ProcessOptions options;
        options.arguments = {"replace-signer", "--data-dir", data().string()};
        options.arguments.insert(options.arguments.end(), more.begin(), more.end());
        const auto done = run(programPath("exhibitd"), std::move(options), Deadline::after(120s));
        EXPECT_TRUE(done) << done.error().message;
        return done.value_or(Finished{-1, {}});
    }

    std::string log() const
    {
        std::ifstream stream(m_server->logFile());
        return {std::istreambuf_iterator<char>(stream), {}};
    }

    /// What /health says of the signer.
    Json signerHealth() const
    {
        const auto reply = m_server->request("GET", "/health");
        const auto health = reply ? parseJson(reply->body) : Result<Json>(Json());
        const Json* parts = health ? findMember(*health, "dependencies") : nullptr;
        const Json* signer = parts != nullptr ? findMember(*parts, "signer") : nullptr;
        EXPECT_NE(signer, nullptr) << (reply ? reply->body : reply.error().message);
        return signer != nullptr ? *signer : Json(JsonObject{{"ok", false}, {"detail", ""}});
    }

    /// Once there are so many of them; the newest first.
    std::vector<std::string> incidents(std::size_t count) const
    {
        std::vector<std::string> ids;
        const auto deadline = Deadline::after(30s);
        while (ids.size() < count && !deadline.reached()) {
            std::this_thread::sleep_for(50ms);
            const auto found = m_server->controlJson({"search", "user:ada"});
            ids.clear();
            for (const auto& hit :
                 found ? findMember(*found, "incidents")->get_array() : JsonArray{}) {
                ids.emplace_back(stringMember(hit, "incident_id"));
            }
        }
        EXPECT_EQ(ids.size(), count);
        ids.resize(count);
        return ids;
    }

    Json keys() const
    {
        const auto keys = m_server->controlJson({"ledger", "keys"});
        EXPECT_TRUE(keys) << keys.error().message;
        return keys.value_or(Json(JsonObject{{"logs", JsonArray{}}}));
    }

    /// Options of verify that pin the key of one log, by position, and the certificate's.
    std::vector<std::string> pinned(std::size_t at) const
    {
        const Json all = keys();
        return {"--trust-log",
                std::string(stringMember(findMember(all, "logs")->at(at), "vkey")),
                "--trust-certificate",
                std::string(stringMember(all, "certificate"))};
    }

    Json check() const
    {
        const auto check = m_server->controlJson({"ledger", "verify"});
        EXPECT_TRUE(check) << check.error().message;
        return check.value_or(Json(JsonObject{}));
    }

    /// Without the folder of its signer the server records and signs nothing.
    void expectRecordingWithout(const std::string& before)
    {
        for (int start = 0; start < 2; ++start) { // No start ends in a crash.
            ASSERT_NO_FATAL_FAILURE(startServer());
            EXPECT_EQ(call().status, 200) << "recording goes on";
            const Json health = signerHealth();
            EXPECT_FALSE(findMember(health, "ok")->get_bool());
            EXPECT_NE(stringMember(health, "detail").find("replace-signer"), std::string_view::npos)
                << printJson(health);
            EXPECT_NE(log().find("put the folder back from a backup"), std::string::npos) << log();
            EXPECT_FALSE(m_server->controlJson({"export", before, "-o", "/dev/null"}))
                << "a stranger signs nothing";
            ASSERT_NO_FATAL_FAILURE(stopServer());
        }
    }

    /// A pack of either log says that the second took over from the first, and why.
    static void expectEndShown(const Json& report, bool isPinned)
    {
        const Json* logs = findMember(report, "later_logs");
        ASSERT_NE(logs, nullptr) << printJson(report);
        ASSERT_EQ(logs->get_array().size(), 1U) << printJson(report);
        const Json& later = logs->get_array().front();
        EXPECT_TRUE(stringMember(later, "origin").ends_with("/log2")) << printJson(later);
        EXPECT_TRUE(stringMember(later, "previous").ends_with("/log1")) << printJson(later);
        EXPECT_EQ(stringMember(later, "cause"), "signer_lost");
        EXPECT_GT(findMember(later, "signed_size")->to_number<int>(), 0) << printJson(later);
        EXPECT_EQ(findMember(later, "pinned")->get_bool(), isPinned) << printJson(later);
    }

    void expectSound(const Json& check) const
    {
        EXPECT_TRUE(findMember(check, "sound")->get_bool()) << printJson(check);
    }
};

TEST_F(SignerLoss, endsTheOldLogAndGoesOnInANewOne)
{
    const std::string before = makeIncident();
    exportPack(before);
    ASSERT_TRUE(m_server->controlJson({"certify", before, "-o", "/dev/null"}));
    const auto oldAnchors = anchors();
    EXPECT_EQ(replaceSigner().exitCode, 3) << "a server runs on the folder";
    ASSERT_NO_FATAL_FAILURE(stopServer());
    EXPECT_EQ(replaceSigner().exitCode, 1) << "nothing is lost";
    std::filesystem::remove_all(data() / "signer");

    ASSERT_NO_FATAL_FAILURE(expectRecordingWithout(before));

    EXPECT_EQ(replaceSigner({}).exitCode, 2) << "a reason is asked for";
    const auto replaced = replaceSigner();
    EXPECT_EQ(replaced.exitCode, 0) << replaced.output;
    EXPECT_NE(replaced.output.find("/default/log2"), std::string::npos) << replaced.output;
    EXPECT_EQ(replaceSigner().exitCode, 1) << "once";

    ASSERT_NO_FATAL_FAILURE(startServer());
    const auto found = incidents(3); // Those of the time without a signer too.
    EXPECT_EQ(found.back(), before);
    EXPECT_TRUE(findMember(signerHealth(), "ok")->get_bool());
    const Json all = keys();
    ASSERT_EQ(findMember(all, "logs")->get_array().size(), 2U) << printJson(all);
    EXPECT_EQ(stringMember(findMember(all, "logs")->at(0), "vkey"), oldAnchors[1]);
    EXPECT_EQ(stringMember(findMember(all, "logs")->at(0), "status"), "ended");

    const Json newOne = verify(exportPack(found.front()), pinned(1));
    EXPECT_EQ(stringMember(newOne, "verdict"), "valid") << printJson(newOne);
    EXPECT_GT(findMember(newOne, "disclosed")->get_int64(), 0);
    EXPECT_EQ(verifyByHand(exportPack(before)), 0);
    EXPECT_EQ(findMember(all, "certificates")->get_array().size(), 2U) << printJson(all);
    auto ofOld = pinned(0);
    EXPECT_EQ(stringMember(verify(exportPack(before), ofOld), "verdict"), "untrusted")
        << "the certificate is signed by the key that was lost";
    ofOld.insert(ofOld.end(), {oldAnchors[2], oldAnchors[3]});
    const Json oldOne = verify(exportPack(before), ofOld);
    EXPECT_EQ(stringMember(oldOne, "verdict"), "valid") << printJson(oldOne);
    EXPECT_EQ(findMember(oldOne, "disclosed")->get_int64(), 1)
        << "nobody can read them, but for the hash of the certificate";
    EXPECT_GT(findMember(oldOne, "withheld")->get_int64(), 0);
    expectEndShown(oldOne, false);
    auto both = ofOld;
    const auto more = pinned(1);
    both.insert(both.end(), more.begin(), more.end());
    expectEndShown(verify(exportPack(before), both), true);
    expectEndShown(newOne, true);
    EXPECT_EQ(stringMember(verify(exportPack(before), pinned(1)), "verdict"), "untrusted");

    const Json whole = check();
    expectSound(whole);
    EXPECT_GT(findMember(whole, "unreadable")->get_int64(), 0) << printJson(whole);
    const auto keyring = m_server->request("GET", "/api/v1/ledger/keyring/draft");
    ASSERT_TRUE(keyring && keyring->status == 200);
    EXPECT_NE(keyring->body.find("log " + oldAnchors[1]), std::string::npos) << keyring->body;
}

TEST_F(SignerLoss, leavesFieldsThatAreUnreadableNotDamaged)
{
    const std::string before = makeIncident();
    exportPack(before);
    const auto issued = m_server->request("POST", "/api/v1/incidents/" + before + "/certificate");
    ASSERT_TRUE(issued && issued->status == 201) << issued->body;
    ASSERT_NO_FATAL_FAILURE(stopServer());
    std::filesystem::remove(data() / "signer/fields.key");
    ASSERT_EQ(replaceSigner().exitCode, 0);
    ASSERT_NO_FATAL_FAILURE(startServer());

    const auto certified
        = m_server->request("POST", "/api/v1/incidents/" + before + "/certificate");
    ASSERT_TRUE(certified);
    EXPECT_EQ(certified->status, 409);
    EXPECT_NE(certified->body.find("its key was lost"), std::string::npos) << certified->body;
    const auto timeline = m_server->control({"timeline", before});
    EXPECT_EQ(timeline->exitCode, 0) << timeline->output;

    const auto erased
        = m_server->request("POST",
                            "/api/v1/erasures",
                            {{"Content-Type", "application/json"}},
                            printJson(JsonObject{{"subject", "user:ada"}, {"basis", "GDPR 17"}}));
    ASSERT_TRUE(erased && erased->status == 200) << erased->body;
    EXPECT_GT(findMember(parseJson(erased->body).value(), "fields")->get_int64(), 0);
    expectSound(check());
    const Json pack = verify(exportPack(before), pinned(0));
    EXPECT_EQ(stringMember(pack, "verdict"), "valid")
        << "what the log recorded of the certificate's issue is kept: " << printJson(pack);
    for (const auto& one : findMember(pack, "checks")->get_array()) {
        EXPECT_NE(stringMember(one, "result"), "failed") << printJson(one);
    }
}

TEST_F(SignerLoss, ofTheHeadsAloneLosesNoField)
{
    const std::string before = makeIncident();
    exportPack(before);
    ASSERT_NO_FATAL_FAILURE(stopServer());
    std::filesystem::remove(data() / "signer/heads");
    const auto replaced = replaceSigner();
    ASSERT_EQ(replaced.exitCode, 0) << replaced.output;
    EXPECT_EQ(replaced.output.find("cannot be read"), std::string::npos) << replaced.output;
    ASSERT_NO_FATAL_FAILURE(startServer());
    const Json pack = verify(exportPack(before), pinned(0));
    EXPECT_EQ(stringMember(pack, "verdict"), "valid") << printJson(pack);
    EXPECT_GT(findMember(pack, "disclosed")->get_int64(), 0);
    expectEndShown(pack, false);
    const auto certificate = (m_folder.path() / "certificate.json").string();
    EXPECT_TRUE(m_server->controlJson({"certify", before, "-o", certificate}));
    auto both = pinned(0);
    const auto more = pinned(1);
    both.insert(both.end(), more.begin(), more.end());
    const Json certified = verify(certificate, both);
    EXPECT_EQ(stringMember(certified, "verdict"), "valid") << printJson(certified);
    expectEndShown(certified, true);
    const Json whole = check();
    expectSound(whole);
    EXPECT_EQ(findMember(whole, "unreadable")->get_int64(), 0) << printJson(whole);
}

TEST_F(SignerLoss, ofItsUnlockKeyKeepsItFromStartingAndNothingElse)
{
    static_cast<void>(makeIncident());
    ASSERT_NO_FATAL_FAILURE(stopServer());
    std::filesystem::rename(data() / "signer/unlock.key", data() / "away");
    ASSERT_NO_FATAL_FAILURE(startServer());
    EXPECT_EQ(call().status, 200) << "recording goes on";
    EXPECT_NE(stringMember(signerHealth(), "detail").find("exhibit-signer does not start"),
              std::string_view::npos);
    // Back in its place, it is taken up without a restart.
    std::filesystem::rename(data() / "away", data() / "signer/unlock.key");
    static_cast<void>(incidents(2));
    const auto deadline = Deadline::after(30s);
    while (!findMember(signerHealth(), "ok")->get_bool() && !deadline.reached()) {
        std::this_thread::sleep_for(100ms);
    }
    EXPECT_TRUE(findMember(signerHealth(), "ok")->get_bool());
    expectSound(check());
}

} // namespace
} // namespace exhibit::test
