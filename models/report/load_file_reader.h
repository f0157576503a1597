// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/report/load_file.h"

#include <vector>

/// Load files as a receiver reads them: what load_file.h writes, and nothing else.
namespace exhibit::report {

/// Values as they stand in the file, in its encoding; the first row has the names of the fields.
/// InvalidInput with the row (from 1) in the subject where it is none.
[[nodiscard]] Result<std::vector<std::vector<Bytes>>> readDat(BytesView dat, TextEncoding encoding);

/// InvalidInput with the line (from 1) in the subject where it is none.
[[nodiscard]] Result<std::vector<OptPage>> readOpt(BytesView opt);

} // namespace exhibit::report
