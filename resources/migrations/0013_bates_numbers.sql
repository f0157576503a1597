-- SPDX-License-Identifier: Apache-2.0
-- Bates numbers that were given out, for good: the rows of a prefix are one chain, each beginning
-- where the one before it ends, so that no number is in two of them.

CREATE TABLE bates_allocations (
    tenant_id uuid NOT NULL,
    prefix text NOT NULL,
    first_number bigint NOT NULL CHECK (first_number > 0),
    last_number bigint NOT NULL CHECK (last_number >= first_number),
    follows bigint CHECK (follows = first_number - 1), -- last_number of the row before
    production_id text NOT NULL,
    incident_id uuid NOT NULL,
    allocated_by text NOT NULL,
    allocated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, prefix, first_number),
    UNIQUE (tenant_id, prefix, last_number),
    FOREIGN KEY (tenant_id, prefix, follows)
        REFERENCES bates_allocations (tenant_id, prefix, last_number),
    CHECK ((follows IS NULL) = (first_number = 1))
);
SELECT protect_tenant_table('bates_allocations'), make_append_only('bates_allocations');
