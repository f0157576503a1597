-- SPDX-License-Identifier: Apache-2.0
-- The ledger: one chain per tenant and epoch, its tree, its signed heads, and what its entries
-- commit to. Roles and triggers deter and find accidents; the signed checkpoint is the evidence.

-- The sequencer's lock and the chain's end. The newest epoch is the one that grows; an older one is
-- never written again, whatever is wrong with it.
CREATE TABLE ledger_heads (
    tenant_id uuid NOT NULL,
    epoch integer NOT NULL,
    origin text NOT NULL,
    next_seq bigint NOT NULL,
    last_hash bytea NOT NULL CHECK (octet_length(last_hash) = 32),
    edge bytea NOT NULL,              -- roots of the tree's complete subtrees, largest first
    opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    closed_at timestamptz,            -- by recovery, which opened the next epoch
    PRIMARY KEY (tenant_id, epoch)
) WITH (fillfactor = 50);
SELECT protect_tenant_table('ledger_heads'),
       allow_update('ledger_heads', 'next_seq', 'last_hash', 'edge', 'closed_at');

-- entry holds the leaf's exact bytes; the other columns are copies of what it commits to, for
-- queries, and verification compares them. bytea and text, never jsonb: bytes are what is proven.
CREATE TABLE incident_log_chain (
    tenant_id uuid NOT NULL,
    epoch integer NOT NULL,
    sequence_number bigint NOT NULL CHECK (sequence_number >= 0),
    incident_id uuid,
    event_type text NOT NULL,
    event_data text NOT NULL,
    reporter_type text NOT NULL,
    reporter_id text NOT NULL,
    created_at timestamptz NOT NULL,
    previous_hash bytea NOT NULL CHECK (octet_length(previous_hash) = 32),
    event_hash bytea NOT NULL CHECK (event_hash = sha256(entry)),
    leaf bytea NOT NULL CHECK (leaf = sha256('\x00'::bytea || entry)),
    entry bytea NOT NULL,
    PRIMARY KEY (tenant_id, epoch, sequence_number),
    UNIQUE (tenant_id, previous_hash)
);
CREATE INDEX incident_log_chain_by_incident ON incident_log_chain (tenant_id, incident_id)
    WHERE incident_id IS NOT NULL;
-- Hashes and bodies of entries do not compress.
ALTER TABLE incident_log_chain ALTER COLUMN entry SET STORAGE EXTERNAL;
SELECT protect_tenant_table('incident_log_chain'), make_append_only('incident_log_chain');

-- Each new row follows the one before it: within the statement by lag(), its first row by one
-- look-up. (As a join over the new rows the same check took fifty times as long.)
CREATE FUNCTION check_chain_linkage() RETURNS trigger
    LANGUAGE plpgsql AS $$
DECLARE
    broken bigint;
BEGIN
    SELECT min(n.sequence_number) INTO broken FROM (
        SELECT tenant_id, epoch, sequence_number, previous_hash,
               lag(sequence_number) OVER chain AS before,
               lag(event_hash) OVER chain AS before_hash
        FROM added WINDOW chain AS (PARTITION BY tenant_id, epoch ORDER BY sequence_number)) AS n
    WHERE CASE
        WHEN n.before IS NOT NULL THEN
            n.sequence_number <> n.before + 1 OR n.previous_hash <> n.before_hash
        WHEN n.sequence_number = 0 THEN
            n.previous_hash <> (SELECT sha256(convert_to(E'exhibit/genesis/v1\n' || h.origin || E'\n', 'UTF8'))
                                FROM ledger_heads h WHERE h.tenant_id = n.tenant_id AND h.epoch = n.epoch)
        ELSE NOT EXISTS (SELECT FROM incident_log_chain c
                         WHERE c.tenant_id = n.tenant_id AND c.epoch = n.epoch
                           AND c.sequence_number = n.sequence_number - 1
                           AND c.event_hash = n.previous_hash)
    END;
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION 'entry % does not follow the entry before it', broken
            USING ERRCODE = 'data_corrupted'; -- No fault of the entry: ingest must not set it aside.
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER check_chain_linkage AFTER INSERT ON incident_log_chain
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION check_chain_linkage();

-- Complete tiles of the tree, 256 hashes of 32 bytes; root is the tile's hash one level of tiles up.
CREATE TABLE ledger_tiles (
    tenant_id uuid NOT NULL,
    epoch integer NOT NULL,
    level integer NOT NULL,
    tile_index bigint NOT NULL,
    hashes bytea NOT NULL CHECK (octet_length(hashes) = 8192),
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    PRIMARY KEY (tenant_id, epoch, level, tile_index)
);
ALTER TABLE ledger_tiles ALTER COLUMN hashes SET STORAGE EXTERNAL;
SELECT protect_tenant_table('ledger_tiles'), make_append_only('ledger_tiles');

-- Signed tree heads, stored before anybody sees them.
CREATE TABLE checkpoints (
    tenant_id uuid NOT NULL,
    epoch integer NOT NULL,
    tree_size bigint NOT NULL,
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    edge bytea NOT NULL,
    note text NOT NULL,
    signed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, epoch, tree_size)
);
SELECT protect_tenant_table('checkpoints'), make_append_only('checkpoints');

-- What others said of a signed head: time-stamp tokens (RFC 3161, DER) and witnesses' signature lines.
CREATE TABLE checkpoint_attestations (
    tenant_id uuid NOT NULL,
    epoch integer NOT NULL,
    tree_size bigint NOT NULL,
    kind text NOT NULL,               -- tsa witness
    name text NOT NULL,               -- of the authority: its address, or the witness's key name
    attestation bytea NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, epoch, tree_size, kind, name)
);
SELECT protect_tenant_table('checkpoint_attestations'), make_append_only('checkpoint_attestations');

-- Fields: data keys per subject, wrapped, and the field files of an entry sealed under them, all
-- those of one subject in a row. Destroying a key reaches every copy and backup of what it sealed.
CREATE TABLE subject_keys (
    tenant_id uuid NOT NULL,
    key_id uuid NOT NULL,
    subject text NOT NULL,
    wrapped bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, key_id),
    UNIQUE (tenant_id, subject)
);
SELECT protect_tenant_table('subject_keys');

CREATE TABLE ledger_fields (
    tenant_id uuid NOT NULL,
    epoch integer NOT NULL,
    sequence_number bigint NOT NULL,
    key_id uuid NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (tenant_id, epoch, sequence_number, key_id)
);
CREATE INDEX ledger_fields_by_key ON ledger_fields (tenant_id, key_id);
ALTER TABLE ledger_fields ALTER COLUMN sealed SET STORAGE EXTERNAL;
SELECT protect_tenant_table('ledger_fields');

-- Recorded bytes are sealed under the same keys; a row without key_id is not believed.
ALTER TABLE call_bodies ADD COLUMN key_id uuid;

-- What may not be erased: a subject's data, an incident's, or (both NULL) all of the tenant's.
CREATE TABLE legal_holds (
    tenant_id uuid NOT NULL,
    hold_id uuid NOT NULL,
    subject text,
    call_id uuid,                     -- of a subject that is a call
    incident_id uuid,
    reason text NOT NULL,
    placed_by text NOT NULL,
    placed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    released_at timestamptz,
    PRIMARY KEY (tenant_id, hold_id)
);
SELECT protect_tenant_table('legal_holds'), allow_update('legal_holds', 'released_at');

-- A completed call is changed by erasure alone, which runs as the owner.
DO $$
BEGIN
    EXECUTE format('ALTER POLICY open_calls ON proxy_calls USING (closed_at IS NULL OR current_user = %L)',
                   role_name('owner'));
    EXECUTE format('GRANT SELECT, DELETE ON incident_search TO %I', role_name('owner'));
END $$;

-- Removes everything kept of a subject but digests: its key, what the key sealed, and every copy
-- beside the log. p_user: when the subject is a user; p_call, opened at about p_call_at: when it is a
-- call without one. The only way for a serving role to remove any of this, and it refuses while a
-- hold is in force. Bodies of functions are bound when they run: tables of later migrations may stand
-- in this one.
CREATE FUNCTION erase_subject(p_subject text, p_user text, p_call uuid, p_call_at timestamptz)
RETURNS TABLE (erased_key uuid, field_rows bigint, body_rows bigint, call_rows bigint,
               use_rows bigint)
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
    field_rows := field_rows + forget_lost_keys(p_subject); -- 0015_lost_keys.sql
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

CREATE TABLE incident_causality (
    tenant_id uuid NOT NULL,
    edge_id uuid NOT NULL,
    cause_incident_id uuid NOT NULL,
    effect_incident_id uuid NOT NULL,
    edge_type text NOT NULL,
    confidence double precision NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    reasoning text NOT NULL,
    model_version text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, edge_id),
    CHECK (cause_incident_id <> effect_incident_id)
);
CREATE INDEX incident_causality_by_effect ON incident_causality (tenant_id, effect_incident_id);
CREATE INDEX incident_causality_by_cause ON incident_causality (tenant_id, cause_incident_id);
SELECT protect_tenant_table('incident_causality'), make_append_only('incident_causality');

CREATE TABLE cascade_predictions (
    tenant_id uuid NOT NULL,
    prediction_id uuid NOT NULL,
    incident_id uuid NOT NULL,
    predicted_type text NOT NULL,
    probability double precision NOT NULL CHECK (probability BETWEEN 0 AND 1),
    contributions jsonb NOT NULL,
    model_version text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, prediction_id)
);
CREATE INDEX cascade_predictions_by_incident ON cascade_predictions (tenant_id, incident_id);
SELECT protect_tenant_table('cascade_predictions'), make_append_only('cascade_predictions');

CREATE TABLE certificates (
    tenant_id uuid NOT NULL,
    certificate_id uuid NOT NULL,
    incident_id uuid NOT NULL,
    epoch integer NOT NULL,
    sequence_number bigint NOT NULL,  -- of its certificate.issued entry
    envelope text NOT NULL,
    hmac bytea,
    issued_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, certificate_id)
);
CREATE INDEX certificates_by_incident ON certificates (tenant_id, incident_id);
SELECT protect_tenant_table('certificates'), make_append_only('certificates'),
       allow_owner_lookup('certificates');

CREATE FUNCTION public_certificate(id uuid) RETURNS TABLE (tenant_id uuid, envelope text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = exhibit, pg_temp AS $$
    SELECT c.tenant_id, c.envelope FROM certificates AS c WHERE c.certificate_id = id
$$;

-- The tenants whose logs have grown since a head of them was signed.
SELECT allow_owner_lookup('ledger_heads'), allow_owner_lookup('checkpoints');
CREATE FUNCTION logs_to_sign() RETURNS TABLE (tenant_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = exhibit, pg_temp AS $$
    SELECT h.tenant_id FROM ledger_heads AS h
    WHERE h.closed_at IS NULL
      AND h.next_seq > coalesce((SELECT max(c.tree_size) FROM checkpoints AS c
                                 WHERE c.tenant_id = h.tenant_id AND c.epoch = h.epoch), 0)
$$;

-- An entry's bytes; NULL when they are no JSON, whichever of them was changed.
CREATE FUNCTION entry_json(entry bytea) RETURNS jsonb
    LANGUAGE plpgsql STABLE SET search_path = exhibit, pg_temp AS $$
BEGIN
    RETURN convert_from(entry, 'UTF8')::jsonb;
EXCEPTION WHEN others THEN
    RETURN NULL;
END $$;

-- For operators: what is wrong with the transaction's tenant's chains, nothing when all is well.
-- Hashes, links, gaps, the head, the copies of what entries say, and the sizes of signed heads; the
-- tree itself is recomputed by "exhibitctl ledger verify".
CREATE FUNCTION verify_chain_integrity()
    RETURNS TABLE (epoch integer, sequence_number bigint, problem text)
    LANGUAGE sql STABLE SET search_path = exhibit, pg_temp AS $$
    WITH rows AS (
        SELECT c.*, entry_json(c.entry) AS said,
               lag(c.sequence_number) OVER chain AS before, lag(c.event_hash) OVER chain AS before_hash
        FROM incident_log_chain c
        WINDOW chain AS (PARTITION BY c.tenant_id, c.epoch ORDER BY c.sequence_number))
    SELECT r.epoch, r.sequence_number, p.problem
    FROM rows r CROSS JOIN LATERAL (VALUES
        (r.event_hash <> sha256(r.entry), 'event_hash is not that of the entry'),
        (r.leaf <> sha256('\x00'::bytea || r.entry), 'leaf is not that of the entry'),
        (r.sequence_number <> coalesce(r.before + 1, 0), 'entries before it are missing'),
        (r.before_hash IS NOT NULL AND r.previous_hash <> r.before_hash, 'it does not follow the entry before it'),
        (r.said IS NULL, 'the entry is malformed'),
        (r.said->>'seq' IS DISTINCT FROM r.sequence_number::text AND r.said IS NOT NULL,
         'sequence_number is not what the entry says'),
        (r.said->>'prev' IS DISTINCT FROM encode(r.previous_hash, 'hex') AND r.said IS NOT NULL,
         'previous_hash is not what the entry says'),
        (r.said->>'type' IS DISTINCT FROM r.event_type AND r.said IS NOT NULL,
         'event_type is not what the entry says'),
        (r.said->>'ts' IS DISTINCT FROM to_char(r.created_at AT TIME ZONE 'UTC',
                                                'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
         AND r.said IS NOT NULL, 'created_at is not what the entry says')
    ) AS p (broken, problem) WHERE p.broken
    UNION ALL
    SELECT h.epoch, h.next_seq, 'the head does not follow the last entry'
    FROM ledger_heads h
    LEFT JOIN LATERAL (SELECT c.sequence_number, c.event_hash FROM incident_log_chain c
                       WHERE c.tenant_id = h.tenant_id AND c.epoch = h.epoch
                       ORDER BY c.sequence_number DESC LIMIT 1) AS last ON true
    WHERE h.next_seq <> coalesce(last.sequence_number + 1, 0)
       OR (last.event_hash IS NOT NULL AND h.last_hash <> last.event_hash)
    UNION ALL
    SELECT k.epoch, k.tree_size, 'a signed head is larger than the chain'
    FROM checkpoints k JOIN ledger_heads h USING (tenant_id, epoch)
    WHERE k.tree_size > h.next_seq
$$;

DO $$
BEGIN
    EXECUTE format('GRANT EXECUTE ON FUNCTION entry_json(bytea), verify_chain_integrity(), public_certificate(uuid), '
                   'logs_to_sign() TO %I, %I', role_name('writer'), role_name('reader'));
    EXECUTE format('GRANT EXECUTE ON FUNCTION erase_subject(text, text, uuid, timestamptz) TO %I',
                   role_name('writer'));
END $$;
