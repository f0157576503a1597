-- SPDX-License-Identifier: Apache-2.0
-- What an upstream promises as a service; NULL: nothing.

ALTER TABLE upstreams ADD COLUMN contract jsonb;
SELECT allow_update('upstreams', 'contract');
