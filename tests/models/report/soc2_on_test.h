// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/report/soc2.h"

namespace exhibit::report {

/// Of its row.
inline Bytes listingOnTest()
{
    return R"({"id":"=inc_1"})"
           "\n";
}

/// A period with one row, to which nobody attested.
inline Soc2Bundle soc2OnTest()
{
    Soc2Bundle bundle;
    bundle.bundleId = "b1";
    bundle.createdAt = fromMicroseconds(1'795'000'000'000'000);
    bundle.exportedBy = "key_1";
    bundle.tenantId = TenantId::generate();
    bundle.tenantName = "Example";
    bundle.compliancePeriodStart = "2026-01-01";
    bundle.compliancePeriodEnd = "2026-12-31";
    bundle.criteriaSource = "TSP 100";
    Soc2Row row;
    row.criterion = "CC7.2";
    row.shortText = "Monitoring";
    row.populationQuery = "incidents opened in the period";
    row.populationCount = 1;
    row.sampleIds = {"=inc_1"};
    row.evidenceFile = "CC7.2.ndjson";
    row.evidenceSha256 = sha256(listingOnTest());
    row.periodStart = bundle.compliancePeriodStart;
    row.periodEnd = bundle.compliancePeriodEnd;
    bundle.rows = {row};
    return bundle;
}

} // namespace exhibit::report
