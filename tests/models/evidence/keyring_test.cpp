// SPDX-License-Identifier: Apache-2.0
// Keyrings: what they say, that they take nothing back, and what verifiers make of revoked keys.
#include "models/evidence/keyring.h"

#include "models/evidence/note_signer.h"
#include "models/evidence/verifier.h"
#include "tests/models/evidence/small_pack.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace exhibit::evidence {
namespace {

using testing::kSmallOrigin;
using testing::smallKey;
using testing::smallLogKey;
using testing::smallPack;

NoteKey certificateKey()
{
    return NoteKey::make(std::string(kSmallOrigin), smallKey('c').publicKey()).value();
}

KeyringLine revokedAt(const char* purpose, NoteKey key, std::optional<std::uint64_t> size)
{
    return {purpose, std::move(key), 0, size, KeyStatus::Revoked};
}

TrustAnchors anchorsOf(const std::vector<KeyringLine>& lines)
{
    const auto root = NoteSigner::generate("root.example").value();
    TrustAnchors anchors;
    const auto added = anchors.addKeyring(root.sign(writeKeyring(lines)).value(), root.key());
    EXPECT_TRUE(added) << added.error().message;
    return anchors;
}

/// The small pack has one head, of size 3.
VerificationReport verifyUnder(const std::vector<KeyringLine>& lines)
{
    return verifyFile(smallPack(), anchorsOf(lines));
}

bool says(const VerificationReport& report, std::string_view words)
{
    return std::any_of(report.checks.begin(), report.checks.end(), [words](const Check& check) {
        return check.id == "trust" && check.result == CheckResult::NotChecked
            && check.detail.find(words) != std::string::npos;
    });
}

TEST(Keyring, isReadAsItWasWritten)
{
    const std::vector<KeyringLine> lines{
        {"log", smallLogKey(), 0, 12, KeyStatus::Retired},
        {"certificate", certificateKey(), 4, std::nullopt, KeyStatus::Active},
        revokedAt("witness", smallLogKey(), std::nullopt)};
    const std::string text = writeKeyring(lines);
    EXPECT_EQ(writeKeyring(parseKeyring(text).value()), text);
    EXPECT_EQ(findKey(lines, "log", smallLogKey().text()), lines.data());
    EXPECT_EQ(findKey(lines, "certificate", smallLogKey().text()), nullptr);
    for (const auto* bad : {"key log\n", "key log x 0 - active\n"}) {
        EXPECT_FALSE(parseKeyring(bad)) << bad;
    }
    EXPECT_FALSE(parseKeyring("key log " + smallLogKey().text() + " 0 - good\n"));
    EXPECT_FALSE(parseKeyring("key log " + smallLogKey().text() + " 01 - active\n"));
    std::string many;
    for (std::size_t i = 0; i < limits::kKeyringLinesMax; ++i) {
        many += "key log " + smallLogKey().text() + " 0 - active\n";
    }
    EXPECT_TRUE(parseKeyring(many));
    EXPECT_EQ(parseKeyring(many + "key log " + smallLogKey().text() + " 0 - active\n").error().code,
              ErrorCode::TooLarge);
}

TEST(Keyring, takesNothingBack)
{
    const auto follows = [](const KeyringLine& last, const std::vector<KeyringLine>& next) {
        return expectFollows({&last, 1}, next).has_value();
    };
    const KeyringLine active{"log", smallLogKey(), 0, std::nullopt, KeyStatus::Active};
    const auto revoked = revokedAt("log", smallLogKey(), 7);
    EXPECT_TRUE(follows(active, {active}));
    EXPECT_TRUE(follows(active, {revoked}));
    EXPECT_FALSE(follows(active, {})) << "a key is never left out";
    EXPECT_TRUE(follows(revoked, {revokedAt("log", smallLogKey(), 6)}));
    EXPECT_TRUE(follows(revoked, {revokedAt("log", smallLogKey(), std::nullopt)}));
    EXPECT_FALSE(follows(revoked, {active}));
    EXPECT_FALSE(follows(revoked, {revokedAt("log", smallLogKey(), 8)}));
    EXPECT_FALSE(follows(revokedAt("log", smallLogKey(), std::nullopt), {revoked}));
}

TEST(Keyring, aRootKeySurvivesItsTextAndNothingElseIsOne)
{
    const auto root = NoteSigner::generate("example.com/root").value();
    const auto again = NoteSigner::parse(Secret(root.text().expose() + "\n")).value();
    EXPECT_EQ(again.key().text(), root.key().text());
    const auto note = parseNote(again.sign("text\n").value()).value();
    EXPECT_EQ(verifyNote(note, {&root.key(), 1}).value().size(), 1U);
    std::string other = root.text().expose();
    EXPECT_FALSE(NoteSigner::parse(Secret("")));
    EXPECT_FALSE(NoteSigner::parse(Secret(other.substr(0, other.size() - 4))));
    EXPECT_FALSE(NoteSigner::parse(Secret(other.replace(12, 7, "elpmaxe"))))
        << "the id does not belong to that name";
    EXPECT_FALSE(NoteSigner::generate("no name"));
}

TEST(Keyring, itsKeysAreTrustedUntilTheyAreRevoked)
{
    const KeyringLine log{"log", smallLogKey(), 0, std::nullopt, KeyStatus::Active};
    const KeyringLine certificate{
        "certificate", certificateKey(), 0, std::nullopt, KeyStatus::Active};
    EXPECT_EQ(verifyUnder({log, certificate}).verdict, Verdict::Valid);
    EXPECT_EQ(verifyUnder({revokedAt("log", smallLogKey(), 3), certificate}).verdict,
              Verdict::Valid)
        << "the head is not larger";
    for (const auto& size : {std::optional<std::uint64_t>(2), std::optional<std::uint64_t>()}) {
        const auto report = verifyUnder({revokedAt("log", smallLogKey(), size), certificate});
        EXPECT_EQ(report.verdict, Verdict::Untrusted);
        EXPECT_TRUE(says(report, "log key that was revoked"));
    }
    // Nothing shows when a pack was signed.
    for (const auto& size : {std::optional<std::uint64_t>(100), std::optional<std::uint64_t>()}) {
        const auto report = verifyUnder({log, revokedAt("certificate", certificateKey(), size)});
        EXPECT_EQ(report.verdict, Verdict::Untrusted);
        EXPECT_TRUE(says(report, "the pack is signed by a certificate key that was revoked"));
    }
}

TEST(Keyring, aRevocationIsOverWhatElseIsPinned)
{
    auto anchors = anchorsOf({revokedAt("log", smallLogKey(), 2),
                              revokedAt("certificate", certificateKey(), std::nullopt)});
    const auto pinned = testing::smallAnchors();
    anchors.logKeys.insert(anchors.logKeys.end(), pinned.logKeys.begin(), pinned.logKeys.end());
    anchors.certificateKeys.push_back(pinned.certificateKeys.front());
    EXPECT_EQ(verifyFile(smallPack(), anchors).verdict, Verdict::Untrusted);
}

} // namespace
} // namespace exhibit::evidence
