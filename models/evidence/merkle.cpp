// SPDX-License-Identifier: Apache-2.0
// SHA256_Init() and its like; see hashOf().
#define OPENSSL_SUPPRESS_DEPRECATED
#include "models/evidence/merkle.h"

#include "models/base/assert.h"

#include <openssl/sha.h>

#include <bit>

namespace exhibit::evidence {
namespace {

/// By the functions that OpenSSL calls deprecated: of a node's 65 bytes the others spend as much on
/// finding their provider as on hashing, and a long log is made of nothing but short texts.
Digest hashOf(std::initializer_list<BytesView> parts)
{
    SHA256_CTX context;
    EXHIBIT_ASSERT(SHA256_Init(&context) == 1);
    for (const auto part : parts) {
        SHA256_Update(&context, part.data(), part.size());
    }
    Digest digest{};
    EXHIBIT_ASSERT(SHA256_Final(digest.data(), &context) == 1);
    return digest;
}

/// The largest power of two below `size` > 1.
std::uint64_t splitOf(std::uint64_t size)
{
    return std::bit_floor(size - 1);
}

} // namespace

Digest leafHash(BytesView entry)
{
    return hashOf({BytesView("\0", 1), entry});
}

Digest nodeHash(const Digest& left, const Digest& right)
{
    return hashOf({BytesView("\1", 1), asView(left), asView(right)});
}

Digest entryHash(BytesView entry)
{
    return hashOf({entry});
}

Digest emptyRoot()
{
    return hashOf({});
}

Result<Digest> rangeRoot(const NodeSource& nodes, std::uint64_t begin, std::uint64_t end)
{
    if (begin == end) {
        return emptyRoot();
    }
    std::vector<Digest> parts;
    for (std::uint64_t at = begin; at < end;) {
        const std::uint64_t width = std::bit_floor(end - at);
        const auto level = static_cast<unsigned>(std::countr_zero(width));
        EXHIBIT_ASSERT(at % width == 0);
        EXHIBIT_TRY(const Digest part, nodes(level, at >> level));
        parts.push_back(part);
        at += width;
    }
    Digest root = parts.back();
    for (std::size_t i = parts.size() - 1; i-- > 0;) {
        root = nodeHash(parts[i], root);
    }
    return root;
}

Result<Proof> inclusionProof(const NodeSource& nodes, std::uint64_t index, std::uint64_t size)
{
    EXHIBIT_ASSERT(index < size);
    // From the root down; the proof lists the siblings from the leaf up.
    Proof proof;
    std::uint64_t begin = 0;
    std::uint64_t end = size;
    while (end - begin > 1) {
        const std::uint64_t middle = begin + splitOf(end - begin);
        const bool left = index < middle;
        EXHIBIT_TRY(const Digest sibling,
                    left ? rangeRoot(nodes, middle, end) : rangeRoot(nodes, begin, middle));
        proof.push_back(sibling);
        (left ? end : begin) = middle;
    }
    return Proof(proof.rbegin(), proof.rend());
}

Result<Proof> consistencyProof(const NodeSource& nodes, std::uint64_t first, std::uint64_t second)
{
    EXHIBIT_ASSERT(first <= second);
    Proof proof;
    if (first == 0 || first == second) {
        return proof;
    }
    std::uint64_t begin = 0;
    std::uint64_t end = second;
    bool whole = true; // The subtree under way is one that the first tree had as its root.
    while (first != end) {
        const std::uint64_t middle = begin + splitOf(end - begin);
        const bool left = first <= middle;
        EXHIBIT_TRY(const Digest sibling,
                    left ? rangeRoot(nodes, middle, end) : rangeRoot(nodes, begin, middle));
        proof.push_back(sibling);
        whole = whole && left;
        (left ? end : begin) = middle;
    }
    if (!whole) {
        EXHIBIT_TRY(const Digest rest, rangeRoot(nodes, begin, end));
        proof.push_back(rest);
    }
    return Proof(proof.rbegin(), proof.rend());
}

bool verifyInclusion(const Digest& leaf,
                     std::uint64_t index,
                     std::uint64_t size,
                     const Digest& root,
                     std::span<const Digest> proof)
{
    if (index >= size) {
        return false;
    }
    std::uint64_t fn = index;
    std::uint64_t sn = size - 1;
    Digest hash = leaf;
    for (const Digest& sibling : proof) {
        if (sn == 0) {
            return false;
        }
        if ((fn & 1U) != 0 || fn == sn) {
            hash = nodeHash(sibling, hash);
            while ((fn & 1U) == 0 && fn != 0) {
                fn >>= 1U;
                sn >>= 1U;
            }
        } else {
            hash = nodeHash(hash, sibling);
        }
        fn >>= 1U;
        sn >>= 1U;
    }
    return sn == 0 && hash == root;
}

bool verifyConsistency(const TreeHead& first, const TreeHead& second, std::span<const Digest> proof)
{
    if (first.size > second.size) {
        return false;
    }
    if (first.size == 0 || first.size == second.size) {
        const bool rootFits = first.size == 0 ? first.root == emptyRoot() : first == second;
        return proof.empty() && rootFits;
    }
    std::uint64_t fn = first.size - 1;
    std::uint64_t sn = second.size - 1;
    while ((fn & 1U) != 0) {
        fn >>= 1U;
        sn >>= 1U;
    }
    // A first tree that is one complete subtree needs no node of its own.
    std::size_t next = 0;
    if (!std::has_single_bit(first.size) && proof.empty()) {
        return false;
    }
    Digest old = std::has_single_bit(first.size) ? first.root : proof[next++];
    Digest young = old;
    for (; next < proof.size(); ++next) {
        if (sn == 0) {
            return false;
        }
        if ((fn & 1U) != 0 || fn == sn) {
            old = nodeHash(proof[next], old);
            young = nodeHash(proof[next], young);
            while ((fn & 1U) == 0 && fn != 0) {
                fn >>= 1U;
                sn >>= 1U;
            }
        } else {
            young = nodeHash(young, proof[next]);
        }
        fn >>= 1U;
        sn >>= 1U;
    }
    return sn == 0 && old == first.root && young == second.root;
}

TreeEdge::TreeEdge(std::uint64_t size, std::vector<Digest> edge)
    : m_size(size)
    , m_edge(std::move(edge))
{
    EXHIBIT_ASSERT(m_edge.size() == static_cast<std::size_t>(std::popcount(size)));
}

void TreeEdge::append(const Digest& leaf)
{
    Digest hash = leaf;
    for (std::uint64_t rest = m_size; (rest & 1U) != 0; rest >>= 1U) {
        hash = nodeHash(m_edge.back(), hash);
        m_edge.pop_back();
    }
    m_edge.push_back(hash);
    ++m_size;
}

Digest TreeEdge::root() const
{
    if (m_edge.empty()) {
        return emptyRoot();
    }
    Digest root = m_edge.back();
    for (std::size_t i = m_edge.size() - 1; i-- > 0;) {
        root = nodeHash(m_edge[i], root);
    }
    return root;
}

void Tree::append(const Digest& leaf)
{
    Digest hash = leaf;
    for (std::size_t level = 0;; ++level) {
        if (level == m_levels.size()) {
            m_levels.emplace_back();
        }
        auto& row = m_levels[level];
        row.push_back(hash);
        if (row.size() % 2 != 0) {
            return;
        }
        hash = nodeHash(row[row.size() - 2], row.back());
    }
}

NodeSource Tree::nodes() const
{
    return [this](unsigned level, std::uint64_t index) -> Result<Digest> {
        if (level >= m_levels.size() || index >= m_levels[level].size()) {
            return fail(ErrorCode::NotFound, "the tree has no such node");
        }
        return m_levels[level][index];
    };
}

Digest Tree::root(std::uint64_t size) const
{
    EXHIBIT_ASSERT(size <= this->size());
    return *rangeRoot(nodes(), 0, size);
}

} // namespace exhibit::evidence
