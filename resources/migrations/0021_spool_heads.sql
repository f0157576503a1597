-- SPDX-License-Identifier: Apache-2.0
-- How far each replica's journal was brought in, told before any of it is deleted: a journal that begins
-- further on has lost what lies between, as after the restore of a backup; one whose replica went away
-- without closing it may hold what nobody has seen (docs/decisions/0114).
CREATE TABLE spool_heads (
    replica_id uuid PRIMARY KEY,
    brought_no bigint NOT NULL,       -- every record up to here was brought in, or set aside
    closed boolean NOT NULL,          -- its replica stopped, with nothing left in it
    told_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
SELECT protect_shared_table('spool_heads'), allow_update('spool_heads');
