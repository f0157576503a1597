-- SPDX-License-Identifier: Apache-2.0
-- What the console asks beside pages: how all matches of a search spread over time.

-- Counts per bar over all matches. The bars are as wide as the smallest unit of the clock with which
-- at most p_bars of them cover the matches; only bars with matches are returned.
CREATE FUNCTION incident_histogram(
    p_tenant uuid, p_text tsquery, p_statuses text[],
    p_from timestamptz, p_to timestamptz,
    p_cost_min bigint, p_cost_max bigint, p_latency_min bigint, p_latency_max bigint,
    p_groups jsonb, p_bars integer)
RETURNS TABLE (bar_start timestamptz, bar_seconds bigint, hits bigint)
LANGUAGE plpgsql
SET timezone = 'UTC' SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    PERFORM assert_tenant(p_tenant);
    RETURN QUERY
    WITH seconds AS MATERIALIZED (
        SELECT date_trunc('second', s.created_at) AS at, count(*) AS n FROM incident_search s
        WHERE s.tenant_id = p_tenant AND s.created_at >= p_from AND s.created_at < p_to
          AND (p_text IS NULL OR s.tsv @@ p_text)
          AND (p_statuses IS NULL OR s.status = ANY (p_statuses))
          AND (p_cost_min IS NULL OR s.cost_microcents >= p_cost_min)
          AND (p_cost_max IS NULL OR s.cost_microcents <= p_cost_max)
          AND (p_latency_min IS NULL OR s.latency_us >= p_latency_min)
          AND (p_latency_max IS NULL OR s.latency_us <= p_latency_max)
          AND (p_groups IS NULL OR search_groups_hold(
              p_groups, s.tsv, s.status, s.cost_microcents, s.latency_us, s.created_at))
        GROUP BY 1
    ), span AS (
        SELECT min(at) AS first, max(at) AS last FROM seconds
    ), width AS (
        SELECT coalesce(min(u.w), 31536000) AS w FROM span, unnest(ARRAY[
            1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200,
            86400, 172800, 604800, 1209600, 2592000, 7776000]::bigint[]) AS u(w)
        -- One more bar than the span is long, since the first begins before the first match.
        WHERE extract(epoch FROM span.last - span.first) / u.w + 1 < p_bars
    )
    -- Counted from a Monday, so that bars of weeks begin on one.
    SELECT date_bin(width.w * interval '1 second', seconds.at, '2001-01-01Z'), width.w,
           sum(seconds.n)::bigint
    FROM seconds, width GROUP BY 1, 2 ORDER BY 1;
END $$;

SELECT give_to_search(
           'incident_histogram(uuid, tsquery, text[], timestamptz, timestamptz, bigint, bigint,'
           ' bigint, bigint, jsonb, integer)');
