-- SPDX-License-Identifier: Apache-2.0
-- The prices that a tenant published are its own; price_tables keeps what comes with servers.
CREATE TABLE published_prices (
    tenant_id uuid NOT NULL REFERENCES tenants,
    version text NOT NULL,
    currency text NOT NULL,
    models jsonb NOT NULL,
    published_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    published_by text NOT NULL,
    PRIMARY KEY (tenant_id, version)
);
SELECT protect_tenant_table('published_prices'), make_append_only('published_prices'),
       announce_changes('published_prices');

-- Until now what one published was in force for all. The owner sees one tenant at a time.
DO $$
DECLARE
    v_tenant uuid;
BEGIN
    FOR v_tenant IN SELECT t.tenant_id FROM tenants t LOOP
        PERFORM set_config('app.tenant', v_tenant::text, true);
        INSERT INTO published_prices
        SELECT v_tenant, p.version, p.currency, p.models, p.published_at, p.published_by
        FROM price_tables p WHERE p.published_by IS NOT NULL;
    END LOOP;
    PERFORM set_config('app.tenant', '', true);
END $$;

-- What a transaction's tenant may be charged by. Its own stand before those of everybody, under
-- the same name too.
CREATE VIEW prices WITH (security_invoker = true) AS
    SELECT version, currency, models, published_at, published_by FROM published_prices
    UNION ALL
    SELECT version, currency, models, published_at, NULL FROM price_tables p
    WHERE published_by IS NULL
      AND NOT EXISTS (SELECT FROM published_prices o WHERE o.version = p.version);
SELECT grant_on_table('prices', 'SELECT', 'writer'), grant_on_table('prices', 'SELECT', 'reader');
