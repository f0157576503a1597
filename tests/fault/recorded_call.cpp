// SPDX-License-Identifier: Apache-2.0
#include "tests/fault/recorded_call.h"

#include "server/signer/client.h"
#include "server/signer/process.h"
#include "server/storage/body_field_store.h"
#include "server/storage/database.h"

#include <fmt/format.h>

#include <map>
#include <thread>

namespace exhibit::test {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kBody
    = R"({"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"go on"}]})";

Result<void> readCall(HttpConnection& connection, SeenCall& seen)
{
    EXHIBIT_TRY(const Reply head, connection.readHead(Deadline::after(30s)));
    seen.status = head.status;
    seen.callId = head.header("X-Exhibit-Call-Id").value_or("");
    for (;;) {
        EXHIBIT_TRY(const auto piece, connection.readPiece(Deadline::after(30s)));
        if (!piece) {
            seen.complete = true;
            return {};
        }
        seen.received += *piece;
    }
}

/// Opens what is sealed, with the help of the running server's signer.
class RecordedBodies {
public:
    static Result<RecordedBodies> open(const TestPostgres& postgres,
                                       const std::filesystem::path& signerFolder)
    {
        const auto client
            = std::make_shared<signer::SignerClient>(signer::SignerProcess::socketIn(signerFolder));
        EXHIBIT_TRY(auto wrapper, signer::subjectKeyWrapper(signerFolder, client));
        // At once: each query of a TestPostgres is a connection of its own.
        EXHIBIT_TRY(const auto calls,
                    postgres.query("SELECT DISTINCT tenant_id, call_id FROM exhibit.call_bodies"));
        RecordedBodies bodies(postgres, std::move(wrapper));
        for (std::size_t row = 0; row < calls.size(); ++row) {
            bodies.m_tenants.emplace(CallId{calls.uuid(row, 1)}, TenantId{calls.uuid(row, 0)});
        }
        return bodies;
    }

    /// The released bytes of a call, in order; a fault when they have a gap or overlap.
    Result<Bytes> released(const CallId& call)
    {
        const auto tenant = m_tenants.find(call);
        if (tenant == m_tenants.end()) {
            return Bytes();
        }
        return m_database->read(
            tenant->second, Deadline::after(30s), [&](storage::Transaction& transaction) {
                return storage::BodyFieldStore(*m_keys).readCall(
                    transaction, call, "/response/released");
            });
    }

private:
    RecordedBodies(const TestPostgres& postgres, std::shared_ptr<spool::KeyWrapper> wrapper)
        : m_keys(std::make_unique<storage::SubjectKeys>(std::move(wrapper)))
    {
        const Secret url(postgres.url() + "&options=-csearch_path%3Dexhibit");
        m_database = std::make_unique<storage::Database>(storage::DatabaseUrls{url, url, url});
    }

    std::map<CallId, TenantId> m_tenants; ///< Of the calls that anything is kept of.
    std::unique_ptr<storage::SubjectKeys> m_keys;
    std::unique_ptr<storage::Database> m_database;
};

} // namespace

SeenCall makeCall(const CallPlan& plan)
{
    SeenCall seen;
    HeaderList headers = {{"Authorization", "Bearer " + plan.key},
                          {"Content-Type", "application/json"},
                          {"x-sample-id", plan.sampleId}};
    if (!plan.runId.empty()) {
        headers.emplace_back("X-Exhibit-Run-Id", plan.runId);
    }
    auto connection = HttpConnection::connect("127.0.0.1", plan.port, Deadline::after(5s));
    if (connection
        && connection->send(requestText("POST", "/v1/chat/completions", headers, kBody),
                            Deadline::after(5s))) {
        (void)readCall(*connection, seen); // How far it came is what counts.
    }
    return seen;
}

std::vector<std::string> recordFaults(const TestPostgres& postgres,
                                      const std::filesystem::path& signerFolder,
                                      const std::vector<SeenCall>& calls)
{
    std::vector<std::string> faults;
    auto bodies = RecordedBodies::open(postgres, signerFolder);
    if (!bodies) {
        return {bodies.error().message};
    }
    for (const auto& call : calls) {
        if (call.callId.empty()) {
            continue;
        }
        const auto id = CallId::parse(call.callId);
        const auto recorded = id ? bodies->released(*id) : Result<Bytes>(Bytes());
        if (!recorded) {
            faults.push_back(call.callId + ": " + recorded.error().message);
        } else if (!recorded->starts_with(call.received)) {
            faults.push_back(fmt::format("{}: {}, {} bytes received, {} recorded or other ones",
                                         call.callId,
                                         call.status,
                                         call.received.size(),
                                         recorded->size()));
        } else if (call.complete && recorded->size() != call.received.size()) {
            faults.push_back(fmt::format("{}: complete with {} bytes, {} recorded",
                                         call.callId,
                                         call.received.size(),
                                         recorded->size()));
        }
    }
    const auto open
        = postgres.query("SELECT count(*) FROM exhibit.proxy_calls WHERE closed_at IS NULL");
    if (!open || open->integer(0, 0) != 0) {
        faults.push_back(open ? fmt::format("{} calls were never closed", open->integer(0, 0))
                              : open.error().message);
    }
    const auto aside = postgres.query("SELECT count(*) FROM exhibit.quarantined_records");
    if (!aside || aside->integer(0, 0) != 0) {
        faults.emplace_back("records were set aside");
    }
    return faults;
}

Result<void> waitUntilIngested(const TestPostgres& postgres,
                               std::size_t callsMin,
                               Deadline deadline)
{
    std::int64_t before = -1;
    for (;;) {
        EXHIBIT_TRY(const auto rows,
                    postgres.query("SELECT count(*), count(closed_at) FROM exhibit.proxy_calls"));
        const auto all = rows.integer(0, 0);
        if (all == rows.integer(0, 1) && all == before
            && all >= static_cast<std::int64_t>(callsMin)) {
            return {};
        }
        if (deadline.reached()) {
            return fail(
                ErrorCode::DeadlineExceeded,
                fmt::format("{} calls, {} closed, {} expected", all, rows.integer(0, 1), callsMin));
        }
        before = all;
        std::this_thread::sleep_for(1s);
    }
}

} // namespace exhibit::test
