-- SPDX-License-Identifier: Apache-2.0
-- Every call by its words and fields, filled by exhibitd's indexer behind ingest (decision 0012).

-- Calls that ingest has closed and the indexer has not brought into call_search yet. Ingest adds
-- them in the transaction that writes their steps, the indexer removes them in the one that writes
-- their search rows: what is not here is found.
CREATE TABLE call_index_queue (
    tenant_id uuid NOT NULL,
    ended_at timestamptz NOT NULL,    -- the call's last step
    call_id uuid NOT NULL,
    opened_at timestamptz NOT NULL,
    run_id uuid NOT NULL,
    first_step bigint NOT NULL,       -- its steps in the run, which follow one another
    last_step bigint NOT NULL,
    PRIMARY KEY (tenant_id, ended_at, call_id)
);
SELECT protect_tenant_table('call_index_queue'), allow_delete('call_index_queue'),
       allow_owner_lookup('call_index_queue');
-- It is emptied as fast as it is filled.
ALTER TABLE call_index_queue SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);

-- What was closed before this migration. Row security binds the owner, too.
DO $$
DECLARE
    v_tenant uuid;
BEGIN
    FOR v_tenant IN SELECT t.tenant_id FROM tenants t LOOP
        PERFORM set_config('app.tenant', v_tenant::text, true);
        INSERT INTO call_index_queue
        SELECT s.tenant_id, max(s.at), s.call_id, min(s.at), s.run_id, min(s.step_index), max(s.step_index)
        FROM steps s WHERE s.tenant_id = v_tenant AND s.call_id IS NOT NULL
        GROUP BY s.tenant_id, s.run_id, s.call_id;
    END LOOP;
    PERFORM set_config('app.tenant', '', true);
END $$;

-- Whose calls wait, and since when; one index look-up per tenant.
CREATE FUNCTION call_index_backlog() RETURNS TABLE (tenant_id uuid, ended_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = exhibit, pg_temp AS $$
    WITH RECURSIVE waiting AS (
        (SELECT q.tenant_id, q.ended_at FROM call_index_queue q
         ORDER BY q.tenant_id, q.ended_at LIMIT 1)
        UNION ALL
        SELECT next.* FROM waiting w CROSS JOIN LATERAL (
            SELECT q.tenant_id, q.ended_at FROM call_index_queue q
            WHERE q.tenant_id > w.tenant_id ORDER BY q.tenant_id, q.ended_at LIMIT 1) next)
    SELECT w.tenant_id, w.ended_at FROM waiting w
$$;

-- tsv holds the redacted words of request and answer and, as lexemes no text can produce, the call's
-- fields: t: tenant, u: user, e: session, r: run, j: project, m: model, h: status, o: outcome,
-- d: decision's result (d:BLOCK, and d:BLOCK/POLICY), p: policy that did not pass, s: severity of
-- such a decision, c: and y: the number of binary digits of cost and latency. asked and answered are
-- the beginnings that excerpts are taken from, redacted.
CREATE TABLE call_search (
    tenant_id uuid NOT NULL,
    opened_at timestamptz NOT NULL,
    call_id uuid NOT NULL,
    subject text NOT NULL,            -- as in call_bodies
    cost_microcents bigint NOT NULL,
    latency_us bigint NOT NULL,
    tsv tsvector NOT NULL,
    asked text NOT NULL,
    answered text NOT NULL,
    complete boolean NOT NULL,        -- every word of the call is in tsv
    decisions jsonb NOT NULL,         -- those that did not pass
    incident_ids uuid[] NOT NULL,
    PRIMARY KEY (tenant_id, opened_at, call_id)
) PARTITION BY RANGE (opened_at);
CREATE INDEX call_search_words ON call_search USING gin (tsv);
CREATE INDEX call_search_by_subject ON call_search (tenant_id, subject);
-- More makes planning dominate the search. The words stay in the row where there is room: the newest
-- rows are compared one by one.
ALTER TABLE call_search ALTER COLUMN tsv SET STATISTICS 10, ALTER COLUMN tsv SET STORAGE MAIN;
SELECT make_search_table('call_search'), register_partitions('call_search');

-- One row of 64, chosen by the last bits of its id, to count in (decision 0011).
CREATE TABLE call_search_sample (
    tenant_id uuid NOT NULL,
    opened_at timestamptz NOT NULL,
    call_id uuid NOT NULL,
    cost_microcents bigint NOT NULL,
    latency_us bigint NOT NULL,
    tsv tsvector NOT NULL,
    PRIMARY KEY (tenant_id, opened_at, call_id)
) PARTITION BY RANGE (opened_at);
CREATE INDEX call_search_sample_words ON call_search_sample USING gin (tsv);
ALTER TABLE call_search_sample ALTER COLUMN tsv SET STATISTICS 10;
SELECT make_search_table('call_search_sample'), register_partitions('call_search_sample');

CREATE FUNCTION keep_call_sample() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO call_search_sample VALUES (NEW.tenant_id, NEW.opened_at, NEW.call_id,
            NEW.cost_microcents, NEW.latency_us, NEW.tsv);
    ELSE
        DELETE FROM call_search_sample
        WHERE tenant_id = OLD.tenant_id AND opened_at = OLD.opened_at AND call_id = OLD.call_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_sample_insert AFTER INSERT ON call_search
    FOR EACH ROW WHEN (get_byte(uuid_send(NEW.call_id), 15) & 63 = 0)
    EXECUTE FUNCTION keep_call_sample();
CREATE TRIGGER keep_sample_delete AFTER DELETE ON call_search
    FOR EACH ROW WHEN (get_byte(uuid_send(OLD.call_id), 15) & 63 = 0)
    EXECUTE FUNCTION keep_call_sample();
SELECT give_to_search('keep_call_sample()');

-- One replica at a time indexes a tenant; whoever removes a tenant's rows waits for it.
CREATE FUNCTION call_index_lock(p_tenant uuid) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT hashtextextended('exhibit/call_index/' || p_tenant, 0)
$$;

-- Erasure: removes what searches find of a subject, and returns how many rows that were. Goes before
-- the caller's own statements about steps and calls, which a call that still waits is indexed from.
CREATE FUNCTION forget_call_subject(p_tenant uuid, p_subject text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    v_rows bigint;
BEGIN
    PERFORM assert_tenant(p_tenant);
    PERFORM pg_advisory_xact_lock(call_index_lock(p_tenant));
    DELETE FROM call_search WHERE tenant_id = p_tenant AND subject = p_subject;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    RETURN v_rows;
END $$;

-- What a search asks of a row beside its words.
CREATE FUNCTION call_values_hold(
    p_cost int8range, p_latency int8range, p_groups jsonb,
    p_row_cost bigint, p_row_latency bigint, p_row_tsv tsvector, p_row_at timestamptz)
RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT (p_cost IS NULL OR p_row_cost <@ p_cost)
       AND (p_latency IS NULL OR p_row_latency <@ p_latency)
       AND (p_groups IS NULL OR search_groups_hold(
               p_groups, p_row_tsv, NULL, p_row_cost, p_row_latency, p_row_at))
$$;

-- One page, newest first, after the row (p_after, p_after_id). First the newest rows in B-tree order,
-- 250 at a time, as long as the page would fill within 4,000: so frequent words cost little. Then
-- month by month backwards, each month's hits materialised so that the planner cannot walk the time
-- index instead. Sequential scans are priced out: right after a load the planner takes a month for
-- small, or its rare words for frequent.
CREATE FUNCTION search_calls(
    p_tenant uuid, p_text tsquery, p_from timestamptz, p_to timestamptz,
    p_cost int8range, p_latency int8range, p_groups jsonb,
    p_after timestamptz, p_after_id uuid, p_limit integer)
RETURNS TABLE (found_at timestamptz, found_id uuid)
LANGUAGE plpgsql
SET timezone = 'UTC' SET enable_seqscan = off SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    v_at timestamptz := coalesce(p_after, 'infinity');
    v_id uuid := coalesce(p_after_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
    v_scanned integer := 0;
    v_before integer;
    v_found integer := 0;
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
                                     n.tsv, n.opened_at) AS holds
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
            END IF;
        END LOOP;
        IF v_scanned < v_before + 250 OR v_found >= p_limit THEN
            RETURN;
        END IF;
        EXIT WHEN v_scanned >= 4000 OR v_found::bigint * 4000 < p_limit::bigint * v_scanned;
    END LOOP;

    SELECT min(s.opened_at) INTO v_oldest FROM call_search s
    WHERE s.tenant_id = p_tenant AND s.opened_at >= p_from;
    v_month := date_trunc('month', v_at, 'UTC');
    LOOP
        IF p_text IS NULL THEN
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
                WHERE s.tsv @@ p_text
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

-- What a page shows of one call.
CREATE FUNCTION call_search_row(p_tenant uuid, p_at timestamptz, p_id uuid)
RETURNS TABLE (asked text, answered text, complete boolean, decisions jsonb, incident_ids uuid[])
LANGUAGE plpgsql STABLE AS $$
BEGIN
    PERFORM assert_tenant(p_tenant);
    RETURN QUERY SELECT s.asked, s.answered, s.complete, s.decisions, s.incident_ids
    FROM call_search s
    WHERE s.tenant_id = p_tenant AND s.opened_at = p_at AND s.call_id = p_id;
END $$;

-- How many rows of the sample a search has, at most p_limit.
CREATE FUNCTION count_call_sample(
    p_tenant uuid, p_text tsquery, p_from timestamptz, p_to timestamptz,
    p_cost int8range, p_latency int8range, p_groups jsonb, p_limit bigint)
RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT count(*) FROM (
        SELECT FROM call_search_sample s
        WHERE s.tenant_id = p_tenant AND s.opened_at >= p_from AND s.opened_at < p_to
          AND (p_text IS NULL OR s.tsv @@ p_text)
          AND call_values_hold(p_cost, p_latency, p_groups, s.cost_microcents, s.latency_us,
                               s.tsv, s.opened_at)
        LIMIT p_limit) AS counted);
END $$;

-- How many rows a search has, as count_incidents says: exactly, up to p_max, where the sample has so
-- few rows with its words that p_max of all is hardly exceeded (250 stand for 16,000); else from the
-- sample, month by month backwards, in 20 ms.
CREATE FUNCTION count_calls(
    p_tenant uuid, p_text tsquery, p_from timestamptz, p_to timestamptz,
    p_cost int8range, p_latency int8range, p_groups jsonb, p_max bigint,
    OUT total bigint, OUT is_estimate boolean)
LANGUAGE plpgsql
SET timezone = 'UTC' SET enable_seqscan = off SET enable_indexscan = off
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    v_words tsquery := regexp_replace(p_text::text, '<(-|\d+)>', '&', 'g')::tsquery;
    v_few bigint := p_max * 8 / 5 / 64;
    v_until timestamptz := clock_timestamp() + interval '20 milliseconds';
    v_oldest timestamptz;
    v_month timestamptz;
    v_here bigint;              -- rows of the month that have the words
    v_with_words bigint := 0;   -- of all months
    v_looked_at bigint := 0;    -- of the months that were counted
    v_found bigint := 0;        -- of those, rows that the search finds
BEGIN
    PERFORM assert_tenant(p_tenant);
    v_here := count_call_sample(p_tenant, v_words, p_from, p_to, p_cost, p_latency, p_groups,
                                v_few + 1);
    IF v_here <= v_few THEN
        SELECT count(*) INTO total FROM (
            SELECT FROM call_search s
            WHERE s.tenant_id = p_tenant AND s.opened_at >= p_from AND s.opened_at < p_to
              AND (p_text IS NULL OR s.tsv @@ p_text)
              AND call_values_hold(p_cost, p_latency, p_groups, s.cost_microcents, s.latency_us,
                                   s.tsv, s.opened_at)
            LIMIT p_max + 1) AS counted;
        is_estimate := total > p_max;
        total := CASE WHEN is_estimate THEN greatest(total, v_here * 64) ELSE total END;
        RETURN;
    END IF;
    is_estimate := true;
    SELECT date_trunc('month', min(s.opened_at)), date_trunc('month', max(s.opened_at))
    INTO v_oldest, v_month FROM call_search_sample s
    WHERE s.tenant_id = p_tenant AND s.opened_at >= p_from AND s.opened_at < p_to;
    WHILE v_month >= v_oldest LOOP
        v_here := count_call_sample(
            p_tenant, v_words, greatest(v_month, p_from),
            least(v_month + interval '1 month', p_to), p_cost, p_latency, p_groups, NULL);
        v_with_words := v_with_words + v_here;
        IF v_here > 0 AND (v_looked_at = 0 OR clock_timestamp() < v_until) THEN
            v_looked_at := v_looked_at + v_here;
            v_found := v_found + CASE WHEN v_words IS NOT DISTINCT FROM p_text THEN v_here
                ELSE count_call_sample(
                    p_tenant, p_text, greatest(v_month, p_from),
                    least(v_month + interval '1 month', p_to), p_cost, p_latency, p_groups, NULL)
                END;
        END IF;
        v_month := v_month - interval '1 month';
    END LOOP;
    total := 64 * (v_found::numeric * v_with_words / greatest(v_looked_at, 1))::bigint;
END $$;

SELECT give_to_search('forget_call_subject(uuid, text)'),
       give_to_search('call_search_row(uuid, timestamptz, uuid)'),
       give_to_search('search_calls(uuid, tsquery, timestamptz, timestamptz, int8range, int8range,'
                      ' jsonb, timestamptz, uuid, integer)'),
       give_to_search('count_calls(uuid, tsquery, timestamptz, timestamptz, int8range, int8range,'
                      ' jsonb, bigint)');
DO $$
BEGIN
    EXECUTE format('GRANT EXECUTE ON FUNCTION call_index_lock(uuid), '
                   'call_values_hold(int8range, int8range, jsonb, bigint, bigint, tsvector, '
                   'timestamptz), count_call_sample(uuid, tsquery, timestamptz, timestamptz, '
                   'int8range, int8range, jsonb, bigint) TO %I', role_name('search'));
    EXECUTE format('GRANT EXECUTE ON FUNCTION call_index_lock(uuid), call_index_backlog() TO %I',
                   role_name('writer'));
    -- Erasure is the writer's, not the reader's.
    EXECUTE format('REVOKE EXECUTE ON FUNCTION forget_call_subject(uuid, text) FROM %I',
                   role_name('reader'));
END $$;
