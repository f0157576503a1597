// SPDX-License-Identifier: Apache-2.0
#include "server/storage/ledger_findings.h"

namespace exhibit::storage {
namespace {

constexpr std::string_view kVerifyFailed = "verify.failed";

} // namespace

Result<bool> recordFindings(Transaction& transaction,
                            LedgerAppender& ledger,
                            const Actor& actor,
                            const LedgerCheck& check)
{
    if (check.sound()) {
        return false;
    }
    JsonArray findings = findingsJson(check.findings);
    const std::string digest = toHex(asView(sha256(printJson(findings))));
    EXHIBIT_CHECK(lockLedger(transaction)); // Two who ask at once write one entry.
    EXHIBIT_TRY(const Rows known,
                transaction.query("SELECT FROM audit_logs WHERE tenant_id = $1 AND action = $2"
                                  " AND resource = $3 LIMIT 1",
                                  {transaction.tenant(), kVerifyFailed, digest}));
    if (!known.empty()) {
        return false;
    }
    EXHIBIT_CHECK(
        recordAction(transaction,
                     ledger,
                     actor,
                     {std::string(kVerifyFailed),
                      digest,
                      JsonObject{{"entries", check.entries}, {"findings", std::move(findings)}},
                      {}}));
    return true;
}

} // namespace exhibit::storage
