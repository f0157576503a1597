-- SPDX-License-Identifier: Apache-2.0
-- Totals and facets cost the same however much there is: of large samples a level is counted, of
-- level n one row in 2^n (decision 0138).

-- What the index of a sample knows of a row: its lexemes, and "z:n" of each level that it is of, by a
-- hash of its id.
CREATE FUNCTION sample_words(p_tsv tsvector, p_id uuid) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT p_tsv || array_to_tsvector(
        (ARRAY['z:1', 'z:2', 'z:3', 'z:4', 'z:5', 'z:6', 'z:7', 'z:8', 'z:9', 'z:10', 'z:11', 'z:12'])
        [1:CASE WHEN h & 1 <> 0 THEN 0 WHEN h & 2 <> 0 THEN 1 WHEN h & 4 <> 0 THEN 2
                WHEN h & 8 <> 0 THEN 3 WHEN h & 16 <> 0 THEN 4 WHEN h & 32 <> 0 THEN 5
                WHEN h & 64 <> 0 THEN 6 WHEN h & 128 <> 0 THEN 7 WHEN h & 256 <> 0 THEN 8
                WHEN h & 512 <> 0 THEN 9 WHEN h & 1024 <> 0 THEN 10 WHEN h & 2048 <> 0 THEN 11
                ELSE 12 END])
    FROM (SELECT uuid_hash(p_id) AS h) AS hashed
$$;

-- NULL: every row.
CREATE FUNCTION at_sample_level(p_words tsquery, p_level integer) RETURNS tsquery
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_level = 0 THEN p_words
                WHEN p_words IS NULL THEN ('''z:' || p_level || '''')::tsquery
                ELSE p_words && ('''z:' || p_level || '''')::tsquery END
$$;

-- At which level a sample of all tenants has some 4,000 rows.
CREATE FUNCTION first_sample_level(p_sample regclass) RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT least(12, ceil(log(2, greatest(sum(c.reltuples), 4000)::numeric / 4000)))::integer
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = p_sample
$$;

-- The level to count at after one with p_read rows that have the words: where some 6,000 have them,
-- one further down at least; NULL where p_found of them are enough to tell, within a tenth or so.
CREATE FUNCTION next_sample_level(p_level integer, p_read bigint, p_found bigint) RETURNS integer
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_level = 0 OR p_found >= 1000 OR p_read >= 24000
                     OR (p_read >= 3000 AND p_found >= 50) THEN NULL
                ELSE greatest(0, p_level
                              - greatest(1, floor(log(2, 6000::numeric / greatest(p_read, 1)))))
           END::integer
$$;

-- Whether p_here rows of a level are so few that there are hardly more than p_few in the sample.
CREATE FUNCTION is_few(p_here bigint, p_level integer, p_few bigint) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE p_level WHEN 0 THEN p_here ELSE (p_here + 3 * sqrt(p_here) + 3) * (1 << p_level) END
           <= p_few
$$;

DROP INDEX call_search_sample_words, incident_search_sample_words;
CREATE INDEX call_search_sample_words
    ON call_search_sample USING gin (sample_words(tsv, call_id));
CREATE INDEX incident_search_sample_words
    ON incident_search_sample USING gin (sample_words(tsv, incident_id));
ALTER INDEX call_search_sample_words ALTER COLUMN 1 SET STATISTICS 10;
ALTER INDEX incident_search_sample_words ALTER COLUMN 1 SET STATISTICS 10;

-- How many rows of a level have the words and values, and the phrases of p_text. Those are not asked
-- of the index, which knows no order of words.
CREATE FUNCTION count_call_level(
    p_tenant uuid, p_words tsquery, p_text tsquery, p_level integer,
    p_from timestamptz, p_to timestamptz, p_cost int8range, p_latency int8range, p_groups jsonb)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_words tsquery := at_sample_level(p_words, p_level);
BEGIN
    RETURN (
        SELECT count(*) FROM call_search_sample s
        WHERE s.tenant_id = p_tenant AND s.opened_at >= p_from AND s.opened_at < p_to
          AND (v_words IS NULL OR sample_words(s.tsv, s.call_id) @@ v_words)
          AND (p_words IS NOT DISTINCT FROM p_text OR (s.tsv @@ p_text) IS TRUE)
          AND call_values_hold(p_cost, p_latency, p_groups, s.cost_microcents, s.latency_us,
                               s.tsv, s.opened_at));
END $$;

-- How many rows a search has. What costs is how many have the words (of a phrase each of them is
-- read), so that the sample is asked for these: where it has so few that p_max of all is hardly
-- exceeded (250 stand for 16,000), the total is exact up to p_max; else it is estimated, from a level
-- of the sample that has enough of them.
-- Sequential and plain index scans are priced out: under a LIMIT the planner would bet on finding
-- words early that rarely meet.
CREATE OR REPLACE FUNCTION count_calls(
    p_tenant uuid, p_text tsquery, p_from timestamptz, p_to timestamptz,
    p_cost int8range, p_latency int8range, p_groups jsonb, p_max bigint,
    OUT total bigint, OUT is_estimate boolean)
LANGUAGE plpgsql
SET timezone = 'UTC' SET enable_seqscan = off SET enable_indexscan = off
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    v_words tsquery := regexp_replace(p_text::text, '<(-|\d+)>', '&', 'g')::tsquery;
    v_few bigint := p_max * 8 / 5 / 64;
    v_next integer := first_sample_level('call_search_sample');
    v_level integer;
    v_read bigint;       -- rows of the level that have the words
    v_with_words bigint; -- of those, rows that have the values too
    v_found bigint;      -- of those, rows that the search finds
BEGIN
    PERFORM assert_tenant(p_tenant);
    WHILE v_next IS NOT NULL LOOP
        v_level := v_next;
        v_read := count_call_level(p_tenant, v_words, v_words, v_level, p_from, p_to,
                                   NULL, NULL, NULL);
        v_with_words := v_read;
        IF coalesce(p_cost, p_latency) IS NOT NULL OR p_groups IS NOT NULL THEN
            v_with_words := count_call_level(p_tenant, v_words, v_words, v_level, p_from, p_to,
                                             p_cost, p_latency, p_groups);
        END IF;
        EXIT WHEN is_few(v_with_words, v_level, v_few);
        v_found := v_with_words;
        IF v_words IS DISTINCT FROM p_text THEN
            v_found := count_call_level(p_tenant, v_words, p_text, v_level, p_from, p_to,
                                        p_cost, p_latency, p_groups);
        END IF;
        v_next := next_sample_level(v_level, v_read, v_found);
    END LOOP;
    IF v_next IS NULL THEN
        total := 64 * v_found * (1 << v_level);
        is_estimate := true;
        RETURN;
    END IF;
    SELECT count(*) INTO total FROM (
        SELECT FROM call_search s
        WHERE s.tenant_id = p_tenant AND s.opened_at >= p_from AND s.opened_at < p_to
          AND (p_text IS NULL OR s.tsv @@ p_text)
          AND call_values_hold(p_cost, p_latency, p_groups, s.cost_microcents, s.latency_us,
                               s.tsv, s.opened_at)
        LIMIT p_max + 1) AS counted;
    is_estimate := total > p_max;
    IF is_estimate THEN
        total := greatest(total, 64 * v_with_words * (1 << v_level));
    END IF;
END $$;

-- As count_call_level.
CREATE FUNCTION count_incident_level(
    p_tenant uuid, p_words tsquery, p_text tsquery, p_level integer, p_statuses text[],
    p_from timestamptz, p_to timestamptz,
    p_cost_min bigint, p_cost_max bigint, p_latency_min bigint, p_latency_max bigint,
    p_groups jsonb)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_words tsquery := at_sample_level(p_words, p_level);
BEGIN
    RETURN (
        SELECT count(*) FROM incident_search_sample s
        WHERE s.tenant_id = p_tenant AND s.created_at >= p_from AND s.created_at < p_to
          AND (v_words IS NULL OR sample_words(s.tsv, s.incident_id) @@ v_words)
          AND (p_words IS NOT DISTINCT FROM p_text OR (s.tsv @@ p_text) IS TRUE)
          AND (p_statuses IS NULL OR s.status = ANY (p_statuses))
          AND (p_cost_min IS NULL OR s.cost_microcents >= p_cost_min)
          AND (p_cost_max IS NULL OR s.cost_microcents <= p_cost_max)
          AND (p_latency_min IS NULL OR s.latency_us >= p_latency_min)
          AND (p_latency_max IS NULL OR s.latency_us <= p_latency_max)
          AND (p_groups IS NULL OR search_groups_hold(
              p_groups, s.tsv, s.status, s.cost_microcents, s.latency_us, s.created_at)));
END $$;

-- What a count of incidents starts from: a level of the sample, the rows of it that have the words,
-- and those that the search finds; `few`: hardly more than p_few of the whole sample have the words.
CREATE FUNCTION incident_level(
    p_tenant uuid, p_text tsquery, p_statuses text[],
    p_from timestamptz, p_to timestamptz,
    p_cost_min bigint, p_cost_max bigint, p_latency_min bigint, p_latency_max bigint,
    p_groups jsonb, p_few bigint,
    OUT level integer, OUT with_words bigint, OUT matches bigint, OUT few boolean)
LANGUAGE plpgsql
SET timezone = 'UTC' SET enable_seqscan = off SET enable_indexscan = off
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    v_words tsquery := regexp_replace(p_text::text, '<(-|\d+)>', '&', 'g')::tsquery;
    v_next integer := first_sample_level('incident_search_sample');
    v_read bigint; -- rows of the level that have the words, whatever their values
BEGIN
    WHILE v_next IS NOT NULL LOOP
        level := v_next;
        v_read := count_incident_level(p_tenant, v_words, v_words, level, NULL, p_from, p_to,
                                       NULL, NULL, NULL, NULL, NULL);
        with_words := v_read;
        IF num_nonnulls(p_statuses, p_cost_min, p_cost_max, p_latency_min, p_latency_max, p_groups)
            > 0 THEN
            with_words := count_incident_level(
                p_tenant, v_words, v_words, level, p_statuses, p_from, p_to, p_cost_min,
                p_cost_max, p_latency_min, p_latency_max, p_groups);
        END IF;
        matches := with_words;
        few := is_few(with_words, level, p_few);
        EXIT WHEN few;
        IF v_words IS DISTINCT FROM p_text THEN
            matches := count_incident_level(
                p_tenant, v_words, p_text, level, p_statuses, p_from, p_to, p_cost_min,
                p_cost_max, p_latency_min, p_latency_max, p_groups);
        END IF;
        v_next := next_sample_level(level, v_read, matches);
    END LOOP;
END $$;

-- As count_calls; 750 of the sample are 12,000.
CREATE OR REPLACE FUNCTION count_incidents(
    p_tenant uuid, p_text tsquery, p_statuses text[],
    p_from timestamptz, p_to timestamptz,
    p_cost_min bigint, p_cost_max bigint, p_latency_min bigint, p_latency_max bigint,
    p_groups jsonb, p_max bigint, OUT total bigint, OUT is_estimate boolean)
LANGUAGE plpgsql
SET timezone = 'UTC' SET enable_seqscan = off SET enable_indexscan = off
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    v_at record;
BEGIN
    PERFORM assert_tenant(p_tenant);
    SELECT * INTO v_at FROM incident_level(
        p_tenant, p_text, p_statuses, p_from, p_to, p_cost_min, p_cost_max, p_latency_min,
        p_latency_max, p_groups, p_max * 6 / 5 / 16);
    IF NOT v_at.few THEN
        total := 16 * v_at.matches * (1 << v_at.level);
        is_estimate := true;
        RETURN;
    END IF;
    SELECT count(*) INTO total FROM (
        SELECT FROM incident_search s
        WHERE s.tenant_id = p_tenant AND s.created_at >= p_from AND s.created_at < p_to
          AND (p_text IS NULL OR s.tsv @@ p_text)
          AND (p_statuses IS NULL OR s.status = ANY (p_statuses))
          AND (p_cost_min IS NULL OR s.cost_microcents >= p_cost_min)
          AND (p_cost_max IS NULL OR s.cost_microcents <= p_cost_max)
          AND (p_latency_min IS NULL OR s.latency_us >= p_latency_min)
          AND (p_latency_max IS NULL OR s.latency_us <= p_latency_max)
          AND (p_groups IS NULL OR search_groups_hold(
              p_groups, s.tsv, s.status, s.cost_microcents, s.latency_us, s.created_at))
        LIMIT p_max + 1) AS counted;
    is_estimate := total > p_max;
    IF is_estimate THEN
        total := greatest(total, 16 * v_at.with_words * (1 << v_at.level));
    END IF;
END $$;

-- The matches of a search, to count in; each stands for `weight` of them. Are there few rows with its
-- words (p_exact is about where that ends; see count_incidents), they are all matches. Otherwise they
-- are those of a level of the sample with about p_rows that have the words, or fewer.
CREATE OR REPLACE FUNCTION incidents_to_count(
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
    v_at record;
    v_level integer;
    v_at_level tsquery;
BEGIN
    PERFORM assert_tenant(p_tenant);
    SELECT * INTO v_at FROM incident_level(
        p_tenant, p_text, p_statuses, p_from, p_to, p_cost_min, p_cost_max, p_latency_min,
        p_latency_max, p_groups, p_exact * 6 / 5 / 16);
    IF v_at.few THEN
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
    v_level := least(12, greatest(0, v_at.level
        - floor(log(2, p_rows::numeric / greatest(v_at.with_words, 1)))::integer));
    v_at_level := at_sample_level(v_words, v_level);
    RETURN QUERY
    WITH kept AS MATERIALIZED (
        SELECT s.incident_id FROM incident_search_sample s
        WHERE s.tenant_id = p_tenant AND s.created_at >= p_from AND s.created_at < p_to
          AND (v_at_level IS NULL OR sample_words(s.tsv, s.incident_id) @@ v_at_level)
          AND (v_words IS NOT DISTINCT FROM p_text OR (s.tsv @@ p_text) IS TRUE)
          AND (p_statuses IS NULL OR s.status = ANY (p_statuses))
          AND (p_cost_min IS NULL OR s.cost_microcents >= p_cost_min)
          AND (p_cost_max IS NULL OR s.cost_microcents <= p_cost_max)
          AND (p_latency_min IS NULL OR s.latency_us >= p_latency_min)
          AND (p_latency_max IS NULL OR s.latency_us <= p_latency_max)
          AND (p_groups IS NULL OR search_groups_hold(
              p_groups, s.tsv, s.status, s.cost_microcents, s.latency_us, s.created_at)))
    -- Together they stand for the total that is said beside them.
    SELECT k.incident_id,
           16 * (1 << v_at.level) * v_at.matches::double precision / count(*) OVER ()
    FROM kept k;
END $$;

DROP FUNCTION count_call_sample(uuid, tsquery, timestamptz, timestamptz, int8range, int8range, jsonb,
                                bigint),
              count_incident_sample(uuid, tsquery, text[], timestamptz, timestamptz, bigint, bigint,
                                    bigint, bigint, jsonb, bigint);
SELECT give_to_search('count_calls(uuid, tsquery, timestamptz, timestamptz, int8range, int8range,'
                      ' jsonb, bigint)'),
       give_to_search('count_incidents(uuid, tsquery, text[], timestamptz, timestamptz, bigint, bigint,'
                      ' bigint, bigint, jsonb, bigint)'),
       give_to_search('incidents_to_count(uuid, tsquery, text[], timestamptz, timestamptz, bigint,'
                      ' bigint, bigint, bigint, jsonb, bigint, bigint)');
DO $$
BEGIN
    EXECUTE format('GRANT EXECUTE ON FUNCTION sample_words(tsvector, uuid), '
                   'at_sample_level(tsquery, integer), first_sample_level(regclass), '
                   'next_sample_level(integer, bigint, bigint), is_few(bigint, integer, bigint), '
                   'count_call_level(uuid, tsquery, tsquery, integer, timestamptz, timestamptz, '
                   'int8range, int8range, jsonb), count_incident_level(uuid, tsquery, tsquery, '
                   'integer, text[], timestamptz, timestamptz, bigint, bigint, bigint, bigint, '
                   'jsonb), incident_level(uuid, tsquery, text[], timestamptz, timestamptz, bigint, '
                   'bigint, bigint, bigint, jsonb, bigint) TO %I', role_name('search'));
END $$;
