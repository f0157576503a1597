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
-- roles: rows come through lose_keys() and go through erase_subject() alone.
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

-- As in 0003_ledger.sql, and reaches lost keys too.
CREATE OR REPLACE FUNCTION erase_subject(p_subject text, p_user text, p_call uuid, p_call_at timestamptz)
RETURNS TABLE (erased_key uuid, field_rows bigint, body_rows bigint, call_rows bigint,
               use_rows bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = exhibit, pg_temp AS $$
DECLARE
    v_tenant uuid := nullif(current_setting('app.tenant', true), '')::uuid;
    v_calls uuid[];
    v_runs uuid[];
    v_lost bigint;
BEGIN
    -- The sequencer's lock: meanwhile nothing is sealed under the key, and no hold is placed.
    PERFORM FROM ledger_heads h WHERE h.tenant_id = v_tenant AND h.closed_at IS NULL FOR UPDATE;
    SELECT array_agg(c.call_id), array_agg(DISTINCT c.run_id) INTO v_calls, v_runs
    FROM proxy_calls c
    WHERE c.tenant_id = v_tenant
      AND (c.user_id = p_user
           OR (c.call_id = p_call AND c.opened_at BETWEEN p_call_at - interval '1 day'
                                                      AND p_call_at + interval '1 day')
           OR c.replay_of = p_call); -- What repeats it goes with it.
    IF EXISTS (SELECT FROM legal_holds h
               WHERE h.tenant_id = v_tenant AND h.released_at IS NULL
                 AND (h.subject = p_subject OR (h.subject IS NULL AND h.incident_id IS NULL)
                      OR h.call_id = ANY (v_calls)
                      -- A call of somebody who is held.
                      OR EXISTS (SELECT FROM proxy_calls c
                                 WHERE c.tenant_id = v_tenant AND c.call_id = ANY (v_calls)
                                   AND h.subject = 'user:' || c.user_id)
                      OR EXISTS (SELECT FROM incidents i
                                 WHERE i.tenant_id = v_tenant AND i.incident_id = h.incident_id
                                   AND (i.user_id = p_user OR i.call_id = p_call
                                        OR i.call_id = ANY (v_calls))))) THEN
        RAISE EXCEPTION 'a legal hold covers this; it cannot be erased' USING ERRCODE = 'object_in_use';
    END IF;

    UPDATE legal_holds h SET subject = 'erased'
    WHERE h.tenant_id = v_tenant AND h.subject = p_subject;
    DELETE FROM subject_keys k WHERE k.tenant_id = v_tenant AND k.subject = p_subject
    RETURNING k.key_id INTO erased_key;
    DELETE FROM ledger_fields f WHERE f.tenant_id = v_tenant AND f.key_id = erased_key;
    GET DIAGNOSTICS field_rows = ROW_COUNT;
    DELETE FROM ledger_fields f USING lost_keys k
    WHERE f.tenant_id = v_tenant AND k.tenant_id = v_tenant AND k.subject = p_subject
      AND f.key_id = k.key_id;
    GET DIAGNOSTICS v_lost = ROW_COUNT;
    field_rows := field_rows + v_lost;
    DELETE FROM lost_keys k WHERE k.tenant_id = v_tenant AND k.subject = p_subject;
    DELETE FROM call_bodies b
    WHERE b.tenant_id = v_tenant AND b.call_id = ANY (v_calls) AND b.subject = p_subject;
    GET DIAGNOSTICS body_rows = ROW_COUNT;
    UPDATE quarantined_records q SET payload = ''
    WHERE q.tenant_id = v_tenant AND q.call_id = ANY (v_calls);
    UPDATE steps s SET data = '{"erased": true}', content_hash = NULL
    WHERE s.tenant_id = v_tenant AND s.run_id = ANY (v_runs) AND s.call_id = ANY (v_calls);
    DELETE FROM incident_search s USING incidents i
    WHERE s.tenant_id = v_tenant AND i.tenant_id = v_tenant AND i.call_id = ANY (v_calls)
      AND s.incident_id = i.incident_id AND s.created_at = i.created_at;
    UPDATE incidents i SET user_id = NULL, session_id = NULL, excerpt = ''
    WHERE i.tenant_id = v_tenant AND i.call_id = ANY (v_calls);
    -- '' and not NULL: who names the run again is told that it was stopped.
    UPDATE runs r SET user_id = NULL, session_id = NULL, metadata = NULL,
        client_run_id = CASE WHEN r.client_run_id IS NULL THEN NULL ELSE '' END
    WHERE r.tenant_id = v_tenant AND r.run_id = ANY (v_runs)
      AND (r.user_id = p_user OR r.user_id IS NULL);
    UPDATE proxy_calls c SET user_id = NULL, session_id = NULL, metadata = NULL, facts = NULL,
                             request_headers = NULL, response_headers = NULL
    WHERE c.tenant_id = v_tenant AND c.call_id = ANY (v_calls);
    GET DIAGNOSTICS call_rows = ROW_COUNT;
    use_rows := forget_use(p_user, v_calls); -- 0008_quotas.sql
    RETURN NEXT;
END $$;

DO $$
BEGIN
    EXECUTE format('GRANT EXECUTE ON FUNCTION tenant_keys() TO %I, %I', role_name('writer'),
                   role_name('reader'));
    EXECUTE format('GRANT EXECUTE ON FUNCTION lose_keys(integer) TO %I', role_name('writer'));
END $$;
