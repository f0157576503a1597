// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/dsse.h"

#include "tests/models/evidence/vector_files.h"

using namespace exhibit;
using namespace exhibit::evidence;
using namespace exhibit::evidence::testing;

TEST(Dsse, encodesAsTheProtocolSays)
{
    EXPECT_EQ(preAuthEncoding("http://example.com/HelloWorld", "hello world"),
              "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
}

TEST(Dsse, verifiesTheProtocolsExample)
{
    NEEDS_VECTORS();
    const Json file = readJson(vectors() / "dsse/protocol-example.json");
    // The point as decimal numbers in the file, as a key in PEM.
    const auto key
        = PublicKey::fromPem("-----BEGIN PUBLIC KEY-----\n"
                             "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEZ805D3eqNZywjCI19lInBJOp7YMr\n"
                             "CrzAH3CVTAOQ0jgMeCvVTiaRJaRPRDOv8UMs6U4SvKc6pnrIDOoSYI3fdA==\n"
                             "-----END PUBLIC KEY-----\n");
    const auto envelope = parseEnvelope(printJson(*findMember(file, "envelope"))).value();
    EXPECT_EQ(preAuthEncoding(envelope.payloadType, envelope.payload), text(file, "pae"));
    ASSERT_TRUE(key);
    EXPECT_EQ(verifyEnvelope(envelope, {&*key, 1}).size(), 1U);
}

TEST(Dsse, verifiesInTotoEnvelopesOfOthers)
{
    NEEDS_VECTORS();
    const auto folder = vectors() / "dsse/in-toto-golang";
    const auto alice = PublicKey::fromPem(readFile(folder / "alice.pub")).value();
    const auto carol = PublicKey::fromPem(readFile(folder / "carol.pub")).value();
    const auto layout = parseEnvelope(readFile(folder / "demo.dsse.layout")).value();
    const PublicKey keys[] = {carol, alice, alice};
    EXPECT_EQ(verifyEnvelope(layout, keys).size(), 1U) << "a key counts once";
    auto changed = layout;
    changed.payload[0] = '[';
    EXPECT_TRUE(verifyEnvelope(changed, keys).empty());
}

TEST(Dsse, takesBothAlphabetsAndRefusesMalformedEnvelopes)
{
    const Envelope envelope{"\xfb\xff", "t", {{"k", std::string(64, '\xfe')}}};
    std::string json = writeEnvelope(envelope);
    EXPECT_EQ(parseEnvelope(json)->payload, "\xfb\xff");
    for (auto& c : json) {
        c = c == '+' ? '-' : c == '/' ? '_' : c;
    }
    EXPECT_EQ(parseEnvelope(json)->payload, "\xfb\xff");
    EXPECT_FALSE(parseEnvelope("{}"));
    EXPECT_FALSE(parseEnvelope(R"({"payload":"!","payloadType":"t","signatures":[{"sig":""}]})"));
    EXPECT_FALSE(parseEnvelope(R"({"payload":"","payloadType":"t","signatures":[]})"));
    std::string many = R"({"payload":"","payloadType":"t","signatures":[{"sig":""})";
    for (std::size_t i = 1; i < limits::kDsseSignaturesMax; ++i) {
        many += R"(,{"sig":""})";
    }
    EXPECT_TRUE(parseEnvelope(many + "]}"));
    EXPECT_FALSE(parseEnvelope(many + R"(,{"sig":""}]})"));
}

TEST(Dsse, readsItsOwnStatements)
{
    const Statement statement{{{"a", sha256("a")}}, "p", JsonObject{{"n", 1}}};
    const Bytes bytes = writeStatement(statement).value();
    const auto read = parseStatement(bytes).value();
    EXPECT_EQ(findSubject(read, "a")->sha256, sha256("a"));
    EXPECT_EQ(findSubject(read, "b"), nullptr);
    EXPECT_FALSE(parseStatement(bytes + " "));
    EXPECT_FALSE(writeStatement({{}, "p", Json(1.5)}));
}
