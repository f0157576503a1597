// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/merkle.h"

#include <cstdint>
#include <vector>

/// How an entry hangs in its tree, step by step, for people who want to follow the sum themselves.
namespace exhibit::evidence {

/// One level up: the node beside, and what both make.
struct PathStep {
    Digest sibling{};
    bool siblingIsLeft = false;
    Digest node{};
};

struct InclusionPath {
    std::uint64_t index = 0;
    std::uint64_t size = 0; ///< Leaves of the tree.
    Digest leaf{};
    std::vector<PathStep> steps; ///< From the leaf up.
    Digest root{}; ///< As the checkpoint has it; whether its signatures hold is not looked at.
    bool fits = false; ///< The steps end at the root, and are as many as a tree of this size has.
};

/// The path of RFC 9162, 2.1.3.2, also where it ends elsewhere.
[[nodiscard]] InclusionPath inclusionPath(const Digest& leaf,
                                          std::uint64_t index,
                                          const TreeHead& head,
                                          std::span<const Digest> proof);
/// Of an entry and its proof as a pack holds them; InvalidInput for what is no proof.
[[nodiscard]] Result<InclusionPath> inclusionPath(BytesView entry, BytesView tlogProof);

} // namespace exhibit::evidence
