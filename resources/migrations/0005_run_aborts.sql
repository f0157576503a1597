-- SPDX-License-Identifier: Apache-2.0
-- RunAbortLog: who ended a run before its time, why, at which step, and how fast. A run is ended
-- once.

CREATE TABLE run_abort_log (
    tenant_id uuid NOT NULL REFERENCES tenants,
    run_id uuid NOT NULL,
    kill_reason text NOT NULL,
    actor text NOT NULL,
    step bigint, -- NULL until the call that was cut is ingested.
    aborted_at timestamptz NOT NULL,
    cut_latency_us bigint NOT NULL,
    PRIMARY KEY (tenant_id, run_id),
    FOREIGN KEY (tenant_id, run_id) REFERENCES runs
);
SELECT protect_tenant_table('run_abort_log'), allow_update('run_abort_log', 'step');
