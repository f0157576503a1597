-- SPDX-License-Identifier: Apache-2.0
-- What others hold against the operator: the keyrings that an offline root key signed, and what
-- exactly a time stamp is over.

-- The newest counts, the others stay.
CREATE TABLE keyrings (
    tenant_id uuid NOT NULL,
    version bigint NOT NULL CHECK (version > 0),
    root_key text NOT NULL,           -- the vkey that signed it
    note text NOT NULL,
    published_by text NOT NULL,
    published_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, version)
);
SELECT protect_tenant_table('keyrings'), make_append_only('keyrings');

-- A head gets the signature lines of witnesses for some time after it was signed. A time stamp is
-- over the note as it stood when it was asked for; from then on the note stays as it is.
ALTER TABLE checkpoint_attestations ADD COLUMN note text;
