// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/index_limits.h"
#include "models/base/json.h"
#include "models/scan/redactor.h"

#include <string>
#include <vector>

namespace exhibit::storage {

/// The steps of a call that hold its texts, as ingest writes their data (ingest_steps.h).
struct CallTextSteps {
    Json input; ///< Null when the call has none; so has the output of a refused call.
    std::vector<Json> toolCalls;
    Json output;
};

/// What searches find of a call: redacted, each at most limits::kCallTextBytesMax, without U+0000.
struct CallText {
    std::string asked; ///< The newest message first, since agents repeat their history.
    std::string answered; ///< Released and withheld text, then tool calls.
    bool complete = true; ///< Nothing was too long for it.
};

/// Each text is redacted before it is cut. Of a text that ingest cut, the end that a value could
/// have gone on from is left out. Takes any JSON; what is no text is not found.
[[nodiscard]] CallText callText(const scan::RedactionPack& pack, const CallTextSteps& steps);

} // namespace exhibit::storage
