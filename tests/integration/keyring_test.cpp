// SPDX-License-Identifier: Apache-2.0
// A root key vouches for the log's keys and takes one back: real server, signer, commands.
#include "tests/integration/evidence_fixture.h"

#include <thread>

namespace exhibit::test {
namespace {

using namespace std::chrono_literals;

class Keyring : public EvidenceTest {
protected:
    std::string path(const std::string& name) { return (m_folder.path() / name).string(); }

    /// exhibitctl without a server; its standard output when it succeeds.
    static std::string offline(std::vector<std::string> arguments)
    {
        const auto done = run(
            programPath("exhibitctl"), {.arguments = std::move(arguments)}, Deadline::after(30s));
        EXPECT_TRUE(done && done->exitCode == 0) << (done ? done->output : done.error().message);
        return done ? done->output.substr(0, done->output.find('\n')) : "";
    }

    /// Tries for some seconds.
    template <class Command>
    static bool succeeds(Command command)
    {
        const auto deadline = Deadline::after(30s);
        while (!deadline.reached()) {
            if (const auto done = command(); done && done->exitCode == 0) {
                return true;
            }
            std::this_thread::sleep_for(100ms);
        }
        return false;
    }

    /// Drafted by the server, signed with that root, published. Its version; 0 when it is refused.
    std::int64_t publish(const std::string& root, const std::vector<std::string>& revocations = {})
    {
        const auto drafted = m_server->control({"keyring", "draft", "-o", path("draft")});
        EXPECT_TRUE(drafted && drafted->exitCode == 0);
        std::vector<std::string> sign{
            "keyring", "sign", path("draft"), "--root", path(root), "-o", path("keyring.note")};
        for (const auto& revocation : revocations) {
            sign.insert(sign.end(), {"--revoke", revocation});
        }
        offline(sign);
        return publishAgain(m_roots[root]);
    }

    std::int64_t publishAgain(const std::string& rootKey)
    {
        const auto done = m_server->controlJson(
            {"keyring", "publish", path("keyring.note"), "--root-key", rootKey});
        return done ? findMember(*done, "version")->get_int64() : 0;
    }

    void makeRoot(const std::string& name)
    {
        m_roots[name] = offline({"keyring", "root", "example.com/root", "-o", path(name)});
        EXPECT_TRUE(m_roots[name].starts_with("example.com/root+")) << m_roots[name];
    }

    Json verifyWithKeyring(const std::string& file)
    {
        return verify(file, {"--trust", path("keyring.note"), "--trust-root", m_roots["root.key"]});
    }

    std::string lineOf(const std::string& purpose)
    {
        const auto shown = m_server->controlJson({"keyring", "show"});
        const std::string note(shown ? stringMember(*shown, "note") : "");
        const std::size_t at = note.find("key " + purpose + " ") + purpose.size() + 5;
        return note.substr(at, note.find(' ', at) - at);
    }

    std::uint64_t treeSize()
    {
        const auto head = m_server->controlJson({"ledger", "checkpoint"});
        const std::string note(head ? stringMember(*head, "note") : "");
        return std::stoull(note.substr(note.find('\n') + 1));
    }

    void rotateCertificateKey()
    {
        ASSERT_TRUE(m_server->stop(Deadline::after(60s)));
        // The signer that served may still be on its way out.
        EXPECT_TRUE(succeeds([this] {
            return run(programPath("exhibit-signer"),
                       {.arguments = {"--dir", path("data/signer"), "--rotate-certificate-key"}},
                       Deadline::after(30s));
        }));
        startServer();
    }

    std::map<std::string, std::string> m_roots; ///< vkeys by file.
};

TEST_F(Keyring, itsRootVouchesAndWhatItRevokesCountsForThePastAlone)
{
    static_cast<void>(callAsRecorded("contract-2-answer"));
    const std::string incident = waitForIncident();
    const std::string pack = exportPack(incident);
    ASSERT_TRUE(succeeds([&] { // Once the call has closed.
        return m_server->control({"certify", incident, "-o", path("certificate.json")});
    }));
    EXPECT_FALSE(m_server->controlJson({"keyring", "show"})) << "none yet";
    makeRoot("root.key");
    makeRoot("other.key");
    ASSERT_EQ(publish("root.key"), 1);
    EXPECT_EQ(stringMember(verifyWithKeyring(pack), "verdict"), "valid");
    EXPECT_EQ(publish("other.key"), 0) << "the tenant's root is another";
    EXPECT_EQ(publishAgain(m_roots["root.key"]), 0) << "it has not signed that one";

    const std::string stolen = lineOf("certificate");
    const std::string size = std::to_string(treeSize());
    rotateCertificateKey();
    ASSERT_EQ(publish("root.key", {stolen + "@" + size}), 2);
    const Json certificate = verifyWithKeyring(path("certificate.json"));
    EXPECT_EQ(stringMember(certificate, "verdict"), "valid") << printJson(certificate);
    EXPECT_NE(printJson(certificate).find("was revoked later"), std::string::npos);
    const Json before = verifyWithKeyring(pack);
    EXPECT_EQ(stringMember(before, "verdict"), "untrusted") << printJson(before);
    EXPECT_NE(printJson(before).find("was revoked"), std::string::npos);
    const Json fresh = verifyWithKeyring(exportPack(incident));
    EXPECT_EQ(stringMember(fresh, "verdict"), "valid") << printJson(fresh);

    // The old key cannot come back, and the log says what was revoked.
    offline(
        {"keyring", "sign", path("draft"), "--root", path("root.key"), "-o", path("back.note")});
    EXPECT_FALSE(m_server->controlJson(
        {"keyring", "publish", path("back.note"), "--root-key", m_roots["root.key"]}));
    const auto sound = m_server->controlJson({"ledger", "verify"});
    EXPECT_TRUE(findMember(*sound, "sound")->get_bool()) << printJson(*sound);
}

} // namespace
} // namespace exhibit::test
