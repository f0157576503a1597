// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/report/load_file.h"

#include <vector>

/// Load files as a receiver reads them: what load_file.h writes, and nothing else.
namespace exhibit::report {

/// Values of a row: more than twice what this release writes. A value takes three bytes of a file
/// and ten times that in memory.
inline constexpr std::size_t kDatValuesMax = 64;

/// Values as they stand in the file, in its encoding; the first row has the names of the fields.
/// InvalidInput with the row (from 1) in the subject where it is none, TooLarge where there are
/// more than `rowsMax` or kDatValuesMax.
[[nodiscard]] Result<std::vector<std::vector<Bytes>>> readDat(BytesView dat,
                                                              TextEncoding encoding,
                                                              std::size_t rowsMax);

/// InvalidInput with the line (from 1) in the subject where it is none, TooLarge where there are
/// more than `pagesMax`.
[[nodiscard]] Result<std::vector<OptPage>> readOpt(BytesView opt, std::size_t pagesMax);

} // namespace exhibit::report
