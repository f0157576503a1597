-- SPDX-License-Identifier: Apache-2.0
-- Incidents in other orders than newest first: oldest first, by cost, by latency, by severity.

CREATE INDEX incident_search_by_cost
    ON incident_search (tenant_id, cost_microcents, created_at, incident_id);
CREATE INDEX incident_search_by_latency
    ON incident_search (tenant_id, latency_us, created_at, incident_id);

-- One page in the order of (p_key, created_at, incident_id), all of them descending or all
-- ascending, after the row (p_after_key, p_after, p_after_id). p_key is time (found_key is 0), cost
-- or latency. First in the order of the index, for as long as one row of twenty fits; what fits more
-- rarely is gathered by the other indexes and sorted.
CREATE FUNCTION search_incidents_by(
    p_tenant uuid, p_text tsquery, p_statuses text[],
    p_from timestamptz, p_to timestamptz,
    p_cost_min bigint, p_cost_max bigint, p_latency_min bigint, p_latency_max bigint,
    p_groups jsonb, p_key text, p_descending boolean,
    p_after_key bigint, p_after timestamptz, p_after_id uuid, p_limit integer)
RETURNS TABLE (found_key bigint, found_at timestamptz, found_id uuid)
LANGUAGE plpgsql
SET timezone = 'UTC' SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    v_column text := CASE p_key WHEN 'cost' THEN 's.cost_microcents'
                                WHEN 'latency' THEN 's.latency_us' END;
    v_key text := coalesce(v_column, '0::bigint');
    v_comparison text := CASE WHEN p_descending THEN '<' ELSE '>' END;
    v_way text := CASE WHEN p_descending THEN ' DESC' ELSE '' END;
    v_order text := coalesce(v_column || v_way || ', ', '')
        || 's.created_at' || v_way || ', s.incident_id' || v_way;
    v_after text := CASE WHEN v_column IS NULL
        THEN format('AND (s.created_at, s.incident_id) %s ($11, $12)', v_comparison)
        ELSE format('AND (%s, s.created_at, s.incident_id) %s ($10, $11, $12)', v_column,
                    v_comparison) END;
    v_place text := 's.tenant_id = $1 AND s.created_at >= $4 AND s.created_at < $5 ';
    v_holds text := '($2 IS NULL OR s.tsv @@ $2)'
        ' AND ($3 IS NULL OR s.status = ANY ($3))'
        ' AND ($6 IS NULL OR s.cost_microcents >= $6)'
        ' AND ($7 IS NULL OR s.cost_microcents <= $7)'
        ' AND ($8 IS NULL OR s.latency_us >= $8)'
        ' AND ($9 IS NULL OR s.latency_us <= $9)'
        ' AND ($14 IS NULL OR search_groups_hold('
        '     $14, s.tsv, s.status, s.cost_microcents, s.latency_us, s.created_at))';
    v_scanned integer := 0;
    v_found integer := 0;
    v_row record;
BEGIN
    PERFORM assert_tenant(p_tenant);
    IF p_key NOT IN ('time', 'cost', 'latency') THEN
        RAISE invalid_parameter_value USING MESSAGE = 'incidents have no such order';
    END IF;
    FOR v_row IN EXECUTE format(
        'SELECT %1$s AS key, s.created_at, s.incident_id, %2$s AS holds'
        ' FROM (SELECT * FROM incident_search s WHERE %3$s %4$s ORDER BY %5$s'
        '       LIMIT 1000 + 20 * $13) s',
        v_key, v_holds, v_place, CASE WHEN p_after IS NOT NULL THEN v_after ELSE '' END, v_order)
        USING p_tenant, p_text, p_statuses, p_from, p_to, p_cost_min, p_cost_max, p_latency_min,
              p_latency_max, p_after_key, p_after, p_after_id, p_limit, p_groups
    LOOP
        v_scanned := v_scanned + 1;
        p_after_key := v_row.key;
        p_after := v_row.created_at;
        p_after_id := v_row.incident_id;
        IF v_row.holds THEN
            found_key := v_row.key;
            found_at := v_row.created_at;
            found_id := v_row.incident_id;
            RETURN NEXT;
            v_found := v_found + 1;
            IF v_found >= p_limit THEN
                RETURN;
            END IF;
        END IF;
        EXIT WHEN v_scanned >= 1000 AND v_found * 20 < v_scanned;
    END LOOP;
    IF v_scanned < 1000 OR v_found * 20 >= v_scanned THEN
        RETURN; -- There are no further rows.
    END IF;
    RETURN QUERY EXECUTE format(
        'WITH hits AS MATERIALIZED ('
        '    SELECT %1$s AS key, s.created_at, s.incident_id FROM incident_search s'
        '    WHERE %2$s AND %3$s %4$s)'
        ' SELECT s.key, s.created_at, s.incident_id FROM hits s ORDER BY %5$s LIMIT $13',
        v_key, v_holds, v_place, v_after,
        's.key' || v_way || ', s.created_at' || v_way || ', s.incident_id' || v_way)
        USING p_tenant, p_text, p_statuses, p_from, p_to, p_cost_min, p_cost_max, p_latency_min,
              p_latency_max, p_after_key, p_after, p_after_id, p_limit - v_found, p_groups;
END $$;

-- One page by severity, newest first within each. p_severities are the lexemes of the severities in
-- the order wanted; found_key is the place in it. A severity is a lexeme and never changes: each is
-- a search of its own.
CREATE FUNCTION search_incidents_by_severity(
    p_tenant uuid, p_text tsquery, p_statuses text[],
    p_from timestamptz, p_to timestamptz,
    p_cost_min bigint, p_cost_max bigint, p_latency_min bigint, p_latency_max bigint,
    p_groups jsonb, p_severities tsquery[],
    p_after_key bigint, p_after timestamptz, p_after_id uuid, p_limit integer)
RETURNS TABLE (found_key bigint, found_at timestamptz, found_id uuid)
LANGUAGE plpgsql AS $$
DECLARE
    v_found integer := 0;
    v_more integer;
BEGIN
    PERFORM assert_tenant(p_tenant);
    FOR v_place IN coalesce(p_after_key, 1)..cardinality(p_severities) LOOP
        RETURN QUERY
        SELECT v_place::bigint, f.found_at, f.found_id
        FROM search_incidents(
            p_tenant, coalesce(p_text && p_severities[v_place], p_severities[v_place]), p_statuses,
            p_from, p_to, p_cost_min, p_cost_max, p_latency_min, p_latency_max, p_groups,
            CASE WHEN v_place = p_after_key THEN p_after END,
            CASE WHEN v_place = p_after_key THEN p_after_id END, p_limit - v_found) AS f;
        GET DIAGNOSTICS v_more = ROW_COUNT;
        v_found := v_found + v_more;
        EXIT WHEN v_found >= p_limit;
    END LOOP;
END $$;

SELECT give_to_search(
           'search_incidents_by(uuid, tsquery, text[], timestamptz, timestamptz, bigint, bigint,'
           ' bigint, bigint, jsonb, text, boolean, bigint, timestamptz, uuid, integer)'),
       give_to_search(
           'search_incidents_by_severity(uuid, tsquery, text[], timestamptz, timestamptz, bigint,'
           ' bigint, bigint, bigint, jsonb, tsquery[], bigint, timestamptz, uuid, integer)');
