// SPDX-License-Identifier: Apache-2.0
#include "server/signer/signer.h"

#include "models/base/base64.h"
#include "models/base/limits.h"
#include "models/evidence/checkpoint.h"
#include "models/evidence/pack.h"
#include "server/signer/protocol.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <fstream>

using namespace exhibit;
using namespace exhibit::signer;

namespace {

const std::string kOrigin = "exhibit.example/t/log1";

class SignerOnTest : public ::testing::Test {
protected:
    Signer open()
    {
        auto keys = loadOrCreateKeys(m_folder.path(), m_folder.path() / "unlock.key");
        auto heads = HeadsFile::open(m_folder.path() / "heads");
        EXPECT_TRUE(keys && heads);
        return Signer::create(*std::move(keys), *std::move(heads)).value();
    }

    static evidence::Tree treeOf(std::uint64_t size)
    {
        evidence::Tree tree;
        for (std::uint64_t i = 0; i < size; ++i) {
            tree.append(evidence::leafHash(std::to_string(i)));
        }
        return tree;
    }

    static Json headRequest(const evidence::Tree& tree, std::uint64_t from, std::uint64_t size)
    {
        JsonArray proof;
        const auto hashes = evidence::consistencyProof(tree.nodes(), from, size).value();
        for (const auto& hash : hashes) {
            proof.push_back(Json(toBase64(asView(hash))));
        }
        return JsonObject{{"call", "sign-checkpoint"},
                          {"origin", kOrigin},
                          {"size", size},
                          {"root", toBase64(asView(tree.root(size)))},
                          {"proof", std::move(proof)}};
    }

    static std::string errorOf(const Json& reply)
    {
        const Json* error = findMember(reply, "error");
        return error == nullptr ? "" : std::string(stringMember(*error, "code"));
    }

    test::TempDir m_folder;
};

} // namespace

TEST_F(SignerOnTest, signsHeadsThatFollowAndNoOthers)
{
    auto signer = open();
    const auto tree = treeOf(20);
    const Json first = signer.handle(headRequest(tree, 0, 5));
    const auto note = evidence::parseSignedCheckpoint(stringMember(first, "note"));
    ASSERT_TRUE(note) << printJson(first);
    const Json keys = signer.handle(JsonObject{{"call", "public-keys"}});
    const auto key = evidence::NoteKey::make(
        kOrigin, evidence::PublicKey::fromText(stringMember(keys, "log")).value());
    EXPECT_EQ(evidence::verifyNote(note->note, {&*key, 1}).value().size(), 1U);

    EXPECT_EQ(signer.handle(headRequest(tree, 0, 5)), first) << "the same head again";
    EXPECT_EQ(errorOf(signer.handle(headRequest(tree, 0, 4))), errorCodeName(ErrorCode::Forbidden));
    EXPECT_EQ(errorOf(signer.handle(headRequest(tree, 3, 9))), errorCodeName(ErrorCode::Conflict))
        << "a proof from another head";
    Json other = headRequest(tree, 5, 5);
    other.get_object()["root"] = toBase64(asView(evidence::emptyRoot()));
    EXPECT_EQ(errorOf(signer.handle(other)), errorCodeName(ErrorCode::Forbidden));
    EXPECT_EQ(errorOf(signer.handle(headRequest(tree, 5, 20))), "");
}

TEST_F(SignerOnTest, remembersItsHeadsOverARestartAndACutLine)
{
    const auto tree = treeOf(9);
    EXPECT_EQ(errorOf(open().handle(headRequest(tree, 0, 7))), "");
    std::ofstream(m_folder.path() / "heads", std::ios::app) << "0badf00d 9 ab";
    auto signer = open();
    EXPECT_EQ(errorOf(signer.handle(headRequest(tree, 0, 6))), errorCodeName(ErrorCode::Forbidden));
    const Json last = signer.handle(JsonObject{{"call", "last-head"}, {"origin", kOrigin}});
    EXPECT_EQ(findMember(*findMember(last, "head"), "size")->to_number<int>(), 7);
    EXPECT_EQ(errorOf(signer.handle(headRequest(tree, 7, 9))), "");
}

TEST_F(SignerOnTest, makesStatementsItselfFromTypedRequests)
{
    auto signer = open();
    const Json keys = signer.handle(JsonObject{{"call", "public-keys"}});
    const auto key = evidence::PublicKey::fromText(stringMember(keys, "certificate")).value();
    const Digest manifest = sha256("manifest");
    const Json pack = signer.handle(JsonObject{{"call", "sign-pack"},
                                               {"id", "p"},
                                               {"origin", kOrigin},
                                               {"tree_size", 3},
                                               {"withheld", 1},
                                               {"tag_manifest", toBase64(asView(manifest))}});
    const auto envelope = evidence::parseEnvelope(stringMember(pack, "envelope")).value();
    EXPECT_EQ(evidence::verifyEnvelope(envelope, {&key, 1}).size(), 1U);
    EXPECT_EQ(envelope.payload,
              evidence::writePackStatement({"p", kOrigin, 3, 1, "", ""}, manifest).value());

    const JsonObject subjects{{"name", "original"}, {"sha256", std::string(64, 'a')}};
    Json request = JsonObject{{"call", "sign-certificate"},
                              {"subjects", JsonArray{subjects}},
                              {"predicate", JsonObject{{"certificate_id", "cert_1"}}}};
    const Json certificate = signer.handle(request);
    EXPECT_TRUE(evidence::parseEnvelope(stringMember(certificate, "envelope")));
    request.get_object()["call"] = "mac";
    EXPECT_EQ(stringMember(signer.handle(request), "hmac").size(), 64U);
    for (const auto* call : {"sign", "sign-hash", ""}) {
        EXPECT_EQ(errorOf(signer.handle(JsonObject{{"call", call}})),
                  errorCodeName(ErrorCode::NotFound));
    }
    EXPECT_NE(errorOf(signer.handle(JsonObject{{"call", "sign-checkpoint"}, {"origin", "a b"}})),
              "");
}

TEST_F(SignerOnTest, wrapsKeysAndOpensOnlyItsOwn)
{
    auto signer = open();
    const std::string key = toBase64(std::string(32, 'k'));
    const Json wrapped = signer.handle(JsonObject{{"call", "wrap"}, {"key", key}});
    Json request = JsonObject{{"call", "unwrap"}, {"wrapped", stringMember(wrapped, "wrapped")}};
    EXPECT_EQ(stringMember(signer.handle(request), "key"), key);
    EXPECT_EQ(stringMember(open().handle(request), "key"), key) << "after a restart";
    std::string changed(stringMember(wrapped, "wrapped"));
    changed[20] = changed[20] == 'A' ? 'B' : 'A';
    EXPECT_NE(errorOf(signer.handle(JsonObject{{"call", "unwrap"}, {"wrapped", changed}})), "");
    EXPECT_NE(errorOf(signer.handle(JsonObject{{"call", "wrap"}, {"key", "AAAA"}})), "");
}

TEST_F(SignerOnTest, aRotatedLogKeySignsBesideTheOldOne)
{
    const auto tree = treeOf(9);
    const auto keyOf = [](const Json& keys, std::string_view name) {
        return evidence::NoteKey::make(
                   kOrigin, evidence::PublicKey::fromText(stringMember(keys, name)).value())
            .value();
    };
    Json before;
    {
        auto signer = open();
        before = signer.handle(JsonObject{{"call", "public-keys"}});
        EXPECT_EQ(errorOf(signer.handle(headRequest(tree, 0, 7))), "");
    }
    ASSERT_TRUE(rotateLogKey(m_folder.path(), m_folder.path() / "unlock.key"));
    auto signer = open();
    const Json after = signer.handle(JsonObject{{"call", "public-keys"}});
    EXPECT_EQ(stringMember(after, "previous_log"), stringMember(before, "log"));
    EXPECT_NE(stringMember(after, "log"), stringMember(before, "log"));
    EXPECT_EQ(stringMember(after, "certificate"), stringMember(before, "certificate"));
    const Json reply = signer.handle(headRequest(tree, 7, 9));
    const auto note = evidence::parseSignedCheckpoint(stringMember(reply, "note"));
    ASSERT_TRUE(note) << printJson(reply);
    for (const auto& key : {keyOf(before, "log"), keyOf(after, "log")}) {
        EXPECT_EQ(evidence::verifyNote(note->note, {&key, 1}).value().size(), 1U);
    }
    EXPECT_EQ(errorOf(signer.handle(headRequest(tree, 0, 6))), errorCodeName(ErrorCode::Forbidden))
        << "the heads are remembered";
}

TEST_F(SignerOnTest, keepsItsKeysSealed)
{
    open();
    std::filesystem::remove(m_folder.path() / "unlock.key");
    EXPECT_EQ(loadOrCreateKeys(m_folder.path(), m_folder.path() / "unlock.key").error().code,
              ErrorCode::Corrupt);
}

TEST(SignerStateless, hashesChainsAndRoots)
{
    const auto call = [](JsonObject request) { return handleStateless(Json(request))->value(); };
    EXPECT_EQ(stringMember(call({{"call", "hash"}, {"data", toBase64("abc")}}), "sha256"),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    const std::string genesis(64, '0');
    const Json first = call({{"call", "sign-entry"},
                             {"log", kOrigin},
                             {"type", "incident.opened"},
                             {"seq", 0},
                             {"previous", genesis}});
    const Json second = call({{"call", "sign-entry"},
                              {"log", kOrigin},
                              {"type", "incident.opened"},
                              {"seq", 1},
                              {"previous", stringMember(first, "eventHash")}});
    JsonArray entries{Json(toBase64(stringMember(first, "hashInput"))),
                      Json(toBase64(stringMember(second, "hashInput")))};
    EXPECT_TRUE(
        findMember(call({{"call", "verify-chain"}, {"entries", entries}}), "valid")->get_bool());
    std::swap(entries[0], entries[1]);
    EXPECT_FALSE(
        findMember(call({{"call", "verify-chain"}, {"entries", entries}}), "valid")->get_bool());
    EXPECT_EQ(stringMember(call({{"call", "merkle-root"}, {"entries", JsonArray{}}}), "root"),
              toBase64(asView(evidence::emptyRoot())));
    EXPECT_FALSE(handleStateless(Json(JsonObject{{"call", "other"}})));
}

TEST(SignerProtocol, hasALimit)
{
    EXPECT_EQ(announcedSize(BytesView("\0\0\1\0", 4)).value(), 256U);
    EXPECT_EQ(announcedSize("\xff\xff\xff\xff").error().code, ErrorCode::TooLarge);
    EXPECT_EQ(frame(Json(std::string(limits::kSignerMessageBytesMax, 'x'))).error().code,
              ErrorCode::TooLarge);
}
