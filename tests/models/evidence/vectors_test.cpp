// SPDX-License-Identifier: Apache-2.0
// Other people's bundles and disclosures: what must be accepted is, what must be rejected is not.
#include "models/evidence/checkpoint.h"
#include "models/evidence/dsse.h"
#include "models/evidence/entry.h"
#include "models/evidence/keys.h"
#include "tests/models/evidence/vector_files.h"

using namespace exhibit;
using namespace exhibit::evidence;
using namespace exhibit::evidence::testing;

namespace {

const Json& at(const Json& json, std::string_view name)
{
    static const Json kNone;
    const Json* found = findMember(json, name);
    return found == nullptr ? kNone : *found;
}

Bytes base64At(const Json& json, std::string_view name)
{
    return fromBase64(stringMember(json, name)).value_or(Bytes{});
}

/// The P-256 key inside a certificate: its SubjectPublicKeyInfo as it stands there.
Result<PublicKey> keyInside(const Bytes& certificate)
{
    const Bytes head = fromHex("3059301306072a8648ce3d020106082a8648ce3d030107034200").value();
    constexpr std::size_t kInfoBytes = 91;
    const auto begin = certificate.find(head);
    if (begin == Bytes::npos) {
        return fail(ErrorCode::InvalidInput, "no P-256 key");
    }
    return PublicKey::fromPem("-----BEGIN PUBLIC KEY-----\n"
                              + toBase64(certificate.substr(begin, kInfoBytes))
                              + "\n-----END PUBLIC KEY-----\n");
}

Result<PublicKey> keyOf(const fs::path& folder, const Json& bundle)
{
    if (fs::exists(folder / "key.pub")) {
        return PublicKey::fromPem(readFile(folder / "key.pub"));
    }
    const Json& material = at(bundle, "verificationMaterial");
    const Json& chain = at(at(material, "x509CertificateChain"), "certificates");
    return keyInside(base64At(
        chain.is_array() ? chain.get_array().front() : at(material, "certificate"), "rawBytes"));
}

/// The entry is in the tree that the checkpoint names.
bool isIncluded(const Json& logged)
{
    const Json& proof = at(logged, "inclusionProof");
    const auto index = parseTreeNumber(stringMember(proof, "logIndex"));
    const auto size = parseTreeNumber(stringMember(proof, "treeSize"));
    const auto head = parseSignedCheckpoint(stringMember(at(proof, "checkpoint"), "envelope"));
    if (!index || !size || !head) {
        return false;
    }
    Proof hashes;
    for (const auto& hash :
         at(proof, "hashes").is_array() ? at(proof, "hashes").get_array() : JsonArray{}) {
        hashes.push_back(digestFrom(fromBase64(std::string_view(hash.get_string())).value()));
    }
    const auto& tree = head->checkpoint.head;
    return tree.size == *size && asView(tree.root) == base64At(proof, "rootHash")
        && verifyInclusion(leafHash(base64At(logged, "canonicalizedBody")),
                           *index,
                           tree.size,
                           tree.root,
                           hashes);
}

bool isSigned(const fs::path& folder, const Json& bundle)
{
    const auto key = keyOf(folder, bundle);
    if (!key) {
        return false;
    }
    const Json& envelope = at(bundle, "dsseEnvelope");
    if (!envelope.is_object()) {
        return key->verify(readFile(folder.parent_path() / "a.txt"),
                           base64At(at(bundle, "messageSignature"), "signature"));
    }
    const auto parsed = parseEnvelope(printJson(envelope));
    return parsed && parsed->signatures.size() == 1
        && key->verify(preAuthEncoding(parsed->payloadType, parsed->payload),
                       parsed->signatures.front().signature);
}

} // namespace

TEST(SigstoreBundles, areAcceptedAndRejectedAsTheirNamesSay)
{
    NEEDS_VECTORS();
    int good = 0;
    int bad = 0;
    for (const auto& folder : filesIn(vectors() / "sigstore-bundle")) {
        if (!fs::is_directory(folder)) {
            continue;
        }
        const Json bundle = readJson(folder / "bundle.sigstore.json");
        const Json& entries = at(at(bundle, "verificationMaterial"), "tlogEntries");
        ASSERT_TRUE(entries.is_array() && entries.get_array().size() == 1) << folder;
        const bool included = isIncluded(entries.get_array().front());
        const bool isGood = !folder.filename().string().ends_with("_fail");
        EXPECT_EQ(included && isSigned(folder, bundle), isGood) << folder;
        (isGood ? good : bad) += 1;
        if (folder.filename() == "dsse-invalid-sig_fail") {
            EXPECT_TRUE(included) << "its signature alone is wrong";
        }
    }
    EXPECT_EQ(good, 5);
    EXPECT_EQ(bad, 3);
}

TEST(SelectiveDisclosures, areHashedAsTheyStand)
{
    NEEDS_VECTORS();
    const Json example = readJson(vectors() / "sd-jwt/disclosure-digest.json");
    const std::string disclosure = text(example, "disclosure_b64url");
    EXPECT_EQ(toBase64Url(asView(sha256(disclosure))), text(example, "sha256_b64url"));
    // Ours hashes the file itself, which is the same array with its own first element.
    EXPECT_NE(toBase64Url(asView(sha256(text(example, "decoded")))),
              text(example, "sha256_b64url"));
}
