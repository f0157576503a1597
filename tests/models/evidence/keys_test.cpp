// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/keys.h"

#include "tests/models/evidence/vector_files.h"

using namespace exhibit;
using namespace exhibit::evidence;
using namespace exhibit::evidence::testing;

TEST(Keys, signAsRfc8032Does)
{
    NEEDS_VECTORS();
    const Json file = readJson(vectors() / "ed25519/rfc8032.json");
    for (const auto& vector : findMember(file, "vectors")->get_array()) {
        const auto key = SigningKey::fromSeed(Secret(*fromHex(text(vector, "seed_hex"))));
        ASSERT_TRUE(key);
        const Bytes message = *fromHex(text(vector, "message_hex"));
        EXPECT_EQ(toHex(key->publicKey().raw()), text(vector, "public_hex"));
        EXPECT_EQ(toHex(key->sign(message)), text(vector, "signature_hex"));
        EXPECT_TRUE(key->publicKey().verify(message, *fromHex(text(vector, "signature_hex"))));
    }
}

TEST(Keys, verifyAsWycheproofExpects)
{
    NEEDS_VECTORS();
    const Json file = readJson(vectors() / "ed25519/wycheproof-part1.json");
    std::size_t count = 0;
    for (const auto& group : findMember(file, "testGroups")->get_array()) {
        const auto key = PublicKey::fromText(text(*findMember(group, "publicKey"), "pk"));
        for (const auto& test : findMember(group, "tests")->get_array()) {
            const bool fits
                = key && key->verify(*fromHex(text(test, "msg")), *fromHex(text(test, "sig")));
            EXPECT_EQ(fits, text(test, "result") == "valid") << printJson(test);
            ++count;
        }
    }
    EXPECT_EQ(count, 44U);
}

TEST(Keys, macAsWycheproofExpects)
{
    NEEDS_VECTORS();
    const Json file = readJson(vectors() / "hmac/wycheproof-hmac-sha256-part1.json");
    for (const auto& group : findMember(file, "testGroups")->get_array()) {
        const auto size = static_cast<std::size_t>(findMember(group, "tagSize")->get_int64() / 8);
        for (const auto& test : findMember(group, "tests")->get_array()) {
            const Bytes tag = hmacSha256(*fromHex(text(test, "key")), *fromHex(text(test, "msg")))
                                  .substr(0, size);
            EXPECT_EQ(toHex(tag) == text(test, "tag"), text(test, "result") == "valid");
        }
    }
}

TEST(Keys, readPemAndHexAlike)
{
    const auto key = SigningKey::fromSeed(Secret(std::string(32, '\x11')));
    const auto fromPem = PublicKey::fromText(key->publicKey().pem());
    const auto fromHexText = PublicKey::fromText(toHex(key->publicKey().raw()) + "\n");
    ASSERT_TRUE(fromPem && fromHexText);
    EXPECT_EQ(fromPem->id(), key->publicKey().id());
    EXPECT_EQ(fromHexText->id(), key->publicKey().id());
    EXPECT_FALSE(PublicKey::fromText("00"));
    EXPECT_FALSE(PublicKey::fromText("-----BEGIN PUBLIC KEY-----\n!\n-----END PUBLIC KEY-----\n"));
    EXPECT_FALSE(SigningKey::fromSeed(Secret("short")));
}
