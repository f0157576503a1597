// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/report/legal_discovery.h"

#include <string_view>
#include <utility>
#include <vector>

namespace exhibit::report {

/// A path as load files write it.
[[nodiscard]] std::string backslashes(std::string path);

/// What the load file of documents says of one, by the name of the field (exports.md, 3.4), in
/// UTF-8; of any document the same names in the same order.
[[nodiscard]] std::vector<std::pair<std::string_view, std::string>> datFields(
    const LegalDiscoveryBundle& bundle, const ProducedDocument& document);

/// Whether a field holds numbers, paths and hashes, and no words: that is compared letter by
/// letter, whichever release wrote it.
[[nodiscard]] bool isExactDatField(std::string_view name);

} // namespace exhibit::report
