// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/inclusion_path.h"

#include "models/evidence/checkpoint.h"

namespace exhibit::evidence {

InclusionPath inclusionPath(const Digest& leaf,
                            std::uint64_t index,
                            const TreeHead& head,
                            std::span<const Digest> proof)
{
    InclusionPath path{index, head.size, leaf, {}, head.root, false};
    std::uint64_t node = index;
    std::uint64_t last = head.size - 1;
    Digest sum = leaf;
    for (const auto& sibling : proof) {
        const bool left = (node & 1) != 0 || node == last;
        sum = left ? nodeHash(sibling, sum) : nodeHash(sum, sibling);
        path.steps.push_back({sibling, left, sum});
        while (left && (node & 1) == 0 && node != 0) {
            node >>= 1; // An odd node goes up as it is.
            last >>= 1;
        }
        node >>= 1;
        last >>= 1;
    }
    path.fits = verifyInclusion(leaf, index, head.size, head.root, proof);
    return path;
}

Result<InclusionPath> inclusionPath(BytesView entry, BytesView tlogProof)
{
    EXHIBIT_TRY(const auto proof, parseTlogProof(tlogProof));
    EXHIBIT_TRY(const auto checkpoint, parseSignedCheckpoint(proof.checkpoint));
    const TreeHead& head = checkpoint.checkpoint.head;
    if (proof.index >= head.size) {
        return fail(ErrorCode::InvalidInput, "the proof is of no entry of its tree", "index");
    }
    return inclusionPath(leafHash(entry), proof.index, head, proof.hashes);
}

} // namespace exhibit::evidence
