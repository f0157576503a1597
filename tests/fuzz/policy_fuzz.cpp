// SPDX-License-Identifier: Apache-2.0
// Any bytes as a policy file: what is accepted prints to a form that is accepted again and means
// the same, and makes a snapshot that loads.
#include "models/base/assert.h"
#include "models/base/canonical_json.h"
#include "models/domain/snapshot.h"

#include <cstddef>
#include <cstdint>

namespace domain = exhibit::domain;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto json
        = exhibit::parseJson(std::string_view(reinterpret_cast<const char*>(data), size));
    if (!json) {
        return 0;
    }
    const auto policies = domain::policiesFromJson(*json);
    if (!policies) {
        EXHIBIT_ASSERT(!policies.error().message.empty());
        return 0;
    }
    for (const auto& policy : *policies) {
        const auto printed = domain::policyToJson(policy);
        const auto again = domain::policyFromJson(printed);
        EXHIBIT_ASSERT(again && domain::policyToJson(*again) == printed);
        static_cast<void>(domain::globMatches(policy.policyId, policy.title));
        static_cast<void>(domain::matchesAnyGlob(policy.appliesTo.models, policy.title));
    }
    const auto snapshot = domain::makeSnapshot({}, *policies);
    EXHIBIT_ASSERT(snapshot.has_value());
    EXHIBIT_ASSERT(domain::loadSnapshot({},
                                        snapshot->policiesJson,
                                        snapshot->thresholdsJson,
                                        snapshot->contentHash,
                                        snapshot->createdAt)
                       .has_value());
    return 0;
}
