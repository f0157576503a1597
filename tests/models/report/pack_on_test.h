// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/report/bundle_json.h"
#include "models/report/pack_facts.h"
#include "tests/models/evidence/small_pack.h"

namespace exhibit::report {

/// A pack that holds the bundle; its entries are about something else.
inline Bytes packOnTest(const EvidenceBundle& bundle)
{
    auto payload = evidence::testing::smallPayload();
    payload["data/keys/vkeys.txt"] = evidence::testing::smallLogKey().text() + "\n";
    payload["data/keys/cert.pub.pem"] = evidence::testing::smallKey('c').publicKey().pem();
    payload[std::string(kBundlePath)] = printJson(toJson(bundle));
    return evidence::testing::smallPack(std::move(payload));
}

inline BundleRequest requestOnTest(const RecordedFacts& facts, bool redact)
{
    return {.bundleId = "b1",
            .createdAt = facts.incident.createdAt,
            .exportedBy = "key_1",
            .reason = "requested by counsel",
            .include = everyInclude(),
            .redact = redact};
}

inline EvidenceBundle bundleOnTest(const RecordedFacts& facts, bool redact)
{
    return makeEvidenceBundle(facts, requestOnTest(facts, redact)).value();
}

} // namespace exhibit::report
