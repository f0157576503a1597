-- SPDX-License-Identifier: Apache-2.0
-- For which of the policies that passed an answer was held back whole; NULL: for none.

ALTER TABLE pass_records ADD COLUMN whole_text_held text[];
