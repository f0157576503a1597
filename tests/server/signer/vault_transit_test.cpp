// SPDX-License-Identifier: Apache-2.0
// Signing keys in Vault's transit engine, by its published interface: a server that speaks it on a
// real socket stands in for Vault, which is not tested here.
#include "models/evidence/checkpoint.h"
#include "tests/server/signer/running_signer.h"
#include "tests/support/process.h"

#include <gtest/gtest.h>

namespace exhibit::signer {
namespace {

using testing::RunningSigner;
using testing::runSigner;

class Vault : public ::testing::Test {
protected:
    void SetUp() override
    {
        const char* const source = std::getenv("EXHIBIT_SOURCE_DIR");
        auto vault
            = test::Process::start("/usr/bin/python3",
                                   {.arguments = {std::string(source == nullptr ? "." : source)
                                                      + "/tests/support/vault_transit.py",
                                                  socket()}});
        ASSERT_TRUE(vault) << vault.error().message;
        m_vault.emplace(*std::move(vault));
        const auto ready = m_vault->readLine(Deadline::after(std::chrono::seconds(60)));
        ASSERT_TRUE(ready) << ready.error().message;
        writeToken("s.test\n");
    }

    std::string socket() const { return (m_folder.path() / "vault.sock").string(); }
    void writeToken(const std::string& token)
    {
        std::filesystem::permissions(m_folder.write("token", token),
                                     std::filesystem::perms::owner_read
                                         | std::filesystem::perms::owner_write);
    }
    std::vector<std::string> vault(std::vector<std::string> more = {}) const
    {
        std::vector<std::string> all{
            "--vault-socket", socket(), "--vault-token-file", m_folder.file("token")};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }

    test::TempDir m_folder;
    std::optional<test::Process> m_vault;
};

constexpr const char* kOrigin = "log.example";

std::size_t signersOf(const std::string& note, const Bytes& raw)
{
    const auto key
        = evidence::NoteKey::make(kOrigin, evidence::PublicKey::fromEd25519(raw).value()).value();
    return evidence::verifyNote(evidence::parseNote(note).value(), {&key, 1}).value().size();
}

TEST_F(Vault, signsOverTheOneConnectionWithTheNewestVersion)
{
    const RunningSigner signer(vault());
    SignerClient client(signer.socket());
    const auto keys = client.publicKeys();
    ASSERT_TRUE(keys) << keys.error().message;
    const evidence::TreeHead head{1, evidence::leafHash("entry")};
    for (int i = 0; i < 3; ++i) {
        const auto note = client.signCheckpoint(kOrigin, head, {});
        ASSERT_TRUE(note) << note.error().message;
        EXPECT_EQ(signersOf(*note, keys->log), 1U);
    }
    const auto envelope
        = client.signCertificate({{"log.example#0", Digest{}}}, JsonObject{{"a", "b"}});
    ASSERT_TRUE(envelope) << envelope.error().message;
    const auto certificate = evidence::PublicKey::fromEd25519(keys->certificate).value();
    EXPECT_EQ(evidence::verifyEnvelope(*envelope, {&certificate, 1}).size(), 1U);
    const auto health = client.call(JsonObject{{"call", "health"}});
    ASSERT_TRUE(health);
    const Json& probe = *findMember(*health, "probe");
    EXPECT_TRUE(findMember(probe, "open_refused")->get_bool());
    EXPECT_TRUE(findMember(probe, "socket_refused")->get_bool());
}

TEST_F(Vault, signsWithTwoVersionsAfterARotation)
{
    const RunningSigner signer(
        vault({"--log-key", "exhibit-log:2", "--previous-log-key", "exhibit-log:1"}));
    SignerClient client(signer.socket());
    const auto keys = client.publicKeys().value();
    EXPECT_NE(keys.log, keys.previousLog);
    const auto note = client.signCheckpoint(kOrigin, {1, evidence::leafHash("entry")}, {}).value();
    EXPECT_EQ(signersOf(note, keys.log), 1U);
    EXPECT_EQ(signersOf(note, keys.previousLog), 1U);
}

TEST_F(Vault, endsWhenVaultIsGoneSoThatAnotherCanBeStarted)
{
    RunningSigner signer(vault());
    SignerClient client(signer.socket());
    ASSERT_TRUE(client.publicKeys());
    m_vault->kill();
    static_cast<void>(m_vault->wait(Deadline::after(std::chrono::seconds(10))));
    EXPECT_EQ(client.signCheckpoint(kOrigin, {1, evidence::leafHash("entry")}, {}).error().code,
              ErrorCode::Unavailable);
    EXPECT_TRUE(signer.ends());
}

TEST_F(Vault, doesNotStartWithoutWhatItWasToldToUse)
{
    const auto serve = [this](std::vector<std::string> arguments) {
        arguments.insert(
            arguments.end(),
            {"--dir", m_folder.path().string(), "--socket", (m_folder.path() / "s").string()});
        return runSigner(std::move(arguments));
    };
    EXPECT_EQ(serve(vault({"--log-key", "rsa"})), 3);
    EXPECT_EQ(serve(vault({"--log-key", "exhibit-log:3"})), 3);
    EXPECT_EQ(serve(vault({"--log-key", "no such key"})), 3);
    EXPECT_EQ(serve(vault({"--log-key", "other"})), 3);
    EXPECT_EQ(serve(vault({"--vault-mount", "elsewhere"})), 3);
    EXPECT_EQ(serve({"--vault-socket", m_folder.file("nobody")}), 3);
    writeToken("s.other");
    EXPECT_EQ(serve(vault()), 3);
}

} // namespace
} // namespace exhibit::signer
