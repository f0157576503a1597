// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/policy.h"
#include "models/scan/redactor.h"

#include <string>
#include <vector>

namespace exhibit::redaction {

/// Patterns of policies, ready to redact with.
struct NamedPack {
    scan::RedactionPack pack;
    std::vector<std::string> types; ///< By pattern: its placeholder's name, e.g. "EMAIL".
    std::vector<std::string> subtypes; ///< By pattern; may be empty.
};

/// Of every policy with a patterns rule. Errors: InvalidInput (no pattern, or one that does not
/// compile), the policy's id in the subject.
[[nodiscard]] Result<NamedPack> namedPack(const std::vector<domain::Policy>& policies);

/// The personal data and secrets packs that ship with this program.
[[nodiscard]] Result<NamedPack> shippedPack();

/// A JSON value with every string in it redacted, names of members too. `pack` may be shared by
/// threads.
[[nodiscard]] Json redacted(const scan::RedactionPack& pack, const Json& value);

} // namespace exhibit::redaction
