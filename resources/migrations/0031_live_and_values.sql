-- SPDX-License-Identifier: Apache-2.0
-- What the live view looks for, values to complete by, and tags among the words of an incident.

-- Runs that were stopped, by when.
CREATE INDEX runs_stopped ON runs (tenant_id, ended_at) WHERE stop IS NOT NULL;
-- Entries of a log that somebody should look at; almost no entry is one.
CREATE INDEX incident_log_chain_alerts ON incident_log_chain (tenant_id, created_at)
    WHERE event_type IN ('verify.failed', 'record.quarantined', 'spool.gap', 'epoch.opened');

-- Each value is found by one step in its index, however many incidents have it. In the order of the
-- bytes, of which a prefix is one range. A value that fills a screen is none to complete by, and a
-- row of an index has room for 2,704 bytes: without the condition whoever names a model could keep
-- its incident out of the table. incident_values.cpp has the same condition.
CREATE INDEX incidents_by_user ON incidents (tenant_id, user_id COLLATE "C")
    WHERE octet_length(user_id) <= 600;
CREATE INDEX incidents_by_session ON incidents (tenant_id, session_id COLLATE "C")
    WHERE octet_length(session_id) <= 600;
CREATE INDEX incidents_by_model ON incidents (tenant_id, model COLLATE "C")
    WHERE octet_length(model) <= 600;
CREATE INDEX incidents_by_policy ON incidents (tenant_id, policy_id COLLATE "C")
    WHERE octet_length(policy_id) <= 600;
CREATE INDEX runs_by_name ON runs (tenant_id, client_run_id COLLATE "C")
    WHERE octet_length(client_run_id) <= 600;
CREATE INDEX incidents_tagged ON incidents (tenant_id, created_at) WHERE cardinality(tags) > 0;

-- Tags are lexemes of the row, g:, beside those of 0002_evidence.sql: the only ones that change.
SELECT allow_update('incident_search', 'tsv');
DO $$
DECLARE
    v_tenant uuid;
BEGIN
    EXECUTE format('GRANT UPDATE (tsv) ON incident_search TO %I', role_name('owner'));
    FOR v_tenant IN SELECT t.tenant_id FROM tenants AS t LOOP
        PERFORM set_config('app.tenant', v_tenant::text, true);
        UPDATE incident_search AS s
        SET tsv = s.tsv || array_to_tsvector(ARRAY(SELECT 'g:' || tag FROM unnest(i.tags) AS tag))
        FROM incidents AS i
        WHERE i.tenant_id = v_tenant AND cardinality(i.tags) > 0
          AND s.tenant_id = v_tenant AND s.created_at = i.created_at
          AND s.incident_id = i.incident_id;
    END LOOP;
    PERFORM set_config('app.tenant', '', true);
    EXECUTE format('REVOKE UPDATE (tsv) ON incident_search FROM %I', role_name('owner'));
END $$;
