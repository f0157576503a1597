// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/report/passages.h"
#include "models/report/production.h"
#include "models/report/redaction.h"

#include <set>

namespace exhibit::report {

/// The ground on which redaction takes things out of documents.
inline constexpr const char* kPersonalGround = "personal data or secret";

// What is left out of a document of a production: its note, and its line of the privilege log. The
// document's dates and names are set already.

/// What redaction took out; nothing is noted when that is nothing.
struct RedactedRecord {
    Json original;
    Json shown;
    const ExportRedaction& redaction;
};
void noteRedactions(PlannedDocument& document, const RedactedRecord& record);

/// The marks that stand in it, each on the ground of its passage; nothing when there are none.
void notePassages(PlannedDocument& document, const Passages& passages, const Json& shown);

/// Parts are left out on these grounds, beside those that are noted already.
void notePartsLeftOut(PlannedDocument& document,
                      std::set<std::string> grounds,
                      const std::string& description);

/// The whole document is: a slip sheet stands in its place.
void withhold(PlannedDocument& document,
              const std::string& title,
              const WithheldDocument& withheld);

} // namespace exhibit::report
