-- SPDX-License-Identifier: Apache-2.0
-- Where the ledger holds what other rows speak of, and what tiers allowed a call's run.

-- about: the id of a decision, of a call, or of a run that was killed. A copy for look-ups, as the
-- columns beside an entry are: what is proven is the entry.
CREATE TABLE ledger_links (
    tenant_id uuid NOT NULL,
    about uuid NOT NULL,
    epoch integer NOT NULL,
    sequence_number bigint NOT NULL,
    PRIMARY KEY (tenant_id, about)
);
SELECT protect_tenant_table('ledger_links'), make_append_only('ledger_links');

-- [{"policy_id":"tier:FREE","metric":"run.tokens","max":50000}, ...]; NULL: nothing limits the run.
ALTER TABLE proxy_calls ADD COLUMN run_limits jsonb;
