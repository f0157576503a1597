// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/report/redaction.h"
#include "models/report/soc2.h"

#include <map>

/// The files of SOC 2 evidence: the bundle, its rows as CSV and the listings that they name.
namespace exhibit::report {

using Soc2Listings = std::map<std::string, Bytes>; ///< NDJSON by the name in the row.

/// Replaces personal data and secrets in what was recorded: the members' ids and details in the
/// listings, and the samples. The rows' hashes follow. What the management states, and what keys
/// are called, stays as it was entered. With redaction off it changes nothing. Corrupt for a
/// listing that is none.
[[nodiscard]] Result<void> redactSoc2(Soc2Bundle& bundle,
                                      Soc2Listings& listings,
                                      const ExportRedaction& redaction);

/// The bundle with the listings in it, since nothing goes out beside it.
[[nodiscard]] Json soc2Json(const Soc2Bundle& bundle, const Soc2Listings& listings);

/// One folder with soc2.json, soc2.csv, the listings by the names that the rows have, and
/// manifest-sha256.txt over them.
[[nodiscard]] Result<Bytes> soc2Archive(const Soc2Bundle& bundle, const Soc2Listings& listings);

} // namespace exhibit::report
