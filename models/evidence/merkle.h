// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/sha256.h"

#include <functional>
#include <span>
#include <vector>

/// RFC 6962 and RFC 9162: a leaf is SHA-256(0x00 || bytes), a node SHA-256(0x01 || left || right),
/// split at the largest power of two below the size; an odd node is never doubled.
namespace exhibit::evidence {

[[nodiscard]] Digest leafHash(BytesView entry);
[[nodiscard]] Digest nodeHash(const Digest& left, const Digest& right);
/// The chain's hash: SHA-256 without prefix. Never accepted where a leaf hash is wanted.
[[nodiscard]] Digest entryHash(BytesView entry);
[[nodiscard]] Digest emptyRoot();

using Proof = std::vector<Digest>;

/// The hash of the complete subtree over leaves [index << level, (index + 1) << level).
using NodeSource = std::function<Result<Digest>(unsigned level, std::uint64_t index)>;

/// The root over leaves [begin, end); `begin` is a multiple of the largest subtree in it, as every
/// range is that the tree splits into. NotFound errors are the source's.
[[nodiscard]] Result<Digest> rangeRoot(const NodeSource& nodes,
                                       std::uint64_t begin,
                                       std::uint64_t end);
/// RFC 9162, 2.1.3.1. `index` < `size`.
[[nodiscard]] Result<Proof> inclusionProof(const NodeSource& nodes,
                                           std::uint64_t index,
                                           std::uint64_t size);
/// RFC 9162, 2.1.4.1. 0 < `first` < `second`; empty for 0 and for equal sizes.
[[nodiscard]] Result<Proof> consistencyProof(const NodeSource& nodes,
                                             std::uint64_t first,
                                             std::uint64_t second);

/// RFC 9162, 2.1.3.2. False for every proof that is too long, too short or does not fit.
[[nodiscard]] bool verifyInclusion(const Digest& leaf,
                                   std::uint64_t index,
                                   std::uint64_t size,
                                   const Digest& root,
                                   std::span<const Digest> proof);
struct TreeHead {
    std::uint64_t size = 0;
    Digest root{};
    friend bool operator==(const TreeHead&, const TreeHead&) = default;
};
/// RFC 9162, 2.1.4.2. A first size of 0 needs an empty proof, equal sizes equal roots as well.
[[nodiscard]] bool verifyConsistency(const TreeHead& first,
                                     const TreeHead& second,
                                     std::span<const Digest> proof);

/// A tree that only grows and keeps no more than its right edge: the roots of its complete
/// subtrees, largest first.
class TreeEdge {
public:
    TreeEdge() = default;
    /// As edge() gave them; as many as `size` has bits set.
    TreeEdge(std::uint64_t size, std::vector<Digest> edge);

    void append(const Digest& leaf);
    [[nodiscard]] std::uint64_t size() const { return m_size; }
    [[nodiscard]] Digest root() const;
    [[nodiscard]] TreeHead head() const { return {m_size, root()}; }
    [[nodiscard]] const std::vector<Digest>& edge() const { return m_edge; }

private:
    std::uint64_t m_size = 0;
    std::vector<Digest> m_edge;
};

/// All complete subtrees of a tree in memory.
class Tree {
public:
    void append(const Digest& leaf);
    [[nodiscard]] std::uint64_t size() const { return m_levels.empty() ? 0 : m_levels[0].size(); }
    [[nodiscard]] NodeSource nodes() const;
    [[nodiscard]] Digest root(std::uint64_t size) const;

private:
    std::vector<std::vector<Digest>> m_levels;
};

} // namespace exhibit::evidence
