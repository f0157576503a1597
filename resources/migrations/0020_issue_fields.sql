-- SPDX-License-Identifier: Apache-2.0
-- The field file of a certificate's issue as it is, beside the sealed one: a salt and the hash of what
-- is public anyway. With it a certificate verifies after its log's keys are lost (docs/decisions/0112).
CREATE TABLE certificate_issue_fields (
    tenant_id uuid NOT NULL,
    certificate_id uuid NOT NULL,
    field bytea NOT NULL,             -- of the path /certificate/payloadSha256
    PRIMARY KEY (tenant_id, certificate_id)
);
SELECT protect_tenant_table('certificate_issue_fields'), make_append_only('certificate_issue_fields');
