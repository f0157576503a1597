// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

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

} // namespace exhibit::limits
