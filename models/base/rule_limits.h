// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

/// Limits of what rules may say; the others stand in limits.h, which everything includes.
namespace exhibit::limits {

inline constexpr std::size_t kExpressionBytesMax = 4096;
inline constexpr std::size_t kExpressionDepthMax = 64; ///< Operations within operations.
inline constexpr std::size_t kSchemaBytesMax = 64 * 1024;
inline constexpr std::size_t kSchemaDepthMax = 32; ///< Schemas within schemas, references included.

/// Raw text held for a match that disguised characters may hide, beyond what is held anyhow.
inline constexpr std::size_t kFoldedHeldBytesMax = 64 * 1024;
/// Changed characters of one text whose places are remembered.
inline constexpr std::size_t kFoldedSegmentsMax = 64 * 1024;

// What scanning may cost. The unit is one live position or one link of it, looked at for one byte:
// some 15 ns when the transition is not cached.
inline constexpr std::uint64_t kScanWorkFree = 256; ///< At one byte; what stays below is no matter.
inline constexpr std::uint64_t kScanWorkPerByte = 2048; ///< Of a text, where it is above the free,
inline constexpr std::uint64_t kScanWorkBurst = 256 * 1024; ///< and so much beyond it for once.
/// Really done in one go, about 3 ms; then other work gets its turn.
inline constexpr std::uint64_t kScanSliceWork = 200'000;

} // namespace exhibit::limits
