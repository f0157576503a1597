// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

/// The limits of what calls are found by; the others stand in limits.h, which everything includes.
namespace exhibit::limits {

/// Redacted text of one call's request, and of its answer, that searches find.
inline constexpr std::size_t kCallTextBytesMax = 32 * 1024;
/// Of each of those, what is kept to show excerpts of.
inline constexpr std::size_t kCallExcerptBytesMax = 4 * 1024;
inline constexpr std::size_t kIndexBatchCallsMax = 128;
/// Stored (compressed) bytes of steps that one batch of the indexer reads; a single call may have
/// more.
inline constexpr std::size_t kIndexBatchBytesMax = 512 * 1024;

} // namespace exhibit::limits
