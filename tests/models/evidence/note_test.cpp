// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/note.h"

#include "models/base/limits.h"
#include "models/evidence/checkpoint.h"
#include "models/evidence/trust.h"
#include "tests/models/evidence/vector_files.h"

using namespace exhibit;
using namespace exhibit::evidence;
using namespace exhibit::evidence::testing;

namespace {

SigningKey signingKey(char seed)
{
    return SigningKey::fromSeed(Secret(std::string(32, seed))).value();
}

std::string signedNote(const std::string& body, const SigningKey& key, const std::string& name)
{
    const auto noteKey = NoteKey::make(name, key.publicKey()).value();
    return writeNote({body, {makeSignature(noteKey, key.sign(body))}}).value();
}

} // namespace

TEST(Note, verifiesPublishedNotes)
{
    NEEDS_VECTORS();
    const Json tests = readJson(vectors() / "note/signed-notes.json");
    for (const auto& test : tests.get_array()) {
        const auto note = parseNote(text(test, "note"));
        ASSERT_TRUE(note) << text(test, "name");
        EXPECT_EQ(writeNote(*note).value(), text(test, "note"));
        if (findMember(test, "vkey")->is_string()) {
            const auto key = NoteKey::parse(text(test, "vkey"));
            ASSERT_TRUE(key);
            EXPECT_EQ(verifyNote(*note, {&*key, 1}).value().size(), 1U) << text(test, "name");
        }
    }
}

TEST(Note, readsCheckpointBodiesWithRootsOf32Bytes)
{
    NEEDS_VECTORS();
    const Json file = readJson(vectors() / "note/checkpoint-bodies.json");
    for (const auto& test : findMember(file, "cases")->get_array()) {
        const std::string body = text(test, "m");
        // The upstream parser takes roots of any length; a tree head needs 32 bytes.
        EXPECT_FALSE(parseCheckpoint(body)) << body;
    }
    EXPECT_TRUE(parseCheckpoint("Log\n123\n" + toBase64(std::string(32, 'x')) + "\n"));
    EXPECT_FALSE(parseCheckpoint("Log\n0123\n" + toBase64(std::string(32, 'x')) + "\n"));
    EXPECT_FALSE(parseCheckpoint("Log\n123\n" + toBase64(std::string(33, 'x')) + "\n"));
    EXPECT_FALSE(parseCheckpoint("\n123\n" + toBase64(std::string(32, 'x')) + "\n"));
}

TEST(Note, readsTlogProofsAsTheFormatSays)
{
    NEEDS_VECTORS();
    const Json file = readJson(vectors() / "tlog/tlog-proof-format.json");
    for (const auto& test : findMember(file, "cases")->get_array()) {
        const auto proof = parseTlogProof(text(test, "proof"));
        ASSERT_EQ(proof.has_value(), text(test, "want") == "parse-ok") << text(test, "name");
        if (proof) {
            EXPECT_EQ(writeTlogProof(*proof), text(test, "proof"));
            EXPECT_EQ(static_cast<std::int64_t>(proof->index),
                      findMember(test, "index")->get_int64());
        }
    }
}

TEST(Note, rejectsABadSignatureOfAKnownKeyAndIgnoresUnknownOnes)
{
    const auto key = signingKey('a');
    const auto known = NoteKey::make("log.example", key.publicKey()).value();
    const auto good = parseNote(signedNote("hello\n", key, "log.example")).value();
    EXPECT_EQ(verifyNote(good, {&known, 1}).value(), std::vector<std::size_t>{0});
    auto forged = good;
    forged.text = "hullo\n";
    EXPECT_FALSE(verifyNote(forged, {&known, 1}));
    const auto other = parseNote(signedNote("hello\n", signingKey('b'), "log.example")).value();
    EXPECT_TRUE(verifyNote(other, {&known, 1}).value().empty());
    auto twice = good;
    twice.signatures.push_back(good.signatures[0]);
    EXPECT_EQ(verifyNote(twice, {&known, 1}).value().size(), 1U);
}

TEST(Note, splitsAtTheLastEmptyLineAndRefusesWhatIsNoNote)
{
    const auto key = signingKey('a');
    const auto note = parseNote(signedNote("a\n\nb\n", key, "k")).value();
    EXPECT_EQ(note.text, "a\n\nb\n");
    EXPECT_FALSE(parseNote("text\n"));
    EXPECT_FALSE(parseNote("text\n\n"));
    EXPECT_FALSE(parseNote("te\txt\n\n\xe2\x80\x94 k AAAAAAA=\n"));
    EXPECT_FALSE(parseNote("text\n\n\xe2\x80\x94 k AAAA\n")) << "an id without a signature";
    EXPECT_FALSE(parseNote("text\n\n- k AAAAAAA=\n"));
    EXPECT_FALSE(parseNote("\xff\n\n\xe2\x80\x94 k AAAAAAA=\n"));
}

TEST(Note, hasLimits)
{
    std::string many = "text\n\n";
    for (std::size_t i = 0; i < limits::kNoteSignaturesMax; ++i) {
        many += "\xe2\x80\x94 k AAAAAAA=\n";
    }
    EXPECT_TRUE(parseNote(many));
    EXPECT_FALSE(parseNote(many + "\xe2\x80\x94 k AAAAAAA=\n"));
    EXPECT_EQ(parseNote(std::string(limits::kNoteBytesMax + 1, 'x')).error().code,
              ErrorCode::TooLarge);
    std::string proof = "c2sp.org/tlog-proof@v1\nindex 0\n";
    for (std::size_t i = 0; i < limits::kProofHashesMax; ++i) {
        proof += toBase64(std::string(32, 'h')) + "\n";
    }
    EXPECT_TRUE(parseTlogProof(proof + "\nx"));
    EXPECT_FALSE(parseTlogProof(proof + toBase64(std::string(32, 'h')) + "\n\nx"));
}

TEST(Note, countsKeysOfAKeyringWithinTheirSizes)
{
    const auto root = signingKey('r');
    const auto log = signingKey('l');
    const auto key = NoteKey::make("log.example", log.publicKey()).value();
    const std::string ring = writeKeyring({{"log", key, 0, 10, KeyStatus::Revoked}});
    TrustAnchors anchors;
    const auto rootKey = NoteKey::make("root.example", root.publicKey()).value();
    ASSERT_TRUE(anchors.addKeyring(signedNote(ring, root, "root.example"), rootKey));
    EXPECT_FALSE(anchors.addKeyring(signedNote(ring, log, "root.example"), rootKey));
    const auto at = [&](std::uint64_t size) {
        const std::string body = writeCheckpoint({"log.example", {size, Digest{}}});
        return signerOf(
            parseSignedCheckpoint(signedNote(body, log, "log.example")).value(), anchors, {});
    };
    EXPECT_EQ(at(10), SignerKind::Pinned);
    EXPECT_EQ(at(11), SignerKind::Revoked);
}
