// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/report/pack_facts.h"

namespace exhibit::report {

/// The incident as CASE/UCO JSON-LD: an investigation whose evidence is the pack, with the steps of
/// the run as its observables and actions. Prefixes and types are data
/// (resources/mappings/case_uco.json). The same pack gives the same ids.
[[nodiscard]] Json caseUco(const PackFacts& facts, const Json& mapping);

} // namespace exhibit::report
