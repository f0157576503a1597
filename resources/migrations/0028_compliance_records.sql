-- SPDX-License-Identifier: Apache-2.0
-- What people record of controls that the system cannot see: tests of backups, notices of breaches,
-- reviews of access. Versioned, never changed; the highest version of a number counts.
CREATE TABLE compliance_records (
    tenant_id uuid NOT NULL,
    record_no bigint NOT NULL CHECK (record_no > 0),
    version bigint NOT NULL CHECK (version > 0),
    body jsonb NOT NULL,
    entered_by text NOT NULL,
    entered_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, record_no, version)
);
SELECT protect_tenant_table('compliance_records'), make_append_only('compliance_records');
