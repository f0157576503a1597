-- SPDX-License-Identifier: Apache-2.0
-- The histogram of many matches is there at once, estimated; the exact one follows (decision 0150).

-- The unit of the clock (as 0019 has them) with which at most p_bars bars cover so much time, each bar
-- beginning at a multiple of it; in seconds.
CREATE FUNCTION bar_width(p_span interval, p_bars integer) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(min(u.w), 31536000) FROM unnest(ARRAY[
        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200,
        86400, 172800, 604800, 1209600, 2592000, 7776000]::bigint[]) AS u(w)
    -- One more bar than the span is long, since the first begins before the first match.
    WHERE extract(epoch FROM p_span) / u.w + 1 < p_bars
$$;

-- As incident_histogram, from a level of the sample with some p_rows matches where there are more than
-- about p_exact of them (count_incidents has the same bound, and the bars together are its total).
CREATE FUNCTION incident_histogram_estimate(
    p_tenant uuid, p_text tsquery, p_statuses text[],
    p_from timestamptz, p_to timestamptz,
    p_cost_min bigint, p_cost_max bigint, p_latency_min bigint, p_latency_max bigint,
    p_groups jsonb, p_bars integer, p_exact bigint, p_rows bigint)
RETURNS TABLE (bar_start timestamptz, bar_seconds bigint, hits bigint, is_estimate boolean)
LANGUAGE plpgsql
SET timezone = 'UTC' SET enable_seqscan = off SET enable_indexscan = off
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    c_monday CONSTANT timestamptz := '2001-01-01Z'; -- As incident_histogram has it.
    v_words tsquery := regexp_replace(p_text::text, '<(-|\d+)>', '&', 'g')::tsquery;
    v_at record;
    v_at_level tsquery;
    v_times timestamptz[];
    v_width bigint;
BEGIN
    PERFORM assert_tenant(p_tenant);
    SELECT * INTO v_at FROM incident_level(
        p_tenant, p_text, p_statuses, p_from, p_to, p_cost_min, p_cost_max, p_latency_min,
        p_latency_max, p_groups, p_exact * 6 / 5 / 16);
    IF NOT v_at.few THEN
        v_at_level := at_sample_level(v_words, least(12, greatest(0, v_at.level
            - floor(log(2, p_rows::numeric / greatest(v_at.with_words, 1)))::integer)));
        SELECT array_agg(s.created_at) INTO v_times FROM incident_search_sample s
        WHERE s.tenant_id = p_tenant AND s.created_at >= p_from AND s.created_at < p_to
          AND (v_at_level IS NULL OR sample_words(s.tsv, s.incident_id) @@ v_at_level)
          AND (v_words IS NOT DISTINCT FROM p_text OR (s.tsv @@ p_text) IS TRUE)
          AND (p_statuses IS NULL OR s.status = ANY (p_statuses))
          AND (p_cost_min IS NULL OR s.cost_microcents >= p_cost_min)
          AND (p_cost_max IS NULL OR s.cost_microcents <= p_cost_max)
          AND (p_latency_min IS NULL OR s.latency_us >= p_latency_min)
          AND (p_latency_max IS NULL OR s.latency_us <= p_latency_max)
          AND (p_groups IS NULL OR search_groups_hold(
              p_groups, s.tsv, s.status, s.cost_microcents, s.latency_us, s.created_at));
    END IF;
    IF v_times IS NULL THEN -- Few, or none that the sample knows: as if it were asked itself.
        SET LOCAL enable_indexscan = on;
        SET LOCAL enable_seqscan = on;
        RETURN QUERY
        SELECT h.bar_start, h.bar_seconds, h.hits, false FROM incident_histogram(
            p_tenant, p_text, p_statuses, p_from, p_to, p_cost_min, p_cost_max, p_latency_min,
            p_latency_max, p_groups, p_bars) AS h;
        RETURN;
    END IF;
    SELECT bar_width(max(t.at) - min(t.at), p_bars) INTO v_width FROM unnest(v_times) AS t(at);
    RETURN QUERY
    SELECT date_bin(v_width * interval '1 second', t.at, c_monday), v_width,
           round(count(*) * 16 * (1 << v_at.level) * v_at.matches::double precision
                 / cardinality(v_times))::bigint, true
    FROM unnest(v_times) AS t(at) GROUP BY 1 ORDER BY 1;
END $$;

SELECT give_to_search(
           'incident_histogram_estimate(uuid, tsquery, text[], timestamptz, timestamptz, bigint, bigint,'
           ' bigint, bigint, jsonb, integer, bigint, bigint)');
DO $$
BEGIN
    EXECUTE format('GRANT EXECUTE ON FUNCTION bar_width(interval, integer) TO %I', role_name('search'));
END $$;
