// SPDX-License-Identifier: Apache-2.0
// Signing keys on a token: SoftHSM2 behind PKCS#11, in the signing process as it is shipped.
#include "models/evidence/checkpoint.h"
#include "tests/server/signer/running_signer.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace exhibit::signer {
namespace {

using testing::RunningSigner;
using testing::runSigner;

std::string modulePath()
{
    for (const auto* path : {"/usr/lib/softhsm/libsofthsm2.so",
                             "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
                             "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so"}) {
        if (std::filesystem::exists(path)) {
            return path;
        }
    }
    return {};
}

class Pkcs11 : public ::testing::Test {
protected:
    void SetUp() override
    {
        if (modulePath().empty()) {
            GTEST_SKIP() << "SoftHSM2 (package softhsm2) is not installed: no token is tested";
        }
        std::filesystem::create_directory(tokens());
        const auto file = m_folder.write("softhsm2.conf",
                                         "directories.tokendir = " + tokens().string()
                                             + "\nobjectstore.backend = file\nlog.level = ERROR\n");
        ::setenv("SOFTHSM2_CONF", file.c_str(), 1);
        ASSERT_EQ(std::system("softhsm2-util --init-token --free --label exhibit --pin 123456"
                              " --so-pin 654321 > /dev/null"),
                  0);
        writePin("123456\n");
        ASSERT_EQ(makeKey("exhibit-log"), 0);
        ASSERT_EQ(makeKey("exhibit-certificate"), 0);
    }
    void TearDown() override { ::unsetenv("SOFTHSM2_CONF"); }

    std::filesystem::path tokens() const { return m_folder.path() / "tokens"; }
    std::string pinFile() const { return (m_folder.path() / "pin").string(); }

    void writePin(const std::string& pin)
    {
        std::filesystem::permissions(m_folder.write("pin", pin),
                                     std::filesystem::perms::owner_read
                                         | std::filesystem::perms::owner_write);
    }

    std::vector<std::string> token(std::vector<std::string> more = {}) const
    {
        std::vector<std::string> all{"--pkcs11-module",
                                     modulePath(),
                                     "--pkcs11-token",
                                     "exhibit",
                                     "--pkcs11-pin-file",
                                     pinFile(),
                                     "--token-folder",
                                     tokens().string()};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    int makeKey(const std::string& label) const
    {
        auto arguments = token({"--make-token-key", label});
        arguments.insert(arguments.end(), {"--dir", m_folder.path().string()});
        return runSigner(arguments);
    }

    test::TempDir m_folder;
};

evidence::NoteKey named(const Bytes& raw)
{
    return evidence::NoteKey::make("log.example", evidence::PublicKey::fromEd25519(raw).value())
        .value();
}

TEST_F(Pkcs11, signsWithKeysThatNeverLeaveTheToken)
{
    const RunningSigner signer(token());
    SignerClient client(signer.socket());
    const auto keys = client.publicKeys();
    ASSERT_TRUE(keys) << keys.error().message;
    EXPECT_NE(keys->log, keys->certificate);
    for (std::uint64_t size = 1; size <= 3; ++size) {
        evidence::Tree tree;
        for (std::uint64_t i = 0; i < size; ++i) {
            tree.append(evidence::leafHash(std::to_string(i)));
        }
        const auto proof = size == 1
            ? evidence::Proof{}
            : evidence::consistencyProof(tree.nodes(), size - 1, size).value();
        const auto note = client.signCheckpoint("log.example", {size, tree.root(size)}, proof);
        ASSERT_TRUE(note) << note.error().message;
        const auto key = named(keys->log);
        EXPECT_EQ(
            evidence::verifyNote(evidence::parseNote(*note).value(), {&key, 1}).value().size(), 1U);
    }
    const auto envelope
        = client.signCertificate({{"log.example#0", Digest{}}}, JsonObject{{"a", "b"}});
    ASSERT_TRUE(envelope) << envelope.error().message;
    const auto certificate = evidence::PublicKey::fromEd25519(keys->certificate).value();
    EXPECT_EQ(evidence::verifyEnvelope(*envelope, {&certificate, 1}).size(), 1U);
}

TEST_F(Pkcs11, opensTheTokensFilesAndNoOthersWhileItServes)
{
    const RunningSigner signer(token());
    SignerClient client(signer.socket());
    const auto health = client.call(JsonObject{{"call", "health"}});
    ASSERT_TRUE(health) << health.error().message;
    const Json& probe = *findMember(*health, "probe");
    EXPECT_TRUE(findMember(probe, "open_refused")->get_bool()) << printJson(*health);
    EXPECT_TRUE(findMember(probe, "socket_refused")->get_bool());
    const Json& sandbox = *findMember(*health, "sandbox");
    EXPECT_TRUE(findMember(sandbox, "seccomp")->get_bool());
    EXPECT_EQ(*findMember(sandbox, "folders"), Json(JsonArray{Json(tokens().string())}));
}

TEST_F(Pkcs11, keepsItsKeysOverARestartAndSignsWithBothAfterARotation)
{
    RunningSigner signer(token());
    SignerClient client(signer.socket());
    const auto before = client.publicKeys().value();
    const evidence::TreeHead head{1, evidence::leafHash("entry")};
    ASSERT_TRUE(client.signCheckpoint("log.example", head, {}));
    signer.stop(SIGTERM);
    ASSERT_EQ(makeKey("exhibit-log-2"), 0);
    signer.start(token({"--log-key", "exhibit-log-2", "--previous-log-key", "exhibit-log"}));
    const auto after = client.publicKeys().value();
    EXPECT_EQ(after.previousLog, before.log);
    EXPECT_EQ(after.certificate, before.certificate);
    const auto note
        = evidence::parseNote(client.signCheckpoint("log.example", head, {}).value()).value();
    for (const Bytes& raw : {before.log, after.log}) {
        const auto key = named(raw);
        EXPECT_EQ(evidence::verifyNote(note, {&key, 1}).value().size(), 1U);
    }
    EXPECT_EQ(client.signCheckpoint("log.example", {1, Digest{}}, {}).error().code,
              ErrorCode::Forbidden)
        << "the heads it signed are remembered as ever";
}

TEST_F(Pkcs11, doesNotStartWithoutWhatItWasToldToUse)
{
    EXPECT_NE(makeKey("exhibit-log"), 0) << "there is one of that label";
    const auto serve = [this](std::vector<std::string> arguments) {
        arguments.insert(
            arguments.end(),
            {"--dir", m_folder.path().string(), "--socket", (m_folder.path() / "s").string()});
        return runSigner(std::move(arguments));
    };
    EXPECT_EQ(serve(token({"--log-key", "other"})), 3);
    writePin("000000");
    EXPECT_EQ(serve(token()), 3);
    std::filesystem::permissions(
        pinFile(), std::filesystem::perms::others_read, std::filesystem::perm_options::add);
    EXPECT_EQ(serve(token()), 3) << "others may read the PIN";
}

} // namespace
} // namespace exhibit::signer
