-- SPDX-License-Identifier: Apache-2.0
-- What people write beside an incident. A note is taken back, never removed.

CREATE TABLE incident_notes (
    tenant_id uuid NOT NULL,
    incident_id uuid NOT NULL,
    note_id uuid NOT NULL,
    note_text text NOT NULL,          -- '' once the incident's subject is erased
    nonce bytea NOT NULL,             -- of the digest in the logs; as the text, '' once erased
    author text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    withdrawn_at timestamptz,
    withdrawn_by text,
    PRIMARY KEY (tenant_id, incident_id, note_id)
);
SELECT protect_tenant_table('incident_notes'),
       allow_update('incident_notes', 'withdrawn_at', 'withdrawn_by');

-- Only an erasure empties an excerpt (erase_subject): what was written about the same subject goes
-- with it, by the same role. The nonce goes too: without it nobody can try texts against the digest
-- that the logs keep.
CREATE FUNCTION forget_incident_notes() RETURNS trigger
    LANGUAGE plpgsql SET search_path = exhibit, pg_temp AS $$
BEGIN
    UPDATE incident_notes SET note_text = '', nonce = ''
    WHERE tenant_id = NEW.tenant_id AND incident_id = NEW.incident_id;
    RETURN NULL;
END $$;
CREATE TRIGGER forget_notes AFTER UPDATE OF excerpt ON incidents
    FOR EACH ROW WHEN (NEW.excerpt = '') EXECUTE FUNCTION forget_incident_notes();
