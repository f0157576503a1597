// SPDX-License-Identifier: Apache-2.0
// The worked example, made again from its field files and the two published seeds, byte for byte;
// and judged: as it is, and after every kind of change.
#include "models/evidence/entry.h"
#include "models/evidence/field.h"
#include "models/evidence/pack.h"
#include "models/evidence/verifier.h"
#include "tests/models/evidence/vector_files.h"

using namespace exhibit;
using namespace exhibit::evidence;
using namespace exhibit::evidence::testing;

namespace {

class WorkedExample : public ::testing::Test {
protected:
    void SetUp() override
    {
        NEEDS_VECTORS();
        m_folder = vectors() / "worked-example";
        m_expected = readJson(m_folder / "expected.json");
        m_origin = text(m_expected, "origin");
        for (const auto& entry : fs::recursive_directory_iterator(m_folder / "exhibit-demo")) {
            if (entry.is_regular_file()) {
                m_files[fs::relative(entry.path(), m_folder / "exhibit-demo").generic_string()]
                    = readFile(entry.path());
            }
        }
    }

    SigningKey key(std::string_view name) const
    {
        return SigningKey::fromSeed(Secret(*fromHex(text(m_expected, name)))).value();
    }
    NoteKey logKey() const
    {
        return NoteKey::make(m_origin, key("log_seed_hex").publicKey()).value();
    }

    /// Entries from their field files.
    std::vector<Bytes> makeEntries() const
    {
        std::vector<Bytes> entries;
        Digest previous = genesisPrevious(m_origin);
        for (std::uint64_t sequence = 0; sequence < 5; ++sequence) {
            Entry entry{{},
                        m_origin,
                        previous,
                        sequence,
                        "2026-11-21T10:00:0" + std::to_string(sequence) + ".000000Z",
                        sequence == 4 ? "certificate.issued" : "llm.call"};
            for (std::size_t i = 0; m_files.contains(fieldPath(sequence, i)); ++i) {
                const Field field = parseField(m_files.at(fieldPath(sequence, i))).value();
                entry.fields.push_back({sha256(writeField(field).value()), field.path});
            }
            entries.push_back(writeEntry(entry).value());
            previous = entryHash(entries.back());
        }
        return entries;
    }

    std::string makeNote(const TreeHead& head) const
    {
        const std::string body = writeCheckpoint({m_origin, head});
        return writeNote({body, {makeSignature(logKey(), key("log_seed_hex").sign(body))}}).value();
    }

    Envelope sign(const Bytes& payload) const
    {
        const auto certificateKey = key("cert_seed_hex");
        return {payload,
                std::string(kInTotoType),
                {{certificateKey.publicKey().id(),
                  certificateKey.sign(preAuthEncoding(kInTotoType, payload))}}};
    }

    TrustAnchors anchors() const
    {
        TrustAnchors anchors;
        anchors.logKeys.push_back({logKey()});
        anchors.certificateKeys.push_back(key("cert_seed_hex").publicKey());
        return anchors;
    }

    /// The pack of these payload files, signed as the example is.
    Bytes packOf(PackPayload payload, std::uint64_t withheld = 0) const
    {
        const auto bag
            = makeBag({"demo", m_origin, 5, withheld, "", ""},
                      "2026-11-21",
                      std::move(payload),
                      [this](const auto& statement, const auto& digest) -> Result<Envelope> {
                          return sign(*writePackStatement(statement, digest));
                      })
                  .value();
        Bytes archive;
        EXPECT_TRUE(writePack("demo", bag, [&archive](BytesView bytes) -> Result<void> {
            archive += bytes;
            return {};
        }));
        return archive;
    }

    PackPayload payload() const
    {
        PackPayload payload;
        for (const auto& [path, bytes] : m_files) {
            if (path.starts_with("data/")) {
                payload[path] = bytes;
            }
        }
        return payload;
    }

    /// The ids of the failed checks of a pack that is signed anew after a change.
    std::set<std::string> failuresAfter(const std::function<void(PackPayload&)>& change) const
    {
        auto changed = payload();
        change(changed);
        const Bytes pack = packOf(changed);
        std::set<std::string> failed;
        for (const auto& check : verifyPack(pack, anchors()).checks) {
            if (check.result == CheckResult::Failed) {
                failed.insert(check.id);
            }
        }
        return failed;
    }

    fs::path m_folder;
    Json m_expected;
    std::string m_origin;
    std::map<std::string, Bytes> m_files;
};

std::string describe(const VerificationReport& report)
{
    return printJson(reportJson("", report));
}

using Ids = std::set<std::string>;

} // namespace

TEST_F(WorkedExample, entriesChainAndTreeAreMadeAgain)
{
    EXPECT_EQ(logKey().text(), text(m_expected, "vkey"));
    const auto entries = makeEntries();
    Tree tree;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        EXPECT_EQ(entries[i], m_files.at(entryPath(i)));
        EXPECT_EQ(toHex(asView(entryHash(entries[i]))),
                  findMember(m_expected, "entry_sha256")->at(i).get_string());
        tree.append(leafHash(entries[i]));
    }
    for (std::uint64_t size = 0; size <= 5; ++size) {
        const std::string expected
            = text(*findMember(m_expected, "roots_b64"), std::to_string(size));
        EXPECT_EQ(toBase64(asView(size == 0 ? emptyRoot() : tree.root(size))), expected);
    }
    for (const std::uint64_t size : {3U, 5U}) {
        EXPECT_EQ(makeNote({size, tree.root(size)}), m_files.at(checkpointPath(size)));
    }
    const std::string head = m_files.at(checkpointPath(5));
    for (std::uint64_t i = 0; i < 5; ++i) {
        const auto proof = inclusionProof(tree.nodes(), i, 5).value();
        EXPECT_EQ(writeTlogProof({{}, i, proof, head}), m_files.at(proofPath(i)));
    }
    const auto consistency = consistencyProof(tree.nodes(), 3, 5).value();
    EXPECT_EQ(writeConsistency({3, consistency, head}), m_files.at(consistencyPath(3, 5)));
}

TEST_F(WorkedExample, certificateAndBagAreMadeAgain)
{
    const Bytes certificate = m_files.at(certificatePayloadPath("C-0001"));
    const auto statement = parseStatement(certificate).value();
    EXPECT_EQ(writeStatement(statement).value(), certificate);
    EXPECT_EQ(writeEnvelope(sign(certificate)), m_files.at(certificatePath("C-0001")));
    EXPECT_EQ(toHex(asView(sha256(preAuthEncoding(kInTotoType, certificate)))),
              text(m_expected, "certificate_pae_sha256"));
    const auto bag = makeBag({"demo", m_origin, 5, 0, "", ""},
                             "2026-11-21",
                             payload(),
                             [this](const auto& pack, const auto& digest) -> Result<Envelope> {
                                 return sign(*writePackStatement(pack, digest));
                             })
                         .value();
    EXPECT_EQ(bag, m_files);
    // The example's archive was written before packs had a mimetype.
    Bytes archive;
    ZipWriter writer([&archive](BytesView bytes) -> Result<void> {
        archive += bytes;
        return {};
    });
    for (const auto& [path, bytes] : bag) {
        ASSERT_TRUE(writer.add("exhibit-demo/" + path, bytes));
    }
    ASSERT_TRUE(writer.finish());
    EXPECT_EQ(archive, readFile(m_folder / "full.exhibit"));
}

TEST_F(WorkedExample, isValidWithPinnedKeysAndUntrustedWithout)
{
    for (const auto* name : {"full.exhibit", "redacted.exhibit"}) {
        const Bytes pack = readFile(m_folder / name);
        const auto report = verifyPack(pack, anchors());
        EXPECT_EQ(report.verdict, Verdict::Valid) << describe(report);
        EXPECT_EQ(report.treeSize, 5U);
        EXPECT_EQ(report.disclosed + report.withheld, 13U);
        EXPECT_EQ(verifyPack(pack, {}).verdict, Verdict::Untrusted);
    }
    EXPECT_EQ(verifyPack(packOf(payload()), anchors()).verdict, Verdict::Valid);
    TrustAnchors logAlone = anchors();
    logAlone.certificateKeys.clear();
    EXPECT_EQ(verifyPack(readFile(m_folder / "full.exhibit"), logAlone).verdict,
              Verdict::Untrusted);
}

TEST_F(WorkedExample, unsignedIsUnauthenticatedAndOtherFilesAreUnreadable)
{
    auto bare = payload();
    std::erase_if(bare, [](const auto& file) {
        return file.first.find("/checkpoints/") != file.first.npos
            || file.first.find("/consistency/") != file.first.npos
            || file.first.find("/proofs/") != file.first.npos
            || file.first.find("/certificates/") != file.first.npos
            || file.first.find("/keys/") != file.first.npos;
    });
    EXPECT_EQ(verifyPack(packOf(bare), anchors()).verdict, Verdict::Invalid) << "no proofs";
    EXPECT_EQ(verifyFile("hello", anchors()).verdict, Verdict::Unreadable);
    EXPECT_EQ(verifyFile("{}", anchors()).verdict, Verdict::Unreadable);
    const auto certificate = verifyFile(m_files.at(certificatePath("C-0001")), anchors());
    EXPECT_EQ(certificate.verdict, Verdict::Untrusted) << describe(certificate);
}

TEST_F(WorkedExample, everyChangedByteOfThePackIsFound)
{
    const Bytes pack = readFile(m_folder / "full.exhibit");
    for (std::size_t i = 0; i < pack.size(); i += 37) {
        Bytes changed = pack;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        EXPECT_NE(verifyPack(changed, anchors()).verdict, Verdict::Valid) << i;
    }
}

TEST_F(WorkedExample, changesThatTheOwnerSignsAnewAreStillFound)
{
    EXPECT_EQ(failuresAfter([](auto&) {}), Ids{});
    // A field changed: what the entry committed to does not change with it.
    EXPECT_EQ(failuresAfter([](auto& files) { files[fieldPath(1, 0)][70] ^= 1; }),
              (Ids{"fields", "coverage"}));
    EXPECT_EQ(failuresAfter([](auto& files) { files.erase(fieldPath(1, 0)); }), Ids{"coverage"});
    EXPECT_EQ(failuresAfter([](auto& files) { files["data/fields/0000000001/07.json"] = "[]"; }),
              Ids{"fields"});
    EXPECT_EQ(failuresAfter(
                  [](auto& files) { std::swap(files[fieldPath(1, 0)], files[fieldPath(0, 0)]); }),
              (Ids{"fields", "coverage"}));
    // An entry's time changed: chain, tree and the next entry say otherwise.
    const auto failed = failuresAfter([](auto& files) {
        auto& entry = files[entryPath(2)];
        entry.replace(entry.find("10:00:02"), 8, "10:00:09");
    });
    EXPECT_TRUE(failed.contains("chain") && failed.contains("inclusion")
                && failed.contains("consistency"));
    EXPECT_TRUE(failuresAfter([](auto& files) { files.erase(entryPath(2)); }).contains("chain"));
    EXPECT_TRUE(failuresAfter([](auto& files) {
                    files[checkpointPath(5)][30] ^= 1;
                }).contains("checkpoint"));
    EXPECT_TRUE(failuresAfter([](auto& files) {
                    std::swap(files[proofPath(1)], files[proofPath(2)]);
                }).contains("inclusion"));
    EXPECT_EQ(failuresAfter([](auto& files) { files[consistencyPath(3, 5)][8] ^= 1; }),
              Ids{"consistency"});
    // A certificate of another payload than the one in the log.
    EXPECT_EQ(failuresAfter([this](auto& files) {
                  auto statement = parseStatement(files[certificatePayloadPath("C-0001")]).value();
                  statement.predicate.as_object()["result"] = "equal";
                  const Bytes changed = writeStatement(statement).value();
                  files[certificatePayloadPath("C-0001")] = changed;
                  files[certificatePath("C-0001")] = writeEnvelope(sign(changed));
              }),
              Ids{"certificate"});
    EXPECT_EQ(failuresAfter([](auto& files) { files["data/redactions.json"] = "{}"; }),
              (Ids{"coverage"}));
}

TEST_F(WorkedExample, twoHeadsOfOneSizeAreCalledEquivocation)
{
    auto files = payload();
    TreeHead other{5, sha256("another tree")};
    auto proof = parseTlogProof(files[proofPath(4)]).value();
    proof.checkpoint = makeNote(other);
    files[proofPath(4)] = writeTlogProof(proof);
    const auto report = verifyPack(packOf(files), anchors());
    EXPECT_EQ(report.verdict, Verdict::Invalid);
    EXPECT_NE(describe(report).find("equivocation"), std::string::npos);
}

TEST_F(WorkedExample, withheldFieldsHaveToBeListedAndCounted)
{
    auto files = payload();
    const Bytes field = files[fieldPath(2, 1)];
    files.erase(fieldPath(2, 1));
    files["data/redactions.json"]
        = writeRedactions({{2, "/request/raw", sha256(field), "privacy", "", std::nullopt}})
              .value();
    EXPECT_EQ(verifyPack(packOf(files, 1), anchors()).verdict, Verdict::Valid);
    const auto miscounted = verifyPack(packOf(files, 0), anchors());
    EXPECT_TRUE(miscounted.hasFailure("pack-signature"));
    files["data/redactions.json"]
        = writeRedactions({{2, "/request/raw", sha256(field), "erased", "", 4}}).value();
    const auto erased = verifyPack(packOf(files), anchors());
    EXPECT_TRUE(erased.hasFailure("coverage")) << "entry 4 is no erasure";
    EXPECT_EQ(erased.erased, 1U);
}
