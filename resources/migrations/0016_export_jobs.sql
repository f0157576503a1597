-- SPDX-License-Identifier: Apache-2.0
-- Exports that take longer than anybody waits for a reply, and their files until they were fetched.

CREATE TABLE export_jobs (
    tenant_id uuid NOT NULL,
    job_id uuid NOT NULL,
    ordered_by text NOT NULL, -- The key, which alone may fetch the file.
    replica_id uuid NOT NULL, -- What makes it,
    process_id uuid NOT NULL, -- in which of its lives.
    format text NOT NULL,
    incident_id uuid,
    state text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
    phase text NOT NULL DEFAULT '',
    done bigint NOT NULL DEFAULT 0,
    total bigint NOT NULL DEFAULT 0, -- 0: not known.
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    beat_at timestamptz NOT NULL DEFAULT clock_timestamp(), -- Its maker lived then.
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    error_code text,
    error_message text,
    file_name text,
    content_type text,
    sha256 bytea,
    bytes bigint,
    PRIMARY KEY (tenant_id, job_id),
    CHECK ((state = 'done') = (sha256 IS NOT NULL)),
    CHECK ((state = 'failed') = (error_code IS NOT NULL))
);
SELECT protect_tenant_table('export_jobs'), allow_delete('export_jobs'),
       allow_update('export_jobs', 'state', 'phase', 'done', 'total', 'beat_at', 'expires_at',
                    'ended_at', 'error_code', 'error_message', 'file_name', 'content_type',
                    'sha256', 'bytes');

CREATE TABLE export_job_parts (
    tenant_id uuid NOT NULL,
    job_id uuid NOT NULL,
    part bigint NOT NULL CHECK (part >= 0),
    content bytea NOT NULL,
    PRIMARY KEY (tenant_id, job_id, part),
    FOREIGN KEY (tenant_id, job_id) REFERENCES export_jobs ON DELETE CASCADE
);
-- Packed already, and read in order.
ALTER TABLE export_job_parts ALTER COLUMN content SET STORAGE EXTERNAL;
SELECT protect_tenant_table('export_job_parts'), allow_delete('export_job_parts');
