// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/exhibitd_process.h"

#include <functional>

namespace exhibit::demo {

/// Runs exhibitctl and shows what it prints.
using PrintControl = std::function<Result<void>(std::vector<std::string> arguments)>;

/// Exports the incident's evidence to `file` and its report beside it as .pdf, shows the log's
/// signed head, and verifies both with keys that did not come with them (the report's certificate
/// goes beside them as .pem). What went wrong; empty when both are valid.
[[nodiscard]] Result<std::vector<std::string>> showEvidence(const test::Exhibitd& server,
                                                            const std::string& incident,
                                                            const std::filesystem::path& file,
                                                            const PrintControl& print);

} // namespace exhibit::demo
