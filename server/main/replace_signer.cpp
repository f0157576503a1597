// SPDX-License-Identifier: Apache-2.0
#include "server/main/replace_signer.h"

#include "server/main/commands.h"
#include "server/main/ledger_service.h"
#include "server/storage/database_setup.h"
#include "server/storage/newest_heads.h"
#include "server/storage/private_file.h"
#include "server/storage/replica_store.h"
#include "server/storage/signer_loss.h"

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <iostream>

#include <pwd.h>
#include <unistd.h>

namespace exhibit::server {
namespace {

using namespace std::chrono_literals;

constexpr auto kSetUpTimeout = 600s;
constexpr auto kSignerTimeout = 20s;
constexpr auto kTenantTimeout = 120s;

std::string accountName()
{
    const passwd* const account = ::getpwuid(::geteuid());
    return account != nullptr ? account->pw_name : "uid " + std::to_string(::geteuid());
}

/// The parts that a log is opened and signed with, without a server around them.
class Replacement {
public:
    static Result<std::unique_ptr<Replacement>> open(const Configuration& configuration)
    {
        std::unique_ptr<Replacement> parts(new Replacement);
        EXHIBIT_TRY(auto lock, storage::DataDirectoryLock::acquire(configuration.dataDir));
        parts->m_lock.emplace(std::move(lock));
        storage::DatabaseOptions options;
        options.dataDirectory = configuration.dataDir;
        if (!configuration.databaseUrl.empty()) {
            options.url = configuration.databaseUrl;
        }
        const auto deadline = Deadline::after(kSetUpTimeout);
        EXHIBIT_TRY(auto setup, storage::DatabaseSetup::open(options, deadline));
        parts->m_setup.emplace(std::move(setup));
        EXHIBIT_CHECK(parts->m_setup->bringUpToDate(deadline));
        parts->m_database = std::make_unique<storage::Database>(parts->m_setup->urls());
        EXHIBIT_CHECK(parts->expectNobodyServes());
        parts->m_ledger = LedgerService::open(configuration, Deadline::after(kSignerTimeout));
        parts->m_ledger->useDatabase(*parts->m_database, parts->m_metrics, parts->m_io);
        EXHIBIT_CHECK(parts->expectSigner());
        return parts;
    }

    Result<std::vector<TenantId>> tenants()
    {
        return storage::allTenants(*m_database, Deadline::after(kTenantTimeout));
    }

    /// nullopt when the tenant has lost nothing.
    Result<std::optional<storage::ReplacedLog>> replaceFor(TenantId tenant,
                                                           const ReplaceSignerOptions& options)
    {
        using Replaced = std::optional<storage::ReplacedLog>;
        const auto knows = [this](const std::string& origin) -> Result<bool> {
            EXHIBIT_TRY(const auto head, m_ledger->signer()->lastHead(origin));
            return head.has_value();
        };
        const auto work = [&](storage::Transaction& transaction) -> Result<Replaced> {
            EXHIBIT_TRY(const auto loss,
                        storage::findSignerLoss(transaction, m_ledger->keys(), knows));
            if (!loss.any()) {
                return Replaced{};
            }
            EXHIBIT_TRY(auto replaced,
                        storage::replaceSigner(transaction,
                                               m_ledger->ledger(),
                                               m_ledger->keys(),
                                               {loss, options.reason, options.operatorName}));
            return Replaced(std::move(replaced));
        };
        const auto deadline = Deadline::after(kTenantTimeout);
        EXHIBIT_TRY(auto replaced, m_database->write(tenant, deadline, work));
        if (replaced) {
            EXHIBIT_CHECK(m_ledger->parts().checkpointer.checkpointNow(tenant, deadline));
        }
        return replaced;
    }

private:
    Replacement() = default;

    /// A replica that goes on has the old signer's keys and its own idea of the log that grows.
    Result<void> expectNobodyServes()
    {
        EXHIBIT_TRY(const auto live,
                    storage::ReplicaStore(*m_database).live(Deadline::after(kTenantTimeout)));
        if (live.empty()) {
            return {};
        }
        return fail(ErrorCode::Unavailable,
                    fmt::format("a replica serves this database, or ended without a word a moment "
                                "ago ({}); stop all of them and try again",
                                fmt::join(live, ", ")));
    }

    /// It answers, and what it cannot open is told from what it can.
    Result<void> expectSigner()
    {
        EXHIBIT_CHECK(m_ledger->signer()->publicKeys());
        EXHIBIT_TRY(const bool aside,
                    signer::setForeignFieldsKeyAside(m_ledger->folder(), m_ledger->signer()));
        if (aside) {
            std::cout << "fields.key is another signer's; it was moved aside\n";
        }
        const auto checked = m_ledger->checkKeys(*m_database);
        return checked || checked.error().code == ErrorCode::Corrupt ? Result<void>() : checked;
    }

    std::optional<storage::DataDirectoryLock> m_lock;
    ops::Metrics m_metrics;
    boost::asio::io_context m_io;
    std::optional<storage::DatabaseSetup> m_setup;
    std::unique_ptr<storage::Database> m_database;
    std::unique_ptr<LedgerService> m_ledger;
};

void print(TenantId tenant, const storage::ReplacedLog& replaced)
{
    std::cout << fmt::format("{}: {} ended with {} entries, {} of them signed; it goes on in {}",
                             tenant.text(),
                             replaced.ended.origin,
                             replaced.ended.nextSequence,
                             replaced.signedSize,
                             replaced.origin);
    if (replaced.lostKeys > 0) {
        std::cout << fmt::format("; what {} keys sealed cannot be read any more",
                                 replaced.lostKeys);
    }
    std::cout << '\n' << std::flush;
}

} // namespace

Result<int> replaceSigner(const Configuration& configuration, const ReplaceSignerOptions& options)
{
    ReplaceSignerOptions given = options;
    if (given.operatorName.empty()) {
        given.operatorName = accountName();
    }
    EXHIBIT_TRY(const auto parts, Replacement::open(configuration));
    EXHIBIT_TRY(const auto tenants, parts->tenants());
    bool any = false;
    for (const auto& tenant : tenants) {
        EXHIBIT_TRY(const auto replaced, parts->replaceFor(tenant, given));
        if (replaced) {
            any = true;
            print(tenant, *replaced);
        }
    }
    if (!any) {
        std::cout << "Nothing is lost: the signer opens what is sealed and knows every log.\n";
    }
    return any ? kExitDone : kExitFinding;
}

} // namespace exhibit::server
