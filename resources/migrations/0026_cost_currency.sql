-- SPDX-License-Identifier: Apache-2.0
-- The currency of every cost of a tenant, recorded with the first one and never another one. NULL:
-- costs in several were recorded before there was this table, and no currency is named.
CREATE TABLE cost_currencies (
    tenant_id uuid PRIMARY KEY REFERENCES tenants,
    currency text,
    fixed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
SELECT protect_tenant_table('cost_currencies'), make_append_only('cost_currencies');

-- Tenants that have costs already. A table of theirs that is in force in another currency than what
-- was recorded makes it several. The owner sees one tenant at a time.
DO $$
DECLARE
    v_tenant uuid;
BEGIN
    FOR v_tenant IN SELECT t.tenant_id FROM tenants t LOOP
        PERFORM set_config('app.tenant', v_tenant::text, true);
        INSERT INTO cost_currencies (tenant_id, currency)
        SELECT v_tenant, CASE WHEN count(DISTINCT coalesce(u.currency, '')) = 1
                              THEN min(u.currency) END
        FROM (SELECT p.currency
              FROM (SELECT DISTINCT c.price_version FROM proxy_calls c
                    WHERE c.tenant_id = v_tenant AND c.cost_microcents <> 0) AS used
              LEFT JOIN prices p ON p.version = used.price_version
              UNION ALL
              (SELECT p.currency FROM prices p
               ORDER BY p.published_by IS NULL, p.published_at DESC, p.version DESC LIMIT 1)) AS u
        WHERE EXISTS (SELECT FROM proxy_calls c
                      WHERE c.tenant_id = v_tenant AND c.cost_microcents <> 0)
        HAVING count(*) > 0;
    END LOOP;
    PERFORM set_config('app.tenant', '', true);
END $$;
