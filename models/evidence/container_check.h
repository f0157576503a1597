// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/report.h"
#include "models/evidence/zip_reader.h"

namespace exhibit::evidence {

/// The archive around files that are checked, which nothing in it is signed over: adds `container`,
/// passed or failed, and where another program packed it that its headers are nobody's word.
void checkContainer(const ZipArchive& archive, VerificationReport& report);

} // namespace exhibit::evidence
