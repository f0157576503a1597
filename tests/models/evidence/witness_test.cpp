// SPDX-License-Identifier: Apache-2.0
// What a witness answers: its own cosignature is taken, everything else is left out or refused.
#include "models/evidence/witness.h"

#include "models/base/base64.h"
#include "models/evidence/checkpoint.h"

#include <gtest/gtest.h>

namespace exhibit::evidence {
namespace {

SigningKey keyOf(char seed)
{
    return SigningKey::fromSeed(Secret(std::string(32, seed))).value();
}

const std::string kBody = writeCheckpoint({"log.example", {7, Digest{}}});

std::string checkpoint()
{
    const auto log = keyOf('l');
    const auto key = NoteKey::make("log.example", log.publicKey()).value();
    return writeNote({kBody, {makeSignature(key, log.sign(kBody))}}).value();
}

/// C2SP tlog-cosignature: the key's type is 4, and the time is signed too.
NoteKey witnessKey(char seed)
{
    const std::string typed = '\x04' + keyOf(seed).publicKey().raw();
    const std::string id = toHex(asView(sha256("w.example\n" + typed))).substr(0, 8);
    return NoteKey::parse("w.example+" + id + "+" + toBase64(typed)).value();
}

std::string cosignature(char seed, const std::string& body = kBody)
{
    const std::string time("\0\0\0\0\x65\x4a\x12\x34", 8);
    const std::string message = "cosignature/v1\ntime 1699353140\n" + body;
    const auto line = makeSignature(witnessKey(seed), time + keyOf(seed).sign(message));
    return writeNote({kBody, {line}}).value().substr(kBody.size() + 1);
}

TEST(Witness, itsOwnCosignatureIsTakenOutOfTheAnswer)
{
    const auto key = witnessKey('w');
    const auto line = cosignatureIn(cosignature('x') + cosignature('w'), checkpoint(), key);
    ASSERT_TRUE(line) << line.error().message;
    EXPECT_EQ(*line, cosignature('w'));
    const auto whole = parseNote(checkpoint() + *line).value();
    EXPECT_EQ(verifyNote(whole, {&key, 1}).value().size(), 1U);
}

TEST(Witness, anAnswerThatDoesNotFitIsRefused)
{
    const auto key = witnessKey('w');
    const std::string other = writeCheckpoint({"log.example", {8, Digest{}}});
    for (const std::string& answer : {std::string(),
                                      std::string("good\n"),
                                      cosignature('x'),
                                      cosignature('w', other),
                                      "\n" + cosignature('w'),
                                      cosignature('w') + "more",
                                      "text\n\n" + cosignature('w')}) {
        EXPECT_FALSE(cosignatureIn(answer, checkpoint(), key)) << answer;
    }
    EXPECT_FALSE(cosignatureIn(cosignature('w'), "no note", key));
}

TEST(Witness, theSizeItNamesIsADecimalInALine)
{
    EXPECT_EQ(witnessedSizeIn("20852014\n").value(), 20852014U);
    EXPECT_EQ(witnessedSizeIn("0\n").value(), 0U);
    for (const auto* bad : {"", "\n", "7", "07\n", "-1\n", "7\n\n", "9223372036854775808\n"}) {
        EXPECT_FALSE(witnessedSizeIn(bad)) << bad;
    }
}

} // namespace
} // namespace exhibit::evidence
