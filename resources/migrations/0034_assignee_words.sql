-- SPDX-License-Identifier: Apache-2.0
-- Whose an incident is stands among the words of its row, a:, as its tags do (0031).

CREATE INDEX incidents_assigned ON incidents (tenant_id, created_at) WHERE assignee IS NOT NULL;

DO $$
DECLARE
    v_tenant uuid;
BEGIN
    EXECUTE format('GRANT UPDATE (tsv) ON incident_search TO %I', role_name('owner'));
    FOR v_tenant IN SELECT t.tenant_id FROM tenants AS t LOOP
        PERFORM set_config('app.tenant', v_tenant::text, true);
        UPDATE incident_search AS s
        SET tsv = s.tsv || array_to_tsvector(ARRAY['a:' || i.assignee])
        FROM incidents AS i
        WHERE i.tenant_id = v_tenant AND i.assignee IS NOT NULL
          AND s.tenant_id = v_tenant AND s.created_at = i.created_at
          AND s.incident_id = i.incident_id;
    END LOOP;
    PERFORM set_config('app.tenant', '', true);
    EXECUTE format('REVOKE UPDATE (tsv) ON incident_search FROM %I', role_name('owner'));
END $$;
