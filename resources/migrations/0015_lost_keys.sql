-- SPDX-License-Identifier: Apache-2.0
-- What is left when the signer's folder is lost: the public halves of the keys that signed, and which
-- subjects' keys nobody can open any more (docs/decisions/0086).

-- Under what keys a log's heads, and the tenant's certificates and packs, were signed: noted when
-- they first sign, so that old heads verify when the private halves are gone.
CREATE TABLE ledger_keys (
    tenant_id uuid NOT NULL,
    epoch integer NOT NULL,
    purpose text NOT NULL,            -- log certificate
    public_key text NOT NULL,         -- a C2SP note key; a certificate's: hex
    noted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, epoch, purpose, public_key)
);
SELECT protect_tenant_table('ledger_keys'), make_append_only('ledger_keys');

-- Keys of subjects whose wrapping key was lost in that epoch. What they sealed is unreadable, not
-- damaged; their wrapped bytes stay, for the case that the folder turns up. Read only for serving
-- roles: rows come through lose_keys() and go through forget_lost_keys() alone.
CREATE TABLE lost_keys (
    tenant_id uuid NOT NULL,
    key_id uuid NOT NULL,
    subject text NOT NULL,
    wrapped bytea NOT NULL,
    epoch integer NOT NULL,
    lost_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, key_id)
);
CREATE INDEX lost_keys_by_subject ON lost_keys (tenant_id, subject);
SELECT add_tenant_policy('lost_keys', true), grant_on_table('lost_keys', 'SELECT', 'writer'),
       grant_on_table('lost_keys', 'SELECT', 'reader');

-- The tenants' own keys, one of each that has a log: what a server tries at its start.
SELECT allow_owner_lookup('subject_keys');
CREATE FUNCTION tenant_keys() RETURNS TABLE (tenant_id uuid, wrapped bytea)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = exhibit, pg_temp AS $$
    SELECT k.tenant_id, k.wrapped FROM subject_keys AS k WHERE k.subject = 'tenant:'
$$;

-- Sets all keys of the tenant aside, with the epoch that has just ended and no other; how many are
-- lost in all. The first entry of the next epoch names that number.
CREATE FUNCTION lose_keys(p_epoch integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = exhibit, pg_temp AS $$
DECLARE
    v_tenant uuid := nullif(current_setting('app.tenant', true), '')::uuid;
BEGIN
    PERFORM FROM ledger_heads h
    WHERE h.tenant_id = v_tenant AND h.epoch = p_epoch AND h.closed_at IS NOT NULL
      AND NOT EXISTS (SELECT FROM ledger_heads n WHERE n.tenant_id = v_tenant AND n.epoch > p_epoch);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'keys are lost only while an epoch ends' USING ERRCODE = 'object_in_use';
    END IF;
    WITH gone AS (DELETE FROM subject_keys k WHERE k.tenant_id = v_tenant
                  RETURNING k.key_id, k.subject, k.wrapped)
    INSERT INTO lost_keys (tenant_id, key_id, subject, wrapped, epoch)
    SELECT v_tenant, g.key_id, g.subject, g.wrapped, p_epoch FROM gone g;
    RETURN (SELECT count(*) FROM lost_keys k WHERE k.tenant_id = v_tenant);
END $$;

-- What lost keys sealed for a subject goes with them; how many fields. Called by erase_subject()
-- (0003_ledger.sql) and by nobody else.
CREATE FUNCTION forget_lost_keys(p_subject text) RETURNS bigint
    LANGUAGE plpgsql SET search_path = exhibit, pg_temp AS $$
DECLARE
    v_tenant uuid := nullif(current_setting('app.tenant', true), '')::uuid;
    v_fields bigint;
BEGIN
    DELETE FROM ledger_fields f USING lost_keys k
    WHERE f.tenant_id = v_tenant AND k.tenant_id = v_tenant AND k.subject = p_subject
      AND f.key_id = k.key_id;
    GET DIAGNOSTICS v_fields = ROW_COUNT;
    DELETE FROM lost_keys k WHERE k.tenant_id = v_tenant AND k.subject = p_subject;
    RETURN v_fields;
END $$;

DO $$
BEGIN
    EXECUTE format('GRANT EXECUTE ON FUNCTION tenant_keys() TO %I, %I', role_name('writer'),
                   role_name('reader'));
    EXECUTE format('GRANT EXECUTE ON FUNCTION lose_keys(integer) TO %I', role_name('writer'));
END $$;
