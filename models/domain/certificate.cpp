// SPDX-License-Identifier: Apache-2.0
#include "models/domain/certificate.h"

namespace exhibit::domain {

Json certificatePredicate(const EvidenceCertificate& certificate)
{
    Json predicate = toJson(certificate);
    auto& members = predicate.get_object();
    for (const auto* name : {"replay_hash",
                             "replay_timestamp",
                             "replay_model",
                             "match_level",
                             "not_replayable_reason",
                             "comparison",
                             "verification_url"}) {
        members.emplace(name, nullptr); // Keeps what is there.
    }
    return predicate;
}

} // namespace exhibit::domain
