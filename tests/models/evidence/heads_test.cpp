// SPDX-License-Identifier: Apache-2.0
// What heads of a log say of each other and of the entries of a pack, and what they do not.
#include "models/base/base64.h"
#include "models/evidence/head_joins.h"
#include "tests/models/evidence/log_on_test.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace exhibit;
using namespace exhibit::evidence;
using namespace exhibit::evidence::testing;

namespace {

/// A head of that size, signed by the log, that is of no history with its other heads.
std::string forkedNote(const LogOnTest& log, std::uint64_t size)
{
    return log.note(TreeHead{size, sha256("another history")});
}

LogOnTest logOf(int entries)
{
    LogOnTest log;
    log.addMany(entries);
    return log;
}

VerificationReport verified(const PackPayload& payload, std::uint64_t treeSize)
{
    return verifyPack(packOf(payload, treeSize), smallAnchors());
}

/// A cosignature of the witness on test: time, then Ed25519 over both.
NoteSignature cosigned(const NoteKey& witness, const std::string& body)
{
    const Bytes time(8, '\0');
    return makeSignature(witness, time + smallKey('w').sign("cosignature/v1\ntime 0\n" + body));
}

NoteKey witnessKey()
{
    const Bytes typed = static_cast<char>(NoteKey::kCosignature) + smallKey('w').publicKey().raw();
    const Digest id = sha256("witness.example\n" + typed);
    return NoteKey::parse(fmt::format("witness.example+{}+{}",
                                      toHex(asView(id).substr(0, 4)),
                                      toBase64(typed)))
        .value();
}

} // namespace

TEST(HeadJoins, joinNothingThatNoProofJoins)
{
    HeadJoins heads;
    EXPECT_TRUE(heads.allJoined());
    EXPECT_FALSE(heads.joined(5, 5)) << "never added";
    heads.add(5);
    EXPECT_TRUE(heads.joined(5, 5));
    heads.add(7);
    heads.add(9);
    heads.join(7, 9);
    EXPECT_FALSE(heads.joined(5, 9));
    EXPECT_FALSE(heads.allJoined());
    heads.join(5, 9);
    EXPECT_TRUE(heads.joined(7, 5));
    EXPECT_TRUE(heads.allJoined());
}

TEST(Heads, ofForkedTreesAreNotCalledConsistent)
{
    const auto log = logOf(10);
    auto payload = log.payload(4, 6, 10);
    payload[checkpointPath(20)] = forkedNote(log, 20);
    const auto report = verified(payload, 20);
    EXPECT_EQ(resultOf(report, "consistency"), CheckResult::NotChecked) << told(report);
    EXPECT_EQ(resultOf(report, "chain"), CheckResult::Passed);
}

TEST(Heads, beyondTheEntriesAreJoinedByAProofAlone)
{
    const auto log = logOf(10);
    auto payload = log.payload(0, 4, 5);
    payload[checkpointPath(9)] = log.note(9);
    EXPECT_EQ(resultOf(verified(payload, 9), "consistency"), CheckResult::NotChecked);
    payload[consistencyPath(5, 9)] = log.consistency(5, 9);
    EXPECT_EQ(resultOf(verified(payload, 9), "consistency"), CheckResult::Passed);
    // A third one that no file joins.
    payload[checkpointPath(10)] = log.note(10);
    EXPECT_EQ(resultOf(verified(payload, 10), "consistency"), CheckResult::NotChecked);
    payload[consistencyPath(9, 10)] = log.consistency(9, 10);
    EXPECT_EQ(resultOf(verified(payload, 10), "consistency"), CheckResult::Passed);
}

TEST(Heads, thatTheEntriesThemselvesGiveAreJoined)
{
    const auto log = logOf(6);
    auto payload = log.payload(0, 5, 6);
    payload[checkpointPath(3)] = log.note(3);
    EXPECT_EQ(resultOf(verified(payload, 6), "consistency"), CheckResult::Passed);
    payload[checkpointPath(3)] = forkedNote(log, 3);
    EXPECT_EQ(resultOf(verified(payload, 6), "consistency"), CheckResult::Failed);
}

TEST(Heads, thatAWitnessSawAnswerForNoOtherEntries)
{
    const auto log = logOf(10);
    auto anchors = smallAnchors();
    anchors.witnesses.push_back({witnessKey()});
    const auto seen = [&](std::uint64_t size) {
        const auto head = log.head(size);
        return log.note(
            head, {cosigned(witnessKey(), writeCheckpoint({std::string(kSmallOrigin), head}))});
    };
    const auto trust = [&](const PackPayload& payload, std::uint64_t size) {
        return resultOf(verifyPack(packOf(payload, size), anchors), "trust");
    };
    auto payload = log.payload(0, 4, 5);
    EXPECT_EQ(trust(payload, 5), CheckResult::NotChecked) << "nobody saw it";
    payload[checkpointPath(3)] = seen(3);
    EXPECT_EQ(trust(payload, 5), CheckResult::NotChecked) << "it is below some entries";
    payload.erase(checkpointPath(3));
    payload[checkpointPath(9)] = seen(9);
    EXPECT_EQ(trust(payload, 9), CheckResult::NotChecked) << "it is joined to nothing";
    payload[consistencyPath(5, 9)] = log.consistency(5, 9);
    EXPECT_EQ(trust(payload, 9), CheckResult::Passed);
    anchors.witnesses = {{witnessKey(), 0, 8}};
    EXPECT_EQ(trust(payload, 9), CheckResult::NotChecked) << "the witness counts up to 8";
}

namespace {

constexpr const char* kAuthority = R"([req]
distinguished_name = name
prompt = no
x509_extensions = own
[name]
CN = authority of a test
[own]
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
[tsa]
default_tsa = authority
[authority]
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
)";

/// openssl ts in a folder of its own.
class StampedHeads : public ::testing::Test {
protected:
    void SetUp() override
    {
        std::string name
            = (std::filesystem::temp_directory_path() / "exhibit-heads-XXXXXX").string();
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        m_folder = name;
        std::ofstream(m_folder / "conf") << kAuthority;
        std::ofstream(m_folder / "serial") << "01\n";
        ASSERT_TRUE(openssl("req -x509 -newkey rsa:2048 -nodes -keyout tsa.key -out tsa.pem"
                            " -config conf -days 2"));
    }
    void TearDown() override { std::filesystem::remove_all(m_folder); }

    bool openssl(const std::string& arguments) const
    {
        const std::string command
            = "cd '" + m_folder.string() + "' && openssl " + arguments + " >/dev/null 2>&1";
        return std::system(command.c_str()) == 0;
    }
    Bytes content(const std::string& name) const
    {
        std::ifstream stream(m_folder / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(stream), {}};
    }
    Bytes stamp(const std::string& note) const
    {
        std::ofstream(m_folder / "note", std::ios::binary) << note;
        EXPECT_TRUE(openssl("ts -query -data note -sha256 -cert -out query"));
        EXPECT_TRUE(openssl("ts -reply -config conf -queryfile query -out reply"));
        return content("reply");
    }
    VerificationReport verified(const PackPayload& payload, std::uint64_t size) const
    {
        auto anchors = smallAnchors();
        anchors.timestampAuthorities.push_back(content("tsa.pem"));
        return verifyPack(packOf(payload, size), anchors);
    }

    std::filesystem::path m_folder;
};

} // namespace

TEST_F(StampedHeads, proveATimeOfWhatIsUnderThemAlone)
{
    const auto log = logOf(10);
    auto payload = log.payload(0, 4, 5);
    payload[checkpointPath(3)] = log.note(3);
    payload[tokenPath(3)] = stamp(log.note(3));
    const auto part = verified(payload, 5);
    EXPECT_EQ(resultOf(part, "time"), CheckResult::NotChecked) << told(part);
    EXPECT_FALSE(part.timeProven);
    EXPECT_NE(told(part).find("covers entries below 3 only"), std::string::npos) << told(part);

    payload[tokenPath(5)] = stamp(log.note(5));
    const auto whole = verified(payload, 5);
    EXPECT_EQ(resultOf(whole, "time"), CheckResult::Passed) << told(whole);
    EXPECT_TRUE(whole.timeProven);

    payload.erase(tokenPath(3));
    payload.erase(tokenPath(5));
    payload[checkpointPath(9)] = log.note(9);
    payload[tokenPath(9)] = stamp(log.note(9));
    EXPECT_EQ(resultOf(verified(payload, 9), "time"), CheckResult::NotChecked) << "not joined";
    payload[consistencyPath(5, 9)] = log.consistency(5, 9);
    EXPECT_EQ(resultOf(verified(payload, 9), "time"), CheckResult::Passed);
}
