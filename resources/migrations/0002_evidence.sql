-- SPDX-License-Identifier: Apache-2.0
-- Evidence as ingest writes it, and the table that incidents are found through.
-- tenant_id stands first in every key, so that the schema distributes by it. Closed value sets are
-- text: an enum's "=" is not leakproof and would cost every look-up its index under row security.

CREATE EXTENSION IF NOT EXISTS unaccent;

-- Exact words without case and accents; no stemming, so that names and codes are found as written.
CREATE TEXT SEARCH CONFIGURATION exhibit_text (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION exhibit_text
    ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple;

CREATE TABLE runs (
    tenant_id uuid NOT NULL,
    run_id uuid NOT NULL,
    project_id uuid NOT NULL,
    client_run_id text,
    user_id text,
    session_id text,
    metadata jsonb,
    policy_snapshot_id text NOT NULL,
    status text NOT NULL,
    termination_reason text,
    kill_reason text,
    stopped_at_step bigint,
    violation_policy_id text,
    stop jsonb,                       -- RunStop as the gateway recorded it
    inflection_step bigint,           -- first step that changed the run's course
    tokens_used bigint NOT NULL DEFAULT 0,
    cost_microcents bigint NOT NULL DEFAULT 0,
    llm_calls bigint NOT NULL DEFAULT 0,
    step_count bigint NOT NULL DEFAULT 0,
    started_at timestamptz NOT NULL,
    last_active_at timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, run_id)
) WITH (fillfactor = 70);
CREATE INDEX runs_by_time ON runs (tenant_id, started_at);
-- What a fresh replica rebuilds its local copy from: runs that are open, and runs that were stopped.
CREATE INDEX runs_not_ended ON runs (tenant_id, status) WHERE status IN ('queued', 'running', 'failed_policy', 'cancelled');
SELECT protect_tenant_table('runs'), allow_update('runs');

CREATE TABLE proxy_calls (
    tenant_id uuid NOT NULL,
    opened_at timestamptz NOT NULL,
    call_id uuid NOT NULL,
    run_id uuid NOT NULL,
    project_id uuid NOT NULL,
    key_id uuid NOT NULL,
    request_id uuid NOT NULL,
    user_id text,
    session_id text,
    channel text,
    endpoint text NOT NULL,
    model text NOT NULL,
    streaming boolean NOT NULL,
    upstream text,
    snapshot_id text NOT NULL,
    metadata jsonb,
    facts jsonb,
    request_headers jsonb,
    -- NULL from here on until the call closes.
    closed_at timestamptz,
    status integer,
    upstream_status integer,
    outcome text,
    error_code text,
    answered_model text,
    finish_reasons text[],
    prompt_tokens bigint,
    completion_tokens bigint,
    cached_tokens bigint,
    reasoning_tokens bigint,
    usage_estimated boolean,
    cost_microcents bigint,
    price_version text,
    latency_us bigint,
    first_byte_us bigint,
    released_bytes bigint,
    withheld_bytes bigint,
    event_count bigint,
    recovered boolean,                -- closed by recovery: released_bytes is an upper bound
    response_headers jsonb,
    PRIMARY KEY (tenant_id, opened_at, call_id)
) PARTITION BY RANGE (opened_at);
CREATE INDEX proxy_calls_by_user ON proxy_calls (tenant_id, user_id, opened_at) WHERE user_id IS NOT NULL;
CREATE INDEX proxy_calls_by_session ON proxy_calls (tenant_id, session_id, opened_at) WHERE session_id IS NOT NULL;
CREATE INDEX proxy_calls_by_run ON proxy_calls (tenant_id, run_id);
SELECT protect_tenant_table('proxy_calls'),
       allow_update('proxy_calls', 'closed_at', 'status', 'upstream_status', 'outcome', 'error_code',
                    'answered_model', 'finish_reasons', 'prompt_tokens', 'completion_tokens',
                    'cached_tokens', 'reasoning_tokens', 'usage_estimated', 'cost_microcents',
                    'price_version', 'latency_us', 'first_byte_us', 'released_bytes',
                    'withheld_bytes', 'event_count', 'recovered', 'response_headers'),
       register_partitions('proxy_calls');
-- A call is completed once.
CREATE POLICY open_calls ON proxy_calls AS RESTRICTIVE FOR UPDATE USING (closed_at IS NULL)
    WITH CHECK (true);

-- Bytes as they were on the wire. A row may hold several pieces that followed one another; `pieces`
-- keeps where each begins and when it passed: [[length, at_us, first_event, event_count], ...].
-- stored_at is the millisecond in field_id (a version 7 UUID), so that an id alone finds its partition.
CREATE TABLE call_bodies (
    tenant_id uuid NOT NULL,
    stored_at timestamptz NOT NULL,
    field_id uuid NOT NULL,
    subject text NOT NULL,            -- whose data this is, for erasure
    call_id uuid,
    path text NOT NULL,               -- /request /request/sent /response/released /response/withheld ...
    position bigint NOT NULL DEFAULT 0, -- offset of the bytes within that path
    pieces jsonb,
    bytes bytea NOT NULL,
    PRIMARY KEY (tenant_id, stored_at, field_id)
) PARTITION BY RANGE (stored_at);
CREATE INDEX call_bodies_by_call ON call_bodies (tenant_id, call_id);
-- Bodies are rarely read back and most are short: compressing them costs ingest more than it saves.
ALTER TABLE call_bodies ALTER COLUMN bytes SET STORAGE EXTERNAL;
SELECT protect_tenant_table('call_bodies'), register_partitions('call_bodies');

CREATE TABLE steps (
    tenant_id uuid NOT NULL,
    run_id uuid NOT NULL,
    step_index bigint NOT NULL,       -- per run, from 0, without gaps
    at timestamptz NOT NULL,
    step_type text NOT NULL,
    status text NOT NULL,
    is_inflection boolean NOT NULL DEFAULT false,
    call_id uuid,
    decision_id uuid,
    policy_id text,
    result text,
    reason text,
    analysis text,
    channel text,
    tokens bigint NOT NULL DEFAULT 0,
    content_hash bytea,
    data jsonb NOT NULL,
    PRIMARY KEY (tenant_id, run_id, step_index)
);
SELECT protect_tenant_table('steps');

CREATE TABLE decisions (
    tenant_id uuid NOT NULL,
    decision_id uuid NOT NULL,
    call_id uuid NOT NULL,
    run_id uuid NOT NULL,
    policy_id text NOT NULL,
    policy_version bigint NOT NULL,
    stage text NOT NULL,
    result text NOT NULL,
    severity text NOT NULL,
    mode text NOT NULL,
    reason text NOT NULL,
    snapshot_id text NOT NULL,
    evaluation_us bigint NOT NULL,
    decided_at timestamptz NOT NULL,
    document jsonb NOT NULL,          -- the whole Decision
    PRIMARY KEY (tenant_id, decision_id)
);
CREATE INDEX decisions_by_run ON decisions (tenant_id, run_id);
SELECT protect_tenant_table('decisions'), make_append_only('decisions');

-- The PASS decisions of one stage of one call, packed: each is addressed dec_…/POLICY_ID.
CREATE TABLE pass_records (
    tenant_id uuid NOT NULL,
    decision_id uuid NOT NULL,
    call_id uuid NOT NULL,
    run_id uuid NOT NULL,
    stage text NOT NULL,
    snapshot_id text NOT NULL,
    policy_ids text[] NOT NULL,
    evaluation_us bigint NOT NULL,
    decided_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, decision_id)
);
CREATE INDEX pass_records_by_run ON pass_records (tenant_id, run_id);
SELECT protect_tenant_table('pass_records'), make_append_only('pass_records');

CREATE TABLE incidents (
    tenant_id uuid NOT NULL,
    incident_id uuid NOT NULL,
    project_id uuid,
    run_id uuid NOT NULL,
    call_id uuid NOT NULL,
    decision_id uuid,
    user_id text,
    session_id text,
    model text NOT NULL,
    severity text NOT NULL,
    policy_id text NOT NULL,
    failure_code text,
    status text NOT NULL,
    title text NOT NULL,
    excerpt text NOT NULL,
    cost_microcents bigint NOT NULL,
    latency_us bigint NOT NULL,
    root_cause jsonb,                 -- NULL until the call has closed
    stop jsonb,
    inflection jsonb,
    assignee text,
    tags text[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, incident_id)
) WITH (fillfactor = 80);
CREATE INDEX incidents_by_run ON incidents (tenant_id, run_id);
SELECT protect_tenant_table('incidents'),
       allow_update('incidents', 'status', 'assignee', 'tags', 'root_cause', 'cost_microcents',
                    'latency_us', 'updated_at');

-- tsv holds the words of the incident and, as lexemes no text can produce, its immutable filters:
-- t: tenant, u: user, p: policy, s: severity, m: model, e: session, r: run, f: failure code. A row is
-- about 1.3 kB with its tsvector inline: the fill factor leaves room for status changes on its page.
CREATE TABLE incident_search (
    tenant_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    incident_id uuid NOT NULL,
    status text NOT NULL,
    cost_microcents bigint NOT NULL,
    latency_us bigint NOT NULL,
    tsv tsvector NOT NULL,
    PRIMARY KEY (tenant_id, created_at, incident_id)
) PARTITION BY RANGE (created_at);
CREATE INDEX incident_search_words ON incident_search USING gin (tsv);
-- More makes planning dominate the search.
ALTER TABLE incident_search ALTER COLUMN tsv SET STATISTICS 10;
SELECT make_search_table('incident_search'), register_partitions('incident_search'),
       allow_update('incident_search', 'status', 'cost_microcents', 'latency_us');

-- One row of sixteen of incident_search, chosen by the last bits of its id, to count in: totals beyond
-- 10,000 are estimated from it. A partial index over the big table would be no faster.
CREATE TABLE incident_search_sample (
    LIKE incident_search, PRIMARY KEY (tenant_id, created_at, incident_id)
) PARTITION BY RANGE (created_at);
CREATE INDEX incident_search_sample_words ON incident_search_sample USING gin (tsv);
ALTER TABLE incident_search_sample ALTER COLUMN tsv SET STATISTICS 10;
SELECT make_search_table('incident_search_sample'), register_partitions('incident_search_sample');

CREATE FUNCTION keep_incident_sample() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM incident_search_sample
        WHERE tenant_id = OLD.tenant_id AND created_at = OLD.created_at
          AND incident_id = OLD.incident_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO incident_search_sample VALUES (NEW.*);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_sample_insert AFTER INSERT ON incident_search
    FOR EACH ROW WHEN (get_byte(uuid_send(NEW.incident_id), 15) & 15 = 0)
    EXECUTE FUNCTION keep_incident_sample();
CREATE TRIGGER keep_sample_change AFTER UPDATE OR DELETE ON incident_search
    FOR EACH ROW WHEN (get_byte(uuid_send(OLD.incident_id), 15) & 15 = 0)
    EXECUTE FUNCTION keep_incident_sample();
SELECT give_to_search('keep_incident_sample()');

-- How far a replica's journal has arrived, per tenant; moves in the transaction that brought it.
CREATE TABLE spool_marks (
    tenant_id uuid NOT NULL,
    replica_id uuid NOT NULL,
    record_no bigint NOT NULL,
    record_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, replica_id)
) WITH (fillfactor = 50);
SELECT protect_tenant_table('spool_marks'), allow_update('spool_marks');

-- Records that cannot become rows: kept whole, with the reason, so that they block nothing and are
-- not lost either.
CREATE TABLE quarantined_records (
    tenant_id uuid NOT NULL,
    replica_id uuid NOT NULL,
    record_no bigint NOT NULL,
    call_id uuid,
    kind smallint NOT NULL,
    digest bytea NOT NULL,            -- SHA-256 of the payload
    reason text NOT NULL,
    payload bytea NOT NULL,
    record_at timestamptz NOT NULL,
    quarantined_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, replica_id, record_no)
);
SELECT protect_tenant_table('quarantined_records');

-- What was recorded before the tenant had a log: the digests of the entries it would have got, in
-- order. The log's first entry carries their count and Merkle root.
CREATE TABLE unproven_rows (
    tenant_id uuid NOT NULL,
    row_no bigint NOT NULL,           -- per tenant, from 0, without gaps
    sha256 bytea NOT NULL,
    PRIMARY KEY (tenant_id, row_no),
    CHECK (octet_length(sha256) = 32)
);
CREATE TABLE unproven_heads (
    tenant_id uuid NOT NULL PRIMARY KEY,
    next_row_no bigint NOT NULL
) WITH (fillfactor = 50);
SELECT protect_tenant_table('unproven_rows'), make_append_only('unproven_rows'),
       protect_tenant_table('unproven_heads'), allow_update('unproven_heads', 'next_row_no');

-- Search. The functions below are the only way in that can use the GIN index: "@@" is not leakproof,
-- so row level security would turn it into a sequential scan. They run as the owner of
-- incident_search (which its row security does not bind), hold fixed SQL, and refuse any tenant but
-- the transaction's own.

CREATE FUNCTION assert_tenant(p_tenant uuid) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF p_tenant IS NULL
        OR p_tenant IS DISTINCT FROM nullif(current_setting('app.tenant', true), '')::uuid THEN
        RAISE insufficient_privilege USING MESSAGE = 'the tenant is not the transaction''s own';
    END IF;
END $$;

-- Groups that mix words with values that change or compare ("status:open or refund"): every group
-- must hold, within a group any clause. A clause has one of q (tsquery), status, cost, latency, at
-- (arrays [least, most], null for open ends; at is half open) and maybe "not".
CREATE FUNCTION search_groups_hold(
    p_groups jsonb, p_tsv tsvector, p_status text, p_cost bigint, p_latency bigint, p_at timestamptz)
RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT NOT EXISTS (
        SELECT FROM jsonb_array_elements(p_groups) AS g(clauses)
        WHERE NOT EXISTS (
            SELECT FROM jsonb_array_elements(g.clauses) AS c(clause)
            WHERE coalesce((clause->>'not')::boolean, false) IS DISTINCT FROM CASE
                WHEN clause ? 'q' THEN p_tsv @@ (clause->>'q')::tsquery
                WHEN clause ? 'status' THEN p_status = clause->>'status'
                WHEN clause ? 'cost' THEN
                    p_cost >= coalesce((clause->'cost'->>0)::bigint, p_cost)
                    AND p_cost <= coalesce((clause->'cost'->>1)::bigint, p_cost)
                WHEN clause ? 'latency' THEN
                    p_latency >= coalesce((clause->'latency'->>0)::bigint, p_latency)
                    AND p_latency <= coalesce((clause->'latency'->>1)::bigint, p_latency)
                ELSE
                    p_at >= coalesce((clause->'at'->>0)::timestamptz, p_at)
                    AND p_at < coalesce((clause->'at'->>1)::timestamptz, 'infinity')
            END))
$$;

-- One page, newest first, after the row (p_after, p_after_id). First the newest thousand rows in
-- B-tree order, where frequent words fill the page at once; then month by month backwards, each
-- month's hits materialised so that the planner cannot walk the time index instead.
CREATE FUNCTION search_incidents(
    p_tenant uuid, p_text tsquery, p_statuses text[],
    p_from timestamptz, p_to timestamptz,
    p_cost_min bigint, p_cost_max bigint, p_latency_min bigint, p_latency_max bigint,
    p_groups jsonb, p_after timestamptz, p_after_id uuid, p_limit integer)
RETURNS TABLE (found_at timestamptz, found_id uuid)
LANGUAGE plpgsql
SET timezone = 'UTC' SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    v_at timestamptz := coalesce(p_after, 'infinity');
    v_id uuid := coalesce(p_after_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
    v_scanned integer := 0;
    v_found integer := 0;
    v_oldest timestamptz;
    v_month timestamptz;
    v_row record;
BEGIN
    PERFORM assert_tenant(p_tenant);
    FOR v_row IN
        SELECT n.created_at, n.incident_id,
            (p_text IS NULL OR n.tsv @@ p_text)
            AND (p_statuses IS NULL OR n.status = ANY (p_statuses))
            AND (p_cost_min IS NULL OR n.cost_microcents >= p_cost_min)
            AND (p_cost_max IS NULL OR n.cost_microcents <= p_cost_max)
            AND (p_latency_min IS NULL OR n.latency_us >= p_latency_min)
            AND (p_latency_max IS NULL OR n.latency_us <= p_latency_max)
            AND (p_groups IS NULL OR search_groups_hold(
                p_groups, n.tsv, n.status, n.cost_microcents, n.latency_us, n.created_at)) AS holds
        FROM (SELECT * FROM incident_search s
              WHERE s.tenant_id = p_tenant AND (s.created_at, s.incident_id) < (v_at, v_id)
                AND s.created_at >= p_from AND s.created_at < p_to
              ORDER BY s.created_at DESC, s.incident_id DESC
              LIMIT 1000) n
    LOOP
        v_scanned := v_scanned + 1;
        v_at := v_row.created_at;
        v_id := v_row.incident_id;
        IF v_row.holds THEN
            found_at := v_at;
            found_id := v_id;
            RETURN NEXT;
            v_found := v_found + 1;
            EXIT WHEN v_found >= p_limit;
        END IF;
    END LOOP;
    IF v_scanned < 1000 OR v_found >= p_limit THEN
        RETURN;
    END IF;

    SELECT min(s.created_at) INTO v_oldest FROM incident_search s
    WHERE s.tenant_id = p_tenant AND s.created_at >= p_from;
    v_month := date_trunc('month', v_at, 'UTC');
    LOOP
        IF p_text IS NULL THEN
            RETURN QUERY
            SELECT s.created_at, s.incident_id FROM incident_search s
            WHERE s.tenant_id = p_tenant AND (s.created_at, s.incident_id) < (v_at, v_id)
              AND s.created_at >= greatest(v_month, p_from)
              AND s.created_at < v_month + interval '1 month'
              AND (p_statuses IS NULL OR s.status = ANY (p_statuses))
              AND (p_cost_min IS NULL OR s.cost_microcents >= p_cost_min)
              AND (p_cost_max IS NULL OR s.cost_microcents <= p_cost_max)
              AND (p_latency_min IS NULL OR s.latency_us >= p_latency_min)
              AND (p_latency_max IS NULL OR s.latency_us <= p_latency_max)
              AND (p_groups IS NULL OR search_groups_hold(
                  p_groups, s.tsv, s.status, s.cost_microcents, s.latency_us, s.created_at))
            ORDER BY s.created_at DESC, s.incident_id DESC
            LIMIT p_limit - v_found;
        ELSE
            RETURN QUERY
            WITH hits AS MATERIALIZED (
                SELECT s.created_at, s.incident_id FROM incident_search s
                WHERE s.tsv @@ p_text
                  AND s.tenant_id = p_tenant AND (s.created_at, s.incident_id) < (v_at, v_id)
                  AND s.created_at >= greatest(v_month, p_from)
                  AND s.created_at < v_month + interval '1 month'
                  AND (p_statuses IS NULL OR s.status = ANY (p_statuses))
                  AND (p_cost_min IS NULL OR s.cost_microcents >= p_cost_min)
                  AND (p_cost_max IS NULL OR s.cost_microcents <= p_cost_max)
                  AND (p_latency_min IS NULL OR s.latency_us >= p_latency_min)
                  AND (p_latency_max IS NULL OR s.latency_us <= p_latency_max)
                  AND (p_groups IS NULL OR search_groups_hold(
                      p_groups, s.tsv, s.status, s.cost_microcents, s.latency_us, s.created_at)))
            SELECT h.created_at, h.incident_id FROM hits h
            ORDER BY h.created_at DESC, h.incident_id DESC
            LIMIT p_limit - v_found;
        END IF;
        GET DIAGNOSTICS v_scanned = ROW_COUNT;
        v_found := v_found + v_scanned;
        EXIT WHEN v_found >= p_limit OR v_month <= v_oldest;
        v_month := v_month - interval '1 month';
    END LOOP;
END $$;

-- How many rows of the sample a search has, at most p_limit.
CREATE FUNCTION count_incident_sample(
    p_tenant uuid, p_text tsquery, p_statuses text[],
    p_from timestamptz, p_to timestamptz,
    p_cost_min bigint, p_cost_max bigint, p_latency_min bigint, p_latency_max bigint,
    p_groups jsonb, p_limit bigint)
RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT count(*) FROM (
        SELECT FROM incident_search_sample s
        WHERE s.tenant_id = p_tenant AND s.created_at >= p_from AND s.created_at < p_to
          AND (p_text IS NULL OR s.tsv @@ p_text)
          AND (p_statuses IS NULL OR s.status = ANY (p_statuses))
          AND (p_cost_min IS NULL OR s.cost_microcents >= p_cost_min)
          AND (p_cost_max IS NULL OR s.cost_microcents <= p_cost_max)
          AND (p_latency_min IS NULL OR s.latency_us >= p_latency_min)
          AND (p_latency_max IS NULL OR s.latency_us <= p_latency_max)
          AND (p_groups IS NULL OR search_groups_hold(
              p_groups, s.tsv, s.status, s.cost_microcents, s.latency_us, s.created_at))
        LIMIT p_limit) AS counted);
END $$;

-- How many rows a search has. What costs is not how many there are but how many have the words: the
-- index knows no order of words, so that of a phrase every row with its words is read. Are those few
-- (750 of the sample are 12,000), the total is exact up to p_max. Otherwise it is estimated from the
-- sample, month by month backwards: as many months as 20 ms allow are counted, the share of their
-- rows with the words that they found holds for the others.
-- Sequential and plain index scans are priced out: under a LIMIT the planner would bet on finding
-- words early that rarely meet.
CREATE FUNCTION count_incidents(
    p_tenant uuid, p_text tsquery, p_statuses text[],
    p_from timestamptz, p_to timestamptz,
    p_cost_min bigint, p_cost_max bigint, p_latency_min bigint, p_latency_max bigint,
    p_groups jsonb, p_max bigint, OUT total bigint, OUT is_estimate boolean)
LANGUAGE plpgsql
SET timezone = 'UTC' SET enable_seqscan = off SET enable_indexscan = off
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    v_words tsquery := regexp_replace(p_text::text, '<(-|\d+)>', '&', 'g')::tsquery;
    v_few bigint := p_max * 6 / 5 / 16;
    v_until timestamptz := clock_timestamp() + interval '20 milliseconds';
    v_oldest timestamptz;
    v_month timestamptz;
    v_here bigint;              -- rows of the month that have the words
    v_with_words bigint := 0;   -- of all months
    v_looked_at bigint := 0;    -- of the months that were counted
    v_found bigint := 0;        -- of those, rows that the search finds
BEGIN
    PERFORM assert_tenant(p_tenant);
    v_here := count_incident_sample(
        p_tenant, v_words, p_statuses, p_from, p_to, p_cost_min, p_cost_max, p_latency_min,
        p_latency_max, p_groups, v_few + 1);
    IF v_here <= v_few THEN
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
        total := CASE WHEN is_estimate THEN greatest(total, v_here * 16) ELSE total END;
        RETURN;
    END IF;
    is_estimate := true;
    SELECT date_trunc('month', min(s.created_at)), date_trunc('month', max(s.created_at))
    INTO v_oldest, v_month FROM incident_search_sample s
    WHERE s.tenant_id = p_tenant AND s.created_at >= p_from AND s.created_at < p_to;
    WHILE v_month >= v_oldest LOOP
        v_here := count_incident_sample(
            p_tenant, v_words, p_statuses, greatest(v_month, p_from),
            least(v_month + interval '1 month', p_to), p_cost_min, p_cost_max, p_latency_min,
            p_latency_max, p_groups, NULL);
        v_with_words := v_with_words + v_here;
        IF v_here > 0 AND (v_looked_at = 0 OR clock_timestamp() < v_until) THEN
            v_looked_at := v_looked_at + v_here;
            v_found := v_found + CASE WHEN v_words IS NOT DISTINCT FROM p_text THEN v_here
                ELSE count_incident_sample(
                    p_tenant, p_text, p_statuses, greatest(v_month, p_from),
                    least(v_month + interval '1 month', p_to), p_cost_min, p_cost_max,
                    p_latency_min, p_latency_max, p_groups, NULL)
                END;
        END IF;
        v_month := v_month - interval '1 month';
    END LOOP;
    total := 16 * (v_found::numeric * v_with_words / greatest(v_looked_at, 1))::bigint;
END $$;

SELECT give_to_search(
           'search_incidents(uuid, tsquery, text[], timestamptz, timestamptz, bigint, bigint, bigint,'
           ' bigint, jsonb, timestamptz, uuid, integer)'),
       give_to_search(
           'count_incidents(uuid, tsquery, text[], timestamptz, timestamptz, bigint, bigint, bigint,'
           ' bigint, jsonb, bigint)');
DO $$
BEGIN
    EXECUTE format('GRANT EXECUTE ON FUNCTION assert_tenant(uuid), '
                   'search_groups_hold(jsonb, tsvector, text, bigint, bigint, timestamptz), '
                   'count_incident_sample(uuid, tsquery, text[], timestamptz, timestamptz, bigint, '
                   'bigint, bigint, bigint, jsonb, bigint) TO %I',
                   role_name('search'));
END $$;
