-- SPDX-License-Identifier: Apache-2.0
-- Replays: what they are judged from, and that they are nobody's calls.

ALTER TABLE runs ADD COLUMN kind text NOT NULL DEFAULT 'live'; -- live replay
ALTER TABLE proxy_calls
    ADD COLUMN run_before jsonb,      -- RunCounters as the call's policies found them
    ADD COLUMN replay_of uuid;        -- the call that this one repeats, and with which it is erased
CREATE INDEX proxy_calls_by_original ON proxy_calls (tenant_id, replay_of) WHERE replay_of IS NOT NULL;

-- What is done about an incident; each change is an entry of the ledger.
CREATE TABLE remediations (
    tenant_id uuid NOT NULL,
    incident_id uuid NOT NULL,
    remediation_no bigint NOT NULL CHECK (remediation_no > 0),
    version bigint NOT NULL CHECK (version > 0), -- the highest counts, the others stay
    action text NOT NULL,
    owner text,
    due_at timestamptz,
    state text NOT NULL,              -- open in_progress in_review done rejected
    approver text,
    entered_by text NOT NULL,
    entered_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, incident_id, remediation_no, version),
    FOREIGN KEY (tenant_id, incident_id) REFERENCES incidents
);
SELECT protect_tenant_table('remediations'), make_append_only('remediations');

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
    FOREIGN KEY (tenant_id, incident_id) REFERENCES incidents
);
CREATE INDEX fix_verifications_by_item ON fix_verifications (tenant_id, incident_id, remediation_no);
SELECT protect_tenant_table('fix_verifications'), make_append_only('fix_verifications');
