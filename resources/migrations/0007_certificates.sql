-- SPDX-License-Identifier: Apache-2.0
-- Replays: what they are judged from, and that they are nobody's calls.

ALTER TABLE runs ADD COLUMN kind text NOT NULL DEFAULT 'live'; -- live replay
ALTER TABLE proxy_calls
    ADD COLUMN run_before jsonb,      -- RunCounters as the call's policies found them
    ADD COLUMN replay_of uuid;        -- the call that this one repeats
CREATE INDEX proxy_calls_by_original ON proxy_calls (tenant_id, replay_of) WHERE replay_of IS NOT NULL;

-- As in 0003_ledger.sql, and what repeats an erased call goes with it.
CREATE OR REPLACE FUNCTION erase_subject(p_subject text, p_user text, p_call uuid, p_call_at timestamptz)
RETURNS TABLE (erased_key uuid, field_rows bigint, body_rows bigint, call_rows bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = exhibit, pg_temp AS $$
DECLARE
    v_tenant uuid := nullif(current_setting('app.tenant', true), '')::uuid;
    v_calls uuid[];
    v_runs uuid[];
BEGIN
    -- The sequencer's lock: meanwhile nothing is sealed under the key, and no hold is placed.
    PERFORM FROM ledger_heads h WHERE h.tenant_id = v_tenant AND h.closed_at IS NULL FOR UPDATE;
    SELECT array_agg(c.call_id), array_agg(DISTINCT c.run_id) INTO v_calls, v_runs
    FROM proxy_calls c
    WHERE c.tenant_id = v_tenant
      AND (c.user_id = p_user
           OR (c.call_id = p_call AND c.opened_at BETWEEN p_call_at - interval '1 day'
                                                      AND p_call_at + interval '1 day')
           OR c.replay_of = p_call);
    IF EXISTS (SELECT FROM legal_holds h
               WHERE h.tenant_id = v_tenant AND h.released_at IS NULL
                 AND (h.subject = p_subject OR (h.subject IS NULL AND h.incident_id IS NULL)
                      OR EXISTS (SELECT FROM incidents i
                                 WHERE i.tenant_id = v_tenant AND i.incident_id = h.incident_id
                                   AND (i.user_id = p_user OR i.call_id = p_call)))) THEN
        RAISE EXCEPTION 'a legal hold covers this; it cannot be erased' USING ERRCODE = 'object_in_use';
    END IF;

    UPDATE legal_holds h SET subject = 'erased'
    WHERE h.tenant_id = v_tenant AND h.subject = p_subject;
    DELETE FROM subject_keys k WHERE k.tenant_id = v_tenant AND k.subject = p_subject
    RETURNING k.key_id INTO erased_key;
    DELETE FROM ledger_fields f WHERE f.tenant_id = v_tenant AND f.key_id = erased_key;
    GET DIAGNOSTICS field_rows = ROW_COUNT;
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
    UPDATE runs r SET user_id = NULL, session_id = NULL, metadata = NULL, client_run_id = NULL
    WHERE r.tenant_id = v_tenant AND r.run_id = ANY (v_runs)
      AND (r.user_id = p_user OR r.user_id IS NULL);
    UPDATE proxy_calls c SET user_id = NULL, session_id = NULL, metadata = NULL, facts = NULL,
                             request_headers = NULL, response_headers = NULL
    WHERE c.tenant_id = v_tenant AND c.call_id = ANY (v_calls);
    GET DIAGNOSTICS call_rows = ROW_COUNT;
    RETURN NEXT;
END $$;

-- What is done about an incident; each change is an entry of the ledger.
CREATE TABLE remediations (
    tenant_id uuid NOT NULL,
    incident_id uuid NOT NULL,
    remediation_no bigint NOT NULL CHECK (remediation_no > 0),
    action text NOT NULL,
    owner text,
    due_at timestamptz,
    state text NOT NULL,              -- open in_progress in_review done rejected
    approver text,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, incident_id, remediation_no),
    FOREIGN KEY (tenant_id, incident_id) REFERENCES incidents
);
SELECT protect_tenant_table('remediations'),
       allow_update('remediations', 'action', 'owner', 'due_at', 'state', 'approver', 'updated_at');

-- Whether one helped: the verdicts of replays under changed policies.
CREATE TABLE fix_verifications (
    tenant_id uuid NOT NULL,
    verification_id uuid NOT NULL,
    incident_id uuid NOT NULL,
    remediation_no bigint NOT NULL,
    verdict text NOT NULL,            -- prevented recurs not_seen_again
    snapshot_id text NOT NULL,
    epoch integer NOT NULL,
    sequence_number bigint NOT NULL,  -- of its remediation.verified entry
    document jsonb NOT NULL,          -- the whole FixVerification
    verified_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, verification_id),
    FOREIGN KEY (tenant_id, incident_id, remediation_no) REFERENCES remediations
);
CREATE INDEX fix_verifications_by_item ON fix_verifications (tenant_id, incident_id, remediation_no);
SELECT protect_tenant_table('fix_verifications'), make_append_only('fix_verifications');
