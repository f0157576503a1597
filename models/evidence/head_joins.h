// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>

/// Which tree heads were shown to be of one history.
namespace exhibit::evidence {

/// Heads by their sizes; each pair that a proof joins makes their histories one. Nothing is joined
/// by being mentioned.
class HeadJoins {
public:
    void add(std::uint64_t size);
    void join(std::uint64_t first, std::uint64_t second);
    /// A head that was never added is joined to nothing, not even to itself.
    [[nodiscard]] bool joined(std::uint64_t first, std::uint64_t second) const;
    [[nodiscard]] bool allJoined() const;

private:
    [[nodiscard]] std::uint64_t rootOf(std::uint64_t size) const;

    std::map<std::uint64_t, std::uint64_t> m_parents;
};

} // namespace exhibit::evidence
