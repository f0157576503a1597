-- SPDX-License-Identifier: Apache-2.0
-- A phrase that few of the rows with its words have is estimated from 12,000 of these at most.

-- As 0033 has it, but that 16 rows found are enough to tell (within a quarter, one standard deviation)
-- and 12,000 rows read: of a phrase each is looked at, and 24,000 took a quarter of a second.
CREATE OR REPLACE FUNCTION next_sample_level(p_level integer, p_read bigint, p_found bigint)
RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_level = 0 OR p_found >= 1000 OR p_read >= 12000
                     OR (p_read >= 3000 AND p_found >= 16) THEN NULL
                ELSE greatest(0, p_level
                              - greatest(1, floor(log(2, 6000::numeric / greatest(p_read, 1)))))
           END::integer
$$;
