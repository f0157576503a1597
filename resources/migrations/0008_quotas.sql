-- SPDX-License-Identifier: Apache-2.0
-- Who may use how much, and how much was used. Replicas take what calls reserve out of one counter
-- in blocks (lease_budget): what is granted together never exceeds the limit.

-- What tiers allow unless a tenant says otherwise; data, and a tenant's own stand over them.
CREATE TABLE tier_defaults (
    tier text PRIMARY KEY,
    policy jsonb NOT NULL             -- QuotaPolicy
);
INSERT INTO tier_defaults VALUES
    ('FREE', '{"tier":"FREE","runs_per_day":5,"tokens_per_day":100000,"cost_microcents_per_day":100000000,'
             '"concurrent_runs":1,"run_seconds":600,"run_tokens":50000,"run_calls":20}'),
    ('ALPHA', '{"tier":"ALPHA","runs_per_day":50,"tokens_per_day":1000000,'
              '"cost_microcents_per_day":1000000000,"concurrent_runs":3,"run_seconds":1800,'
              '"run_tokens":200000,"run_calls":100}'),
    ('TEAM', '{"tier":"TEAM","runs_per_day":1000,"tokens_per_day":20000000,'
             '"cost_microcents_per_day":20000000000,"concurrent_runs":20,"run_seconds":7200,'
             '"run_tokens":1000000,"run_calls":500}'),
    ('ENTERPRISE', '{"tier":"ENTERPRISE"}');
SELECT protect_shared_table('tier_defaults');

CREATE TABLE quota_policies (
    tenant_id uuid NOT NULL REFERENCES tenants,
    tier text NOT NULL,
    policy jsonb NOT NULL,            -- QuotaPolicy
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by text NOT NULL DEFAULT '',
    PRIMARY KEY (tenant_id, tier)
);
SELECT protect_tenant_table('quota_policies'),
       allow_update('quota_policies', 'policy', 'updated_at', 'updated_by'),
       allow_delete('quota_policies'), announce_changes('quota_policies');

-- Whose use counts under which tier. subject: a user id or a project's slug, '*' for each that has
-- none of its own, '' for the tenant.
CREATE TABLE quota_assignments (
    tenant_id uuid NOT NULL REFERENCES tenants,
    scope text NOT NULL,
    subject text NOT NULL,
    tier text NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by text NOT NULL DEFAULT '',
    PRIMARY KEY (tenant_id, scope, subject)
);
SELECT protect_tenant_table('quota_assignments'),
       allow_update('quota_assignments', 'tier', 'updated_at', 'updated_by'),
       allow_delete('quota_assignments'), announce_changes('quota_assignments');

CREATE TABLE alpha_whitelist (
    tenant_id uuid NOT NULL REFERENCES tenants,
    user_id text NOT NULL,            -- or an e-mail address
    added_by text NOT NULL,
    reason text NOT NULL DEFAULT '',
    expires_at timestamptz,
    added_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, user_id)
);
SELECT protect_tenant_table('alpha_whitelist'),
       allow_update('alpha_whitelist', 'added_by', 'reason', 'expires_at', 'added_at'),
       allow_delete('alpha_whitelist'), announce_changes('alpha_whitelist');

-- What replicas have been granted of a day's budget, spent or not. budget: scope/subject/metric/day.
CREATE TABLE budget_counters (
    tenant_id uuid NOT NULL,
    budget text NOT NULL,
    expires_on date NOT NULL,
    taken bigint NOT NULL,
    PRIMARY KEY (tenant_id, budget)
) WITH (fillfactor = 50);
SELECT protect_tenant_table('budget_counters'), allow_update('budget_counters', 'taken'),
       allow_delete('budget_counters');

-- Slots of concurrent runs that each replica holds; those of a replica whose lease ran out count no
-- more.
CREATE TABLE budget_slots (
    tenant_id uuid NOT NULL,
    budget text NOT NULL,
    replica_id uuid NOT NULL,
    slots bigint NOT NULL,
    PRIMARY KEY (tenant_id, budget, replica_id)
) WITH (fillfactor = 50);
SELECT protect_tenant_table('budget_slots'), allow_update('budget_slots', 'slots'),
       allow_delete('budget_slots');

-- At least `least`, or nothing. Far from the limit a block, so that most calls need no look here;
-- near it just what is asked for.
CREATE FUNCTION budget_grant(most bigint, taken bigint, least_amount bigint, divisor bigint)
    RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN most - taken < least_amount THEN 0
                ELSE least(most - taken, greatest(least_amount, (most - taken) / divisor)) END
$$;

CREATE FUNCTION lease_budget(tenant uuid, which text, last_day date, most bigint,
                             least_amount bigint, divisor bigint)
    RETURNS TABLE (granted bigint, taken_now bigint)
    LANGUAGE plpgsql SET search_path = exhibit, pg_temp AS $$
DECLARE
    before bigint;
BEGIN
    -- The conflict locks the row: those who ask at once go one after the other.
    INSERT INTO budget_counters AS b (tenant_id, budget, expires_on, taken)
        VALUES (tenant, which, last_day, 0)
        ON CONFLICT (tenant_id, budget) DO UPDATE SET taken = b.taken
        RETURNING b.taken INTO before;
    granted := budget_grant(most, before, least_amount, divisor);
    taken_now := before + granted;
    UPDATE budget_counters AS b SET taken = taken_now
        WHERE b.tenant_id = tenant AND b.budget = which;
    RETURN NEXT;
END $$;

CREATE FUNCTION lease_slots(tenant uuid, which text, replica uuid, most bigint,
                            least_amount bigint, divisor bigint)
    RETURNS TABLE (granted bigint, taken_now bigint)
    LANGUAGE plpgsql SET search_path = exhibit, pg_temp AS $$
DECLARE
    before bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('exhibit/slots/' || tenant || '/' || which, 0));
    SELECT coalesce(sum(s.slots), 0)::bigint INTO before FROM budget_slots AS s
        LEFT JOIN replicas AS r ON r.replica_id = s.replica_id
        WHERE s.tenant_id = tenant AND s.budget = which
          AND (s.replica_id = replica OR r.lease_until > clock_timestamp());
    granted := budget_grant(most, before, least_amount, divisor);
    taken_now := before + granted;
    INSERT INTO budget_slots AS s (tenant_id, budget, replica_id, slots)
        VALUES (tenant, which, replica, granted)
        ON CONFLICT (tenant_id, budget, replica_id) DO UPDATE SET slots = s.slots + granted;
    RETURN NEXT;
END $$;

-- One for each call that went to a provider; written with the call, exactly once.
CREATE TABLE usage_events (
    tenant_id uuid NOT NULL,
    at timestamptz NOT NULL,
    event_id uuid NOT NULL,           -- the call's id
    project_id uuid NOT NULL,
    user_id text,
    run_id uuid NOT NULL,
    kind text NOT NULL,               -- llm_call
    prompt_tokens bigint NOT NULL,
    completion_tokens bigint NOT NULL,
    cached_tokens bigint NOT NULL,
    reasoning_tokens bigint NOT NULL,
    cost_microcents bigint NOT NULL,
    PRIMARY KEY (tenant_id, at, event_id)
) PARTITION BY RANGE (at);
-- Changed by erasure alone, which runs as the owner.
SELECT protect_tenant_table('usage_events'), register_partitions('usage_events');

CREATE TABLE usage_daily_rollups (
    tenant_id uuid NOT NULL,
    day date NOT NULL,
    user_id text NOT NULL,            -- '' for calls that name nobody
    runs bigint NOT NULL,
    calls bigint NOT NULL,
    prompt_tokens bigint NOT NULL,
    completion_tokens bigint NOT NULL,
    cost_microcents bigint NOT NULL,
    PRIMARY KEY (tenant_id, day, user_id)
) WITH (fillfactor = 70);
SELECT protect_tenant_table('usage_daily_rollups'),
       allow_update('usage_daily_rollups', 'runs', 'calls', 'prompt_tokens', 'completion_tokens',
                    'cost_microcents');

-- What erasure takes: whose use it was, and what was arranged for that person. The sums stay, among
-- those of calls that name nobody. Of erase_subject(), which has found that no hold covers it.
CREATE FUNCTION forget_use(p_user text, p_calls uuid[]) RETURNS bigint
    LANGUAGE plpgsql SET search_path = exhibit, pg_temp AS $$
DECLARE
    v_tenant uuid := nullif(current_setting('app.tenant', true), '')::uuid;
    v_budget text := 'user/' || p_user || '/'; -- then metric/day, or concurrent/
    v_rows bigint;
    v_more bigint;
BEGIN
    UPDATE usage_events e SET user_id = NULL
    WHERE e.tenant_id = v_tenant AND (e.user_id = p_user OR e.event_id = ANY (p_calls))
      AND e.user_id IS NOT NULL;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    IF coalesce(p_user, '') = '' THEN
        RETURN v_rows;
    END IF;
    WITH gone AS (
        DELETE FROM usage_daily_rollups u WHERE u.tenant_id = v_tenant AND u.user_id = p_user
        RETURNING u.*)
    INSERT INTO usage_daily_rollups AS u
        SELECT g.tenant_id, g.day, '', g.runs, g.calls, g.prompt_tokens, g.completion_tokens,
               g.cost_microcents
        FROM gone AS g
        ON CONFLICT (tenant_id, day, user_id) DO UPDATE SET
            runs = u.runs + excluded.runs, calls = u.calls + excluded.calls,
            prompt_tokens = u.prompt_tokens + excluded.prompt_tokens,
            completion_tokens = u.completion_tokens + excluded.completion_tokens,
            cost_microcents = u.cost_microcents + excluded.cost_microcents;
    GET DIAGNOSTICS v_more = ROW_COUNT;
    v_rows := v_rows + v_more;
    DELETE FROM quota_assignments q
    WHERE q.tenant_id = v_tenant AND q.scope = 'user' AND q.subject = p_user;
    GET DIAGNOSTICS v_more = ROW_COUNT;
    v_rows := v_rows + v_more;
    DELETE FROM alpha_whitelist w WHERE w.tenant_id = v_tenant AND w.user_id = p_user;
    GET DIAGNOSTICS v_more = ROW_COUNT;
    v_rows := v_rows + v_more;
    -- Another user's name may begin with this one's and a slash.
    DELETE FROM budget_counters b
    WHERE b.tenant_id = v_tenant AND starts_with(b.budget, v_budget)
      AND substr(b.budget, length(v_budget) + 1) ~ '^[a-z]+/[0-9-]*$';
    DELETE FROM budget_slots b
    WHERE b.tenant_id = v_tenant AND starts_with(b.budget, v_budget)
      AND substr(b.budget, length(v_budget) + 1) ~ '^[a-z]+/[0-9-]*$';
    RETURN v_rows;
END $$;

CREATE TABLE run_estimates (
    tenant_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    estimate_id uuid NOT NULL,
    created_by text NOT NULL,
    document jsonb NOT NULL,          -- RunEstimate
    PRIMARY KEY (tenant_id, created_at, estimate_id)
) PARTITION BY RANGE (created_at);
SELECT protect_tenant_table('run_estimates'), make_append_only('run_estimates'),
       register_partitions('run_estimates');

-- What replicas let in of a person or an address, by second: each reads the others'. Nothing that
-- must survive a crash. The key is a digest: neither addresses nor people stand here.
CREATE UNLOGGED TABLE rate_uses (
    rate_key text NOT NULL,
    second bigint NOT NULL,
    replica_id uuid NOT NULL,
    uses bigint NOT NULL,
    PRIMARY KEY (rate_key, second, replica_id)
);
SELECT protect_shared_table('rate_uses'), allow_update('rate_uses', 'uses'),
       allow_delete('rate_uses');

DO $$
BEGIN
    EXECUTE format('GRANT EXECUTE ON FUNCTION budget_grant(bigint, bigint, bigint, bigint), '
                   'lease_budget(uuid, text, date, bigint, bigint, bigint), '
                   'lease_slots(uuid, text, uuid, bigint, bigint, bigint) TO %I',
                   role_name('writer'));
END $$;
