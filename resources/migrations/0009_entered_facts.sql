-- SPDX-License-Identifier: Apache-2.0
-- What people say about incidents: versioned, never changed, never invented by the server.

-- What an incident meant, as somebody assessed it; the highest version counts.
CREATE TABLE impact_assessments (
    tenant_id uuid NOT NULL,
    incident_id uuid NOT NULL,
    version bigint NOT NULL CHECK (version > 0),
    body jsonb NOT NULL,
    entered_by text NOT NULL,
    entered_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, incident_id, version)
);
SELECT protect_tenant_table('impact_assessments'), make_append_only('impact_assessments');

-- What the management states towards auditors: period, objectives, attestation, notes.
CREATE TABLE compliance_statements (
    tenant_id uuid NOT NULL,
    version bigint NOT NULL CHECK (version > 0),
    body jsonb NOT NULL,
    entered_by text NOT NULL,
    entered_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, version)
);
SELECT protect_tenant_table('compliance_statements'), make_append_only('compliance_statements');
