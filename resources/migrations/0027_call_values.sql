-- SPDX-License-Identifier: Apache-2.0
-- Few expensive or slow calls are found by indexes of their own, and phrases by walking further.

CREATE INDEX call_search_by_cost
    ON call_search (tenant_id, cost_microcents, opened_at, call_id);
CREATE INDEX call_search_by_latency
    ON call_search (tenant_id, latency_us, opened_at, call_id);

-- As 0006 has it, in comparisons that an index can answer: the planner puts the body in the
-- function's place and the bounds are constants then. A range without an upper end has none here.
CREATE OR REPLACE FUNCTION call_values_hold(
    p_cost int8range, p_latency int8range, p_groups jsonb,
    p_row_cost bigint, p_row_latency bigint, p_row_tsv tsvector, p_row_at timestamptz)
RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT (p_cost IS NULL OR lower_inf(p_cost) OR p_row_cost >= lower(p_cost))
       AND (p_cost IS NULL OR upper_inf(p_cost) OR p_row_cost < upper(p_cost))
       AND (p_latency IS NULL OR lower_inf(p_latency) OR p_row_latency >= lower(p_latency))
       AND (p_latency IS NULL OR upper_inf(p_latency) OR p_row_latency < upper(p_latency))
       AND (p_groups IS NULL OR search_groups_hold(
               p_groups, p_row_tsv, NULL, p_row_cost, p_row_latency, p_row_at))
$$;

-- One page, newest first, after the row (p_after, p_after_id). First the newest rows in B-tree order,
-- 250 at a time, as long as that is likely to fill the page for less than what follows: month by
-- month backwards, each month's hits materialised so that the planner cannot walk the time index
-- instead. A month costs its rows that have the words (the index knows no order of words, so that of
-- a phrase each of them is read), some 300,000 rows times their share; walking on costs the rows
-- wanted by the share of those found. Sequential scans are priced out: right after a load the planner
-- takes a month for small, or its rare words for frequent.
CREATE OR REPLACE FUNCTION search_calls(
    p_tenant uuid, p_text tsquery, p_from timestamptz, p_to timestamptz,
    p_cost int8range, p_latency int8range, p_groups jsonb,
    p_after timestamptz, p_after_id uuid, p_limit integer)
RETURNS TABLE (found_at timestamptz, found_id uuid)
LANGUAGE plpgsql
SET timezone = 'UTC' SET enable_seqscan = off SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    v_words tsquery := regexp_replace(p_text::text, '<(-|\d+)>', '&', 'g')::tsquery;
    v_is_phrase boolean := v_words IS DISTINCT FROM p_text;
    v_at timestamptz := coalesce(p_after, 'infinity');
    v_id uuid := coalesce(p_after_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
    v_scanned integer := 0;
    v_before integer;
    v_found integer := 0;
    v_near integer := 0;        -- rows that have a phrase's words and are not found
    v_oldest timestamptz;
    v_month timestamptz;
    v_row record;
BEGIN
    PERFORM assert_tenant(p_tenant);
    LOOP
        v_before := v_scanned;
        FOR v_row IN
            SELECT n.opened_at, n.call_id,
                (p_text IS NULL OR n.tsv @@ p_text)
                AND call_values_hold(p_cost, p_latency, p_groups, n.cost_microcents, n.latency_us,
                                     n.tsv, n.opened_at) AS holds,
                v_is_phrase AND n.tsv @@ v_words AS has_words
            FROM (SELECT * FROM call_search s
                  WHERE s.tenant_id = p_tenant AND (s.opened_at, s.call_id) < (v_at, v_id)
                    AND s.opened_at >= p_from AND s.opened_at < p_to
                  ORDER BY s.opened_at DESC, s.call_id DESC
                  LIMIT 250) n
        LOOP
            v_scanned := v_scanned + 1;
            v_at := v_row.opened_at;
            v_id := v_row.call_id;
            IF v_row.holds THEN
                found_at := v_at;
                found_id := v_id;
                RETURN NEXT;
                v_found := v_found + 1;
                EXIT WHEN v_found >= p_limit;
            ELSIF v_row.has_words THEN
                v_near := v_near + 1;
            END IF;
        END LOOP;
        IF v_scanned < v_before + 250 OR v_found >= p_limit THEN
            RETURN;
        END IF;
        EXIT WHEN v_scanned >= 16000
            OR p_limit::float8 * v_scanned / (v_found + 1)
                > 300000::float8 * (v_found + v_near + 1) / v_scanned;
    END LOOP;

    SELECT min(s.opened_at) INTO v_oldest FROM call_search s
    WHERE s.tenant_id = p_tenant AND s.opened_at >= p_from;
    v_month := date_trunc('month', v_at, 'UTC');
    LOOP
        IF p_text IS NULL AND p_cost IS NULL AND p_latency IS NULL THEN
            -- No index knows more than the time.
            RETURN QUERY
            SELECT s.opened_at, s.call_id FROM call_search s
            WHERE s.tenant_id = p_tenant AND (s.opened_at, s.call_id) < (v_at, v_id)
              AND s.opened_at >= greatest(v_month, p_from)
              AND s.opened_at < v_month + interval '1 month'
              AND call_values_hold(p_cost, p_latency, p_groups, s.cost_microcents, s.latency_us,
                                   s.tsv, s.opened_at)
            ORDER BY s.opened_at DESC, s.call_id DESC
            LIMIT p_limit - v_found;
        ELSE
            RETURN QUERY
            WITH hits AS MATERIALIZED (
                SELECT s.opened_at, s.call_id FROM call_search s
                WHERE (p_text IS NULL OR s.tsv @@ p_text)
                  AND s.tenant_id = p_tenant AND (s.opened_at, s.call_id) < (v_at, v_id)
                  AND s.opened_at >= greatest(v_month, p_from)
                  AND s.opened_at < v_month + interval '1 month'
                  AND call_values_hold(p_cost, p_latency, p_groups, s.cost_microcents,
                                       s.latency_us, s.tsv, s.opened_at))
            SELECT h.opened_at, h.call_id FROM hits h
            ORDER BY h.opened_at DESC, h.call_id DESC
            LIMIT p_limit - v_found;
        END IF;
        GET DIAGNOSTICS v_scanned = ROW_COUNT;
        v_found := v_found + v_scanned;
        EXIT WHEN v_found >= p_limit OR v_month <= v_oldest;
        v_month := v_month - interval '1 month';
    END LOOP;
END $$;

SELECT give_to_search('search_calls(uuid, tsquery, timestamptz, timestamptz, int8range, int8range,'
                      ' jsonb, timestamptz, uuid, integer)');
