-- SPDX-License-Identifier: Apache-2.0
-- Whether policies judged a call and all of them passed it: of a call without decisions that is not
-- said by its row, which is empty as well where no policy looked.

CREATE FUNCTION call_search_has(p_tenant uuid, p_at timestamptz, p_id uuid, p_lexeme tsquery)
RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    PERFORM assert_tenant(p_tenant);
    RETURN coalesce((SELECT s.tsv @@ p_lexeme FROM call_search s
                     WHERE s.tenant_id = p_tenant AND s.opened_at = p_at AND s.call_id = p_id),
                    false);
END $$;
SELECT give_to_search('call_search_has(uuid, timestamptz, uuid, tsquery)');
