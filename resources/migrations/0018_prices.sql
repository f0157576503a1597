-- SPDX-License-Identifier: Apache-2.0
-- Who published a price table; null: it came with a server, and yields to what people published.
ALTER TABLE price_tables ADD COLUMN published_by text;
