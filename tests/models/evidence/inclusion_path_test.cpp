// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/inclusion_path.h"

#include <gtest/gtest.h>

namespace exhibit::evidence {
namespace {

Digest leafOf(std::uint64_t number)
{
    const std::string text = "entry " + std::to_string(number);
    return leafHash(text);
}

Tree treeOf(std::uint64_t size)
{
    Tree tree;
    for (std::uint64_t i = 0; i < size; ++i) {
        tree.append(leafOf(i));
    }
    return tree;
}

TEST(InclusionPath, leadsFromEveryLeafToTheRootOfEveryTree)
{
    for (std::uint64_t size = 1; size <= 33; ++size) {
        const Tree tree = treeOf(size);
        const TreeHead head{size, tree.root(size)};
        for (std::uint64_t index = 0; index < size; ++index) {
            const auto proof = inclusionProof(tree.nodes(), index, size).value();
            const auto path = inclusionPath(leafOf(index), index, head, proof);
            EXPECT_TRUE(path.fits) << index << " of " << size;
            EXPECT_EQ(path.steps.size(), proof.size());
            EXPECT_EQ(path.steps.empty() ? path.leaf : path.steps.back().node, head.root)
                << index << " of " << size;
        }
    }
}

TEST(InclusionPath, showsWhereAnotherEntryEnds)
{
    const Tree tree = treeOf(5);
    const TreeHead head{5, tree.root(5)};
    const auto proof = inclusionProof(tree.nodes(), 2, 5).value();
    const auto path = inclusionPath(leafOf(99), 2, head, proof);
    EXPECT_FALSE(path.fits);
    ASSERT_EQ(path.steps.size(), 3U);
    EXPECT_FALSE(path.steps[0].siblingIsLeft) << "leaf 3 stands at the right of leaf 2";
    EXPECT_TRUE(path.steps[1].siblingIsLeft) << "leaves 0 and 1 stand at the left";
    EXPECT_NE(path.steps.back().node, head.root);
}

TEST(InclusionPath, refusesAProofOfAnotherLengthAndWhatIsNone)
{
    const Tree tree = treeOf(5);
    const TreeHead head{5, tree.root(5)};
    auto proof = inclusionProof(tree.nodes(), 2, 5).value();
    proof.push_back(proof.front());
    EXPECT_FALSE(inclusionPath(leafOf(2), 2, head, proof).fits);
    const std::string entry = "entry 2";
    const std::string none = "not a proof";
    EXPECT_FALSE(inclusionPath(entry, none));
}

} // namespace
} // namespace exhibit::evidence
