// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/exhibitd_process.h"

#include <functional>

namespace exhibit::demo {

/// Runs exhibitctl and shows what it prints.
using PrintControl = std::function<Result<void>(std::vector<std::string> arguments)>;

/// Exports the incident's evidence to `file`, shows the log's signed head, and verifies the file
/// with keys that did not come with it. What went wrong; empty when it is valid.
[[nodiscard]] Result<std::vector<std::string>> showEvidence(const test::Exhibitd& server,
                                                            const std::string& incident,
                                                            const std::filesystem::path& file,
                                                            const PrintControl& print);

} // namespace exhibit::demo
