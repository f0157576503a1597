// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace exhibit::test {

/// Writes $1 incidents of tenant $2 into a database. Incident n is the n-th newest, costs n, is of
/// user n % 5 and of model n % 30; one of a thousand is "rare"; those beyond the 99,000th are of a
/// policy that no newer one is of.
inline constexpr std::string_view kFillIncidents
    = "WITH t AS (SELECT tenant_id FROM exhibit.tenants LIMIT 1),"
      " i AS (SELECT n, t.tenant_id, now() - n * interval '20 seconds' AS at,"
      "   gen_random_uuid() AS id, 'common' || CASE WHEN n % 1000 = 0 THEN ' rare' ELSE '' END"
      "   AS words, CASE WHEN n > 99000 THEN 'RETIRED' ELSE 'SAFETY' END AS policy FROM t, "
      "generate_series(1, $1::integer) AS n),"
      " s AS (INSERT INTO exhibit.incident_search (tenant_id, created_at, incident_id, status,"
      "   cost_microcents, latency_us, tsv) SELECT tenant_id, at, id, 'open', n, 1000 * n,"
      "   to_tsvector('exhibit.exhibit_text', words) || array_to_tsvector(ARRAY['t:' ||"
      "   $2::text, 'u:user-' || n % 5, 's:high', 'p:' || policy, 'm:model-' || n % 30]) FROM i)"
      " INSERT INTO exhibit.incidents (tenant_id, incident_id, run_id, call_id, user_id, model,"
      "   severity, policy_id, status, title, excerpt, cost_microcents, latency_us, created_at)"
      " SELECT tenant_id, id, gen_random_uuid(), gen_random_uuid(), 'user-' || n % 5, 'model-' || "
      "n % 30,"
      "   'high', policy, 'open', 'Incident ' || n, words, n, 1000 * n, at FROM i";

} // namespace exhibit::test
