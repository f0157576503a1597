// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/quota.h"
#include "server/security/budgets.h"
#include "server/storage/audit_store.h"
#include "server/storage/database.h"

#include <vector>

namespace exhibit::storage {

/// One tenant's quotas as they are in force: the tiers' defaults with the tenant's own over them.
[[nodiscard]] Result<domain::TenantQuotas> loadQuotas(Transaction& transaction);

/// A day's use of one user.
struct UsageDay {
    std::string day; ///< "2026-11-21", UTC.
    std::string userId; ///< Empty: calls that named nobody.
    std::int64_t runs = 0;
    std::int64_t calls = 0;
    std::int64_t promptTokens = 0;
    std::int64_t completionTokens = 0;
    domain::Microcents costMicrocents = 0;
};

template <class V>
void visitFields(V& visit, Of<V, UsageDay>& usage)
{
    visit("day", usage.day);
    visit("user_id", usage.userId);
    visit("runs", usage.runs);
    visit("calls", usage.calls);
    visit("prompt_tokens", usage.promptTokens);
    visit("completion_tokens", usage.completionTokens);
    visit("cost_microcents", usage.costMicrocents);
}

struct UsageDays {
    std::vector<UsageDay> days;
    std::optional<std::string> currency; ///< Of what they cost.
};

template <class V>
void visitFields(V& visit, Of<V, UsageDays>& usage)
{
    visit("days", usage.days);
    visit("currency", usage.currency);
}

/// How long a model's recorded answers were, in tokens.
struct AnswerLengths {
    std::int64_t answers = 0;
    std::int64_t low = 0; ///< One of ten is shorter,
    std::int64_t mean = 0;
    std::int64_t high = 0; ///< one of twenty longer.
};

/// Who does the change, and where it is recorded.
struct ChangedBy {
    const Actor& actor;
    LedgerAppender& ledger;
};

/// Quotas, whitelist and use of one tenant. Changes reach every replica through NOTIFY
/// exhibit_changed, and stand in audit log and ledger. Any thread; every call waits.
class QuotaStore {
public:
    explicit QuotaStore(Database& database)
        : m_database(database)
    {
    }

    [[nodiscard]] Result<domain::TenantQuotas> get(TenantId tenant, Deadline deadline);
    /// Stands over the tier's defaults from now on.
    [[nodiscard]] Result<void> setPolicy(TenantId tenant,
                                         const domain::QuotaPolicy& policy,
                                         const ChangedBy& by,
                                         Deadline deadline);
    /// Conflict beyond limits::kQuotaAssignmentsMax.
    [[nodiscard]] Result<void> assign(TenantId tenant,
                                      const domain::QuotaAssignment& assignment,
                                      const ChangedBy& by,
                                      Deadline deadline);
    /// NotFound when there is none.
    [[nodiscard]] Result<void> unassign(TenantId tenant,
                                        const domain::QuotaAssignment& assignment,
                                        const ChangedBy& by,
                                        Deadline deadline);
    /// Replaces the entry of that user. Conflict beyond limits::kWhitelistMax.
    [[nodiscard]] Result<void> whitelist(TenantId tenant,
                                         const domain::WhitelistEntry& entry,
                                         const ChangedBy& by,
                                         Deadline deadline);
    [[nodiscard]] Result<void> removeFromWhitelist(TenantId tenant,
                                                   const std::string& userId,
                                                   const ChangedBy& by,
                                                   Deadline deadline);
    /// Newest day first, at most limits::kPageRowsMax rows; `userId` absent: everybody.
    [[nodiscard]] Result<UsageDays> usage(TenantId tenant,
                                          const std::optional<std::string>& userId,
                                          Deadline deadline);
    /// What limits of cost are in (cost_currency.h).
    [[nodiscard]] Result<std::optional<std::string>> currency(TenantId tenant, Deadline deadline);
    /// What all replicas have taken of a budget.
    [[nodiscard]] Result<std::int64_t> taken(const security::BudgetKey& key, Deadline deadline);
    /// Of the model's answers among the tenant's newest calls.
    [[nodiscard]] Result<AnswerLengths> answerLengths(TenantId tenant,
                                                      const std::string& model,
                                                      Deadline deadline);
    [[nodiscard]] Result<void> keepEstimate(TenantId tenant,
                                            const std::string& createdBy,
                                            const Json& document,
                                            Deadline deadline);

private:
    [[nodiscard]] Result<void> change(TenantId tenant,
                                      const Statement& statement,
                                      const AuditedAction& action,
                                      const ChangedBy& by,
                                      Deadline deadline);
    Database& m_database;
};

} // namespace exhibit::storage
