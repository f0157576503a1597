// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/policy.h"
#include "models/scan/redactor.h"

#include <functional>
#include <map>
#include <string>
#include <string_view>
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

/// For members whose names may read the same once they are rewritten: none goes.
class FreeNames {
public:
    /// The name, or one like it that was not taken before.
    [[nodiscard]] std::string take(const std::string& name);

private:
    std::map<std::string, std::size_t> m_taken; ///< How often each was asked for.
};

/// A JSON value with every string in it rewritten, names of members too.
[[nodiscard]] Json rewritten(const Json& value,
                             const std::function<std::string(std::string_view)>& rewrite);

/// A JSON value with every string in it redacted, names of members too. `pack` may be shared by
/// threads.
[[nodiscard]] Json redacted(const scan::RedactionPack& pack, const Json& value);

} // namespace exhibit::redaction
