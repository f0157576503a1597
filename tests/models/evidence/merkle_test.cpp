// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/tiles.h"

#include "models/base/json_fields.h"
#include "models/evidence/checkpoint.h"
#include "tests/models/evidence/vector_files.h"

using namespace exhibit;
using namespace exhibit::evidence;
using namespace exhibit::evidence::testing;

namespace {

std::uint64_t number(const Json& json, std::string_view name)
{
    return findMember(json, name)->to_number<std::uint64_t>();
}

/// nullopt: some hash is not 32 bytes, which a reader refuses before any arithmetic.
std::optional<Digest> hashOf(const Json& json)
{
    const auto digest = parseTreeHash(json.get_string());
    return digest ? std::optional(*digest) : std::nullopt;
}

std::optional<Proof> proofOf(const Json& json)
{
    Proof proof;
    const Json& hashes = *findMember(json, "proof");
    if (hashes.is_null()) {
        return proof; // Go's nil slice.
    }
    for (const auto& hash : hashes.get_array()) {
        const auto digest = hashOf(hash);
        if (!digest) {
            return std::nullopt;
        }
        proof.push_back(*digest);
    }
    return proof;
}

Tree treeOf(std::uint64_t size)
{
    Tree tree;
    for (std::uint64_t i = 0; i < size; ++i) {
        tree.append(leafHash("leaf " + std::to_string(i)));
    }
    return tree;
}

} // namespace

TEST(Merkle, judgesInclusionAsTheVectorsSay)
{
    NEEDS_VECTORS();
    std::size_t count = 0;
    for (const auto& folder : filesIn(vectors() / "merkle/inclusion")) {
        for (const auto& file : filesIn(folder)) {
            const Json test = readJson(file);
            const auto root = hashOf(*findMember(test, "root"));
            const auto leaf = hashOf(*findMember(test, "leafHash"));
            const auto proof = proofOf(test);
            const bool fits
                = root && leaf && proof
                && verifyInclusion(
                      *leaf, number(test, "leafIdx"), number(test, "treeSize"), *root, *proof);
            EXPECT_EQ(fits, !findMember(test, "wantErr")->get_bool()) << file;
            ++count;
        }
    }
    EXPECT_GT(count, 40U);
}

TEST(Merkle, judgesConsistencyAsTheVectorsSay)
{
    NEEDS_VECTORS();
    for (const auto& folder : filesIn(vectors() / "merkle/consistency")) {
        for (const auto& file : filesIn(folder)) {
            const Json test = readJson(file);
            const auto first = hashOf(*findMember(test, "root1"));
            const auto second = hashOf(*findMember(test, "root2"));
            const auto proof = proofOf(test);
            const bool fits = first && second && proof
                && verifyConsistency({number(test, "size1"), *first},
                                     {number(test, "size2"), *second},
                                     *proof);
            EXPECT_EQ(fits, !findMember(test, "wantErr")->get_bool()) << file;
        }
    }
}

TEST(Merkle, hasThePublishedHashesAndRoots)
{
    NEEDS_VECTORS();
    const Json file = readJson(vectors() / "merkle/reference-tree.json");
    EXPECT_EQ(toHex(asView(emptyRoot())), text(file, "empty_root"));
    EXPECT_EQ(toHex(asView(leafHash("L123456"))), text(file, "leaf_L123456"));
    Digest left{};
    TreeEdge edge;
    const auto& roots = findMember(file, "root_hashes_hex_by_size_0_to_8")->get_array();
    const auto& inputs = findMember(file, "leaf_inputs_hex")->get_array();
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        left = leafHash(*fromHex(inputs[i].get_string()));
        edge.append(left);
        EXPECT_EQ(toHex(asView(edge.root())), roots[i].get_string()) << i;
    }
}

TEST(Merkle, provesEveryEntryOfEverySizeAndNothingElse)
{
    constexpr std::uint64_t kSizes = 70;
    const Tree tree = treeOf(kSizes);
    for (std::uint64_t size = 1; size <= kSizes; ++size) {
        const Digest root = tree.root(size);
        for (std::uint64_t index = 0; index < size; ++index) {
            const auto proof = inclusionProof(tree.nodes(), index, size).value();
            const Digest leaf = leafHash("leaf " + std::to_string(index));
            EXPECT_TRUE(verifyInclusion(leaf, index, size, root, proof));
            EXPECT_FALSE(verifyInclusion(leaf, index ^ 1U, size, root, proof) && size > 1);
            EXPECT_FALSE(verifyInclusion(leaf, index, size, emptyRoot(), proof));
        }
        for (std::uint64_t first = 0; first <= size; ++first) {
            const auto proof = consistencyProof(tree.nodes(), first, size).value();
            const TreeHead old{first, first == 0 ? emptyRoot() : tree.root(first)};
            EXPECT_TRUE(verifyConsistency(old, {size, root}, proof)) << first << " " << size;
            if (first > 0 && first < size) {
                EXPECT_FALSE(verifyConsistency({first, emptyRoot()}, {size, root}, proof));
            }
        }
    }
}

TEST(Merkle, readsItsNodesFromTiles)
{
    constexpr std::uint64_t kSize = 70'000;
    const Tree tree = treeOf(kSize);
    const auto source = [&tree](const TileId& tile) -> Result<Bytes> {
        Bytes bytes;
        for (std::uint64_t i = 0; i < tile.width; ++i) {
            bytes += asView(*tree.nodes()(tile.level * kTileLevels, tile.index * kTileWidth + i));
        }
        return bytes;
    };
    const auto nodes = nodesFromTiles(source, kSize);
    for (const std::uint64_t index : {0UL, 255UL, 256UL, 65'535UL, 65'536UL, 69'999UL}) {
        EXPECT_EQ(inclusionProof(nodes, index, kSize).value(),
                  inclusionProof(tree.nodes(), index, kSize).value());
    }
    EXPECT_FALSE(nodes(0, kSize));
    EXPECT_EQ(tilePath({0, 1'234'067}), "tile/0/x001/x234/067");
    EXPECT_EQ(tilePath({1, 0, 5}), "tile/1/000.p/5");
}

TEST(Merkle, followsARealGrowingLog)
{
    NEEDS_VECTORS();
    const auto folder = vectors() / "tlog/tessera-testdata";
    std::string vkey = readFile(folder / "vkey.txt");
    vkey.erase(vkey.find_last_not_of('\n') + 1);
    const auto key = NoteKey::parse(vkey).value();
    for (int size = 0; size <= 8; ++size) {
        const auto head
            = parseSignedCheckpoint(readFile(folder / ("checkpoint." + std::to_string(size))));
        ASSERT_TRUE(head) << size;
        EXPECT_EQ(verifyNote(head->note, {&key, 1}).value().size(), 1U);
        TreeEdge edge;
        if (size > 0) {
            const std::string bundle
                = readFile(folder / "tile/entries/000.p" / std::to_string(size));
            const std::string tile = readFile(folder / "tile/0/000.p" / std::to_string(size));
            const auto entries = parseEntryBundle(bundle).value();
            for (const auto entry : entries) {
                EXPECT_EQ(BytesView(tile).substr(edge.size() * 32, 32), asView(leafHash(entry)));
                edge.append(leafHash(entry));
            }
        }
        EXPECT_EQ(edge.head(), head->checkpoint.head) << size;
    }
}
