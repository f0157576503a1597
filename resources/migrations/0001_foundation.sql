-- SPDX-License-Identifier: Apache-2.0
-- Tenants, what they configure, and the walls between them. Runs under the owner role inside the
-- schema "exhibit", which the migration runner has made. Later migrations protect their tables with
-- the functions of the first part: a table that none was called for can be reached by nobody.

ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- The roles carry the database's name: roles belong to a whole cluster, schemas to a database.
-- kind: owner, writer, reader, search.
CREATE FUNCTION role_name(kind text) RETURNS name
    LANGUAGE sql STABLE SET search_path = pg_catalog
    AS $$ SELECT ('exhibit_' || current_database() || '_' || kind)::name $$;

CREATE FUNCTION grant_on_table(target regclass, privileges text, kind text) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('GRANT %s ON %s TO %I', privileges, target, role_name(kind));
END $$;

-- ENABLE without FORCE lets the table's owner see all tenants: for search tables alone.
CREATE FUNCTION add_tenant_policy(target regclass, forced boolean) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    IF forced THEN
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    END IF;
    -- After a first transaction the setting reads '' and not NULL, and ''::uuid is an error.
    EXECUTE format('CREATE POLICY tenant ON %s USING '
                   '(tenant_id = nullif(current_setting(''app.tenant'', true), '''')::uuid)', target);
END $$;

-- For every table with tenant_id: row level security also for its owner; the writer may SELECT and
-- INSERT, the reader and the search role may SELECT.
CREATE FUNCTION protect_tenant_table(target regclass) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM add_tenant_policy(target, true);
    PERFORM grant_on_table(target, 'SELECT, INSERT', 'writer');
    PERFORM grant_on_table(target, 'SELECT', 'reader');
    PERFORM grant_on_table(target, 'SELECT', 'search');
END $$;

-- For tables that tenants share and that hold nothing of any of them.
CREATE FUNCTION protect_shared_table(target regclass) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM grant_on_table(target, 'SELECT, INSERT', 'writer');
    PERFORM grant_on_table(target, 'SELECT', 'reader');
END $$;

-- What the writer may do beyond INSERT; without columns: all of them.
CREATE FUNCTION allow_update(target regclass, VARIADIC columns name[] DEFAULT '{}') RETURNS void
    LANGUAGE plpgsql AS $$
DECLARE
    list text := (SELECT string_agg(quote_ident(c), ', ') FROM unnest(columns) AS c);
BEGIN
    PERFORM grant_on_table(target, 'UPDATE' || coalesce(' (' || list || ')', ''), 'writer');
END $$;

CREATE FUNCTION allow_delete(target regclass) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM grant_on_table(target, 'DELETE', 'writer');
END $$;

-- Rows that nobody changes or removes: beyond the missing grants a trigger refuses the owner too.
CREATE FUNCTION refuse_change() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TABLE append_only_tables (table_name text PRIMARY KEY);
SELECT protect_shared_table('append_only_tables');

CREATE FUNCTION make_append_only(target regclass) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO append_only_tables SELECT relname FROM pg_class WHERE oid = target;
    EXECUTE format('CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON %s '
                   'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', target);
END $$;

-- A table that is searched by operators which are not leakproof: under FORCE each search would be a
-- sequential scan. It belongs to a role that nobody can become, and is read through functions of
-- that role (give_to_search) which compare their tenant argument with app.tenant. The writer
-- fills it; the reader reaches it through those functions alone.
CREATE FUNCTION make_search_table(target regclass) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM add_tenant_policy(target, false);
    PERFORM grant_on_table(target, 'SELECT, INSERT', 'writer');
    EXECUTE format('ALTER TABLE %s OWNER TO %I', target, role_name('search'));
END $$;

-- Makes a function a SECURITY DEFINER function of the search role, for reader and writer.
CREATE FUNCTION give_to_search(target regprocedure) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER SET search_path = exhibit, pg_temp', target);
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', target);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I, %I', target,
                   role_name('writer'), role_name('reader'));
    EXECUTE format('ALTER FUNCTION %s OWNER TO %I', target, role_name('search'));
END $$;

-- The owner's look before a tenant is known. No serving login can become the owner: this serves
-- the SECURITY DEFINER functions below alone.
CREATE FUNCTION allow_owner_lookup(target regclass) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE POLICY owner_lookup ON %s FOR SELECT TO %I USING (true)', target,
                   role_name('owner'));
END $$;

-- Tells every replica that something it keeps a copy of has changed; the payload is the table.
CREATE FUNCTION notify_change() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('exhibit_changed', TG_TABLE_NAME);
    RETURN NULL;
END $$;

CREATE FUNCTION announce_changes(target regclass) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER notify_change AFTER INSERT OR UPDATE OR DELETE ON %s '
                   'FOR EACH STATEMENT EXECUTE FUNCTION notify_change()', target);
END $$;

-- Monthly partitions. Times are UTC; PARTITION names end in the month, e.g. proxy_calls_202611.
CREATE TABLE partitioned_tables (
    table_name text PRIMARY KEY,
    registered_at timestamptz NOT NULL DEFAULT now()
);
SELECT protect_shared_table('partitioned_tables');

-- Partitions are reached through their parent alone: nothing is granted on them, and they have the
-- parent's policy and owner.
CREATE FUNCTION add_partition(parent regclass, suffix text, bounds text) RETURNS void
    LANGUAGE plpgsql SET search_path = exhibit, pg_temp AS $$
DECLARE
    partition_name name := (SELECT relname || '_' || suffix FROM pg_class WHERE oid = parent);
    parent_owner name := (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = parent);
    forced boolean := (SELECT relforcerowsecurity FROM pg_class WHERE oid = parent);
BEGIN
    EXECUTE format('CREATE TABLE %I PARTITION OF %s %s', partition_name, parent, bounds);
    PERFORM add_tenant_policy(partition_name::text::regclass, forced);
    IF parent_owner <> current_user THEN
        EXECUTE format('ALTER TABLE %I OWNER TO %I', partition_name, parent_owner);
    END IF;
END $$;

-- Makes what is missing of this month and the three that follow, for every registered table, and
-- returns how many it made. A month whose rows already went to the DEFAULT partition stays there.
CREATE FUNCTION ensure_partitions() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = exhibit, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    entry record;
    made integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('exhibit/partitions', 0));
    FOR entry IN
        SELECT p.table_name::regclass AS parent, p.table_name, month
        FROM partitioned_tables AS p,
             generate_series(date_trunc('month', now()), date_trunc('month', now()) + interval '3 months',
                             interval '1 month') AS month
        WHERE to_regclass(format('%I', p.table_name || to_char(month, '_YYYYMM'))) IS NULL
        ORDER BY 2, 3
    LOOP
        BEGIN
            PERFORM add_partition(entry.parent, to_char(entry.month, 'YYYYMM'),
                                  format('FOR VALUES FROM (%L) TO (%L)', entry.month,
                                         entry.month + interval '1 month'));
            made := made + 1;
        EXCEPTION WHEN check_violation THEN
            RAISE WARNING 'rows of % for % stay in its default partition', entry.table_name,
                to_char(entry.month, 'YYYY-MM');
        END;
    END LOOP;
    RETURN made;
END $$;

-- After protect_tenant_table or make_search_table.
CREATE FUNCTION register_partitions(target regclass) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO partitioned_tables (table_name) SELECT relname FROM pg_class WHERE oid = target;
    PERFORM add_partition(target, 'default', 'DEFAULT');
    PERFORM ensure_partitions();
END $$;

-- Whether a tenant with a legal hold in force has a row there: any hold and any row, since what a
-- hold covers is spread over many tables. As the owner, who sees one tenant's rows at a time.
CREATE FUNCTION is_held(partition regclass) RETURNS boolean
    LANGUAGE plpgsql SET search_path = exhibit, pg_temp AS $$
DECLARE
    asked text := current_setting('app.tenant', true);
    tenant uuid;
    held boolean := false;
BEGIN
    FOR tenant IN SELECT t.tenant_id FROM tenants AS t LOOP
        PERFORM set_config('app.tenant', tenant::text, true);
        EXECUTE format('SELECT EXISTS (SELECT FROM legal_holds WHERE tenant_id = $1'
                       ' AND released_at IS NULL)'
                       ' AND EXISTS (SELECT FROM %s WHERE tenant_id = $1)', partition)
            INTO held USING tenant;
        EXIT WHEN held;
    END LOOP;
    PERFORM set_config('app.tenant', coalesce(asked, ''), true);
    RETURN held;
END $$;

-- Removes one month of one registered table; false when there is no such partition. The month that
-- runs, and those that come, are refused; so is the audit log, which nobody shortens, and a month
-- in which a tenant under a legal hold has rows.
CREATE FUNCTION drop_partition(target text, month date) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = exhibit, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    partition_name text := target || to_char(month, '_YYYYMM');
BEGIN
    IF NOT EXISTS (SELECT FROM partitioned_tables WHERE table_name = target) THEN
        RAISE EXCEPTION 'no such partitioned table' USING ERRCODE = 'undefined_table';
    END IF;
    IF target = 'audit_logs' THEN
        RAISE EXCEPTION 'the audit log is kept' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF date_trunc('month', month) >= date_trunc('month', now()) THEN
        RAISE EXCEPTION 'only months that have ended can be dropped'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('exhibit/partitions', 0));
    IF NOT EXISTS (SELECT FROM pg_inherits
                   WHERE inhrelid = to_regclass(format('%I', partition_name))
                     AND inhparent = to_regclass(format('%I', target))) THEN
        RETURN false;
    END IF;
    -- Against a hold that is placed meanwhile.
    LOCK TABLE legal_holds IN SHARE MODE;
    IF is_held(format('%I', partition_name)::regclass) THEN
        RAISE EXCEPTION 'a legal hold covers rows of this month; copy them out first'
            USING ERRCODE = 'object_in_use';
    END IF;
    EXECUTE format('DROP TABLE %I', partition_name);
    RETURN true;
END $$;

CREATE TABLE tenants (
    tenant_id uuid PRIMARY KEY,
    -- Immutable: it stands in the origin of the tenant's log.
    slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
    title text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now()
);
SELECT protect_tenant_table('tenants'), allow_update('tenants', 'title'),
       allow_owner_lookup('tenants'), announce_changes('tenants');

CREATE TABLE projects (
    tenant_id uuid NOT NULL REFERENCES tenants,
    project_id uuid NOT NULL,
    slug text NOT NULL CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
    title text NOT NULL DEFAULT '',
    stop_style text NOT NULL DEFAULT 'soft',
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, project_id),
    UNIQUE (tenant_id, slug)
);
SELECT protect_tenant_table('projects'), allow_update('projects', 'title', 'stop_style'),
       announce_changes('projects');

-- The SHA-256 of a key's text, never the text. Not UNIQUE on the hash alone: that would not
-- distribute by tenant, and 256 random bits do not repeat.
CREATE TABLE api_keys (
    tenant_id uuid NOT NULL,
    key_id uuid NOT NULL,
    project_id uuid NOT NULL,
    role text NOT NULL,
    scopes text[] NOT NULL,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    label text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz,
    PRIMARY KEY (tenant_id, key_id),
    FOREIGN KEY (tenant_id, project_id) REFERENCES projects
);
CREATE INDEX api_keys_by_hash ON api_keys (hash);
SELECT protect_tenant_table('api_keys'), allow_update('api_keys', 'revoked_at'),
       allow_owner_lookup('api_keys'), announce_changes('api_keys');

CREATE TABLE upstreams (
    tenant_id uuid NOT NULL,
    project_id uuid NOT NULL,
    upstream_id uuid NOT NULL,
    name text NOT NULL,
    base_url text NOT NULL,
    models text[] NOT NULL DEFAULT '{}',
    api_key_env text,
    pass_through boolean NOT NULL DEFAULT false,
    wire text NOT NULL DEFAULT 'openai',
    position bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, project_id, upstream_id),
    UNIQUE (tenant_id, project_id, name),
    FOREIGN KEY (tenant_id, project_id) REFERENCES projects
);
SELECT protect_tenant_table('upstreams'), allow_delete('upstreams'),
       allow_update('upstreams', 'name', 'base_url', 'models', 'api_key_env', 'pass_through', 'wire',
                    'position'),
       announce_changes('upstreams');

-- Shared by all tenants. The newest is in force; a call records the version that priced it.
CREATE TABLE price_tables (
    version text PRIMARY KEY,
    currency text NOT NULL,
    models jsonb NOT NULL,
    published_at timestamptz NOT NULL DEFAULT now()
);
SELECT protect_shared_table('price_tables'), make_append_only('price_tables'),
       announce_changes('price_tables');

-- A change is a new version; the highest one counts.
CREATE TABLE policies (
    tenant_id uuid NOT NULL REFERENCES tenants,
    policy_id text NOT NULL,
    version bigint NOT NULL,
    document jsonb NOT NULL,
    enabled boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT '',
    PRIMARY KEY (tenant_id, policy_id, version)
);
SELECT protect_tenant_table('policies'), make_append_only('policies');

CREATE TABLE policy_snapshots (
    tenant_id uuid NOT NULL REFERENCES tenants,
    snapshot_id text NOT NULL,
    content_hash bytea NOT NULL,
    policies_json text NOT NULL,
    thresholds_json text NOT NULL,
    policy_count integer NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, snapshot_id),
    UNIQUE (tenant_id, content_hash),
    CHECK (content_hash = sha256(convert_to('{"policies":' || policies_json || ',"thresholds":'
                                            || thresholds_json || '}', 'UTF8')))
);
SELECT protect_tenant_table('policy_snapshots'), make_append_only('policy_snapshots');

-- Which snapshot new runs were bound to, and since when; the highest number counts.
CREATE TABLE snapshot_activations (
    tenant_id uuid NOT NULL,
    activation_no bigint NOT NULL,
    snapshot_id text NOT NULL,
    activated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    activated_by text NOT NULL DEFAULT '',
    PRIMARY KEY (tenant_id, activation_no),
    FOREIGN KEY (tenant_id, snapshot_id) REFERENCES policy_snapshots
);
SELECT protect_tenant_table('snapshot_activations'), make_append_only('snapshot_activations'),
       announce_changes('snapshot_activations');

CREATE TABLE audit_logs (
    tenant_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    audit_id uuid NOT NULL,
    action text NOT NULL,
    resource text NOT NULL,
    user_id text,
    details jsonb NOT NULL DEFAULT '{}',
    ip_address text,
    user_agent text,
    PRIMARY KEY (tenant_id, created_at, audit_id)
) PARTITION BY RANGE (created_at);
SELECT protect_tenant_table('audit_logs'), make_append_only('audit_logs'),
       register_partitions('audit_logs');

-- Which exhibitd processes live: those whose lease has not run out. One that shares looks a run up
-- before each call of it, and writes a stop here before a client hears of it; one that is alone need
-- not. Leases are renewed under an advisory lock, so that of two that come at once one sees the other.
CREATE TABLE replicas (
    replica_id uuid PRIMARY KEY,
    name text NOT NULL,
    version text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    lease_until timestamptz NOT NULL,
    sharing boolean NOT NULL
);
SELECT protect_shared_table('replicas'), allow_update('replicas'), allow_delete('replicas');
-- For each row, so that a renewal tells nobody.
CREATE TRIGGER notify_membership AFTER INSERT OR DELETE ON replicas
    FOR EACH ROW EXECUTE FUNCTION notify_change();
CREATE TRIGGER notify_standing AFTER UPDATE ON replicas
    FOR EACH ROW WHEN (OLD.sharing <> NEW.sharing OR OLD.lease_until < clock_timestamp())
    EXECUTE FUNCTION notify_change();

-- What is asked before the tenant is known: the one row, or the names alone.
CREATE FUNCTION resolve_key(key_hash bytea)
    RETURNS TABLE (tenant_id uuid, project_id uuid, key_id uuid, role text, scopes text[],
                   label text, revoked boolean, created_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = exhibit, pg_temp AS $$
    SELECT k.tenant_id, k.project_id, k.key_id, k.role, k.scopes, k.label,
           k.revoked_at IS NOT NULL, k.created_at
    FROM api_keys AS k WHERE k.hash = key_hash
$$;

CREATE FUNCTION list_tenants() RETURNS TABLE (tenant_id uuid, slug text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = exhibit, pg_temp AS $$
    SELECT t.tenant_id, t.slug FROM tenants AS t ORDER BY t.tenant_id
$$;

DO $$
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA exhibit TO %I, %I, %I', role_name('writer'),
                   role_name('reader'), role_name('search'));
    -- Without it nothing could be handed to the search role.
    EXECUTE format('GRANT CREATE ON SCHEMA exhibit TO %I', role_name('search'));
    EXECUTE format('GRANT EXECUTE ON FUNCTION resolve_key(bytea), list_tenants() TO %I, %I',
                   role_name('writer'), role_name('reader'));
    EXECUTE format('GRANT EXECUTE ON FUNCTION ensure_partitions(), drop_partition(text, date) TO %I',
                   role_name('writer'));
    EXECUTE format('GRANT EXECUTE ON FUNCTION role_name(text) TO %I, %I, %I', role_name('writer'),
                   role_name('reader'), role_name('search'));
    EXECUTE format('GRANT SELECT ON schema_migrations TO %I, %I', role_name('writer'),
                   role_name('reader'));
END $$;
