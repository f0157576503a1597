// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

/// Limits of what rules may say; the others stand in limits.h, which everything includes.
namespace exhibit::limits {

inline constexpr std::size_t kExpressionBytesMax = 4096;
inline constexpr std::size_t kExpressionDepthMax = 64; ///< Operations within operations.
inline constexpr std::size_t kSchemaBytesMax = 64 * 1024;
inline constexpr std::size_t kSchemaDepthMax = 32; ///< Schemas within schemas, references included.

} // namespace exhibit::limits
