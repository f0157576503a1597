// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/exhibitd_process.h"

#include <functional>

namespace exhibit::demo {

/// Runs exhibitctl and shows what it prints.
using PrintControl = std::function<Result<void>(std::vector<std::string> arguments)>;

/// Has the incident's call replayed and certified (FILE.certificate.json), exports the evidence to
/// `file` and its report beside it as .pdf, shows the log's signed head, and verifies all three
/// with keys that did not come with them (what the report is signed with goes beside them as .pem).
/// What went wrong; empty when all are valid.
[[nodiscard]] Result<std::vector<std::string>> showEvidence(const test::Exhibitd& server,
                                                            const std::string& incident,
                                                            const std::filesystem::path& file,
                                                            const PrintControl& print);

} // namespace exhibit::demo
