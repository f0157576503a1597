-- SPDX-License-Identifier: Apache-2.0
-- A log that ended takes no entry any more, not even one that follows its last.
CREATE FUNCTION refuse_closed_logs() RETURNS trigger
    LANGUAGE plpgsql AS $$
DECLARE
    closed integer;
BEGIN
    SELECT min(h.epoch) INTO closed
    FROM (SELECT DISTINCT tenant_id, epoch FROM added) AS n
    JOIN ledger_heads h USING (tenant_id, epoch) WHERE h.closed_at IS NOT NULL;
    IF closed IS NOT NULL THEN
        RAISE EXCEPTION 'log % has ended', closed USING ERRCODE = 'object_in_use';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_closed_logs AFTER INSERT ON incident_log_chain
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_closed_logs();
