-- SPDX-License-Identifier: Apache-2.0
-- What facets are counted in, and a histogram that is counted in larger steps than seconds.

-- The matches of a search, to count in; each stands for `weight` of them. Are there few rows with its
-- words (p_exact is about where that ends; see count_incidents), they are all matches. Otherwise they
-- are about p_rows of the sample or less, whatever their age: of a larger share every second, fourth
-- ... one, by a hash of its id. The words alone go to the index, since it knows no order of words: of
-- a phrase only the rows that are kept are looked at.
CREATE FUNCTION incidents_to_count(
    p_tenant uuid, p_text tsquery, p_statuses text[],
    p_from timestamptz, p_to timestamptz,
    p_cost_min bigint, p_cost_max bigint, p_latency_min bigint, p_latency_max bigint,
    p_groups jsonb, p_exact bigint, p_rows bigint)
RETURNS TABLE (found_id uuid, weight double precision)
LANGUAGE plpgsql
SET timezone = 'UTC' SET enable_seqscan = off SET enable_indexscan = off
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    v_words tsquery := regexp_replace(p_text::text, '<(-|\d+)>', '&', 'g')::tsquery;
    v_few bigint := p_exact * 6 / 5 / 16;
    v_here bigint;       -- rows of the sample that have the words
    v_keep bigint := 1;  -- one of so many is counted
BEGIN
    PERFORM assert_tenant(p_tenant);
    v_here := count_incident_sample(
        p_tenant, v_words, p_statuses, p_from, p_to, p_cost_min, p_cost_max, p_latency_min,
        p_latency_max, p_groups, v_few + 1);
    IF v_here <= v_few THEN
        RETURN QUERY
        SELECT s.incident_id, 1::double precision FROM incident_search s
        WHERE s.tenant_id = p_tenant AND s.created_at >= p_from AND s.created_at < p_to
          AND (p_text IS NULL OR s.tsv @@ p_text)
          AND (p_statuses IS NULL OR s.status = ANY (p_statuses))
          AND (p_cost_min IS NULL OR s.cost_microcents >= p_cost_min)
          AND (p_cost_max IS NULL OR s.cost_microcents <= p_cost_max)
          AND (p_latency_min IS NULL OR s.latency_us >= p_latency_min)
          AND (p_latency_max IS NULL OR s.latency_us <= p_latency_max)
          AND (p_groups IS NULL OR search_groups_hold(
              p_groups, s.tsv, s.status, s.cost_microcents, s.latency_us, s.created_at));
        RETURN;
    END IF;
    v_here := count_incident_sample(
        p_tenant, v_words, p_statuses, p_from, p_to, p_cost_min, p_cost_max, p_latency_min,
        p_latency_max, p_groups, NULL);
    WHILE v_here / v_keep > p_rows LOOP
        v_keep := v_keep * 2;
    END LOOP;
    RETURN QUERY
    WITH kept AS MATERIALIZED (
        SELECT s.incident_id FROM incident_search_sample s
        WHERE s.tenant_id = p_tenant AND s.created_at >= p_from AND s.created_at < p_to
          AND uuid_hash(s.incident_id) & (v_keep - 1) = 0
          AND (v_words IS NULL OR s.tsv @@ v_words)
          AND (v_words IS NOT DISTINCT FROM p_text OR (s.tsv @@ p_text) IS TRUE)
          AND (p_statuses IS NULL OR s.status = ANY (p_statuses))
          AND (p_cost_min IS NULL OR s.cost_microcents >= p_cost_min)
          AND (p_cost_max IS NULL OR s.cost_microcents <= p_cost_max)
          AND (p_latency_min IS NULL OR s.latency_us >= p_latency_min)
          AND (p_latency_max IS NULL OR s.latency_us <= p_latency_max)
          AND (p_groups IS NULL OR search_groups_hold(
              p_groups, s.tsv, s.status, s.cost_microcents, s.latency_us, s.created_at)))
    -- Where the words are all there is to it, how many matches the sample has is known.
    SELECT k.incident_id, 16 * CASE WHEN v_words IS DISTINCT FROM p_text THEN v_keep
                               ELSE v_here::double precision / count(*) OVER () END
    FROM kept k;
END $$;

-- As 0004 has it: counts per bar over all matches, exact, of bars as wide as the smallest unit of the
-- clock with which at most p_bars of them cover the matches. Counted at first in steps that every
-- larger unit is made of, and not finer than the bars of a tenant's whole time would be: grouping by
-- the second cost as much as finding.
CREATE OR REPLACE FUNCTION incident_histogram(
    p_tenant uuid, p_text tsquery, p_statuses text[],
    p_from timestamptz, p_to timestamptz,
    p_cost_min bigint, p_cost_max bigint, p_latency_min bigint, p_latency_max bigint,
    p_groups jsonb, p_bars integer)
RETURNS TABLE (bar_start timestamptz, bar_seconds bigint, hits bigint)
LANGUAGE plpgsql
SET timezone = 'UTC' SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    c_monday CONSTANT timestamptz := '2001-01-01Z'; -- So that bars of weeks begin on one.
    v_first timestamptz;
    v_last timestamptz;
    v_step bigint;
    v_width bigint;
    v_at timestamptz[];
    v_hits bigint[];
BEGIN
    PERFORM assert_tenant(p_tenant);
    SELECT min(s.created_at), max(s.created_at) INTO v_first, v_last FROM incident_search s
    WHERE s.tenant_id = p_tenant AND s.created_at >= p_from AND s.created_at < p_to;
    SELECT coalesce(max(u.w), 1) INTO v_step FROM unnest(ARRAY[60, 3600, 86400]::bigint[]) AS u(w)
    WHERE u.w <= extract(epoch FROM v_last - v_first) / p_bars;
    LOOP
        SELECT array_agg(g.at), array_agg(g.n), min(g.at), max(g.at)
        INTO v_at, v_hits, v_first, v_last FROM (
            SELECT date_bin(v_step * interval '1 second', s.created_at, c_monday) AS at,
                   count(*) AS n
            FROM incident_search s
            WHERE s.tenant_id = p_tenant AND s.created_at >= p_from AND s.created_at < p_to
              AND (p_text IS NULL OR s.tsv @@ p_text)
              AND (p_statuses IS NULL OR s.status = ANY (p_statuses))
              AND (p_cost_min IS NULL OR s.cost_microcents >= p_cost_min)
              AND (p_cost_max IS NULL OR s.cost_microcents <= p_cost_max)
              AND (p_latency_min IS NULL OR s.latency_us >= p_latency_min)
              AND (p_latency_max IS NULL OR s.latency_us <= p_latency_max)
              AND (p_groups IS NULL OR search_groups_hold(
                  p_groups, s.tsv, s.status, s.cost_microcents, s.latency_us, s.created_at))
            GROUP BY 1) AS g;
        SELECT coalesce(min(u.w), 31536000) INTO v_width FROM unnest(ARRAY[
            1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200,
            86400, 172800, 604800, 1209600, 2592000, 7776000]::bigint[]) AS u(w)
        -- One more bar than the span is long, since the first begins before the first match.
        WHERE (extract(epoch FROM v_last - v_first) + v_step - 1) / u.w + 1 < p_bars;
        EXIT WHEN v_at IS NULL OR v_width >= v_step;
        -- They lie close together: the same again in seconds, there alone.
        p_from := greatest(p_from, v_first);
        p_to := least(p_to, v_last + v_step * interval '1 second');
        v_step := 1;
    END LOOP;
    RETURN QUERY
    SELECT date_bin(v_width * interval '1 second', counted.at, c_monday), v_width,
           sum(counted.n)::bigint
    FROM unnest(v_at, v_hits) AS counted(at, n) GROUP BY 1 ORDER BY 1;
END $$;

SELECT give_to_search(
           'incident_histogram(uuid, tsquery, text[], timestamptz, timestamptz, bigint, bigint,'
           ' bigint, bigint, jsonb, integer)'),
       give_to_search(
           'incidents_to_count(uuid, tsquery, text[], timestamptz, timestamptz, bigint, bigint,'
           ' bigint, bigint, jsonb, bigint, bigint)');
