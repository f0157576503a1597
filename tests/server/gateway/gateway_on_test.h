// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/project.h"
#include "server/gateway/gateway.h"
#include "server/http/server.h"
#include "server/spool/key_wrapper.h"
#include "tests/server/gateway/scripted_upstream.h"
#include "tests/support/http_client.h"
#include "tests/support/temp_dir.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace exhibit::gateway {

struct GatewaySetup {
    std::vector<std::string> policies; ///< Documents.
    domain::StopStyle stopStyle = domain::StopStyle::Soft;
    bool passThrough = false;
    std::optional<std::string> apiKeyEnv;
    std::string baseUrlSuffix;
    std::size_t spoolBytesMax = limits::kSpoolBytesMaxDefault;
    std::size_t spoolFileBytes = std::size_t{8} * 1024 * 1024;
    GatewayOptions options;
    std::string baseUrl; ///< Instead of the scripted upstream's.
    std::optional<domain::ServiceContract> contract;
    std::string fallbackUrl; ///< Of a second service, "next"; empty: there is none.
    std::optional<domain::QuotaPolicy> tier; ///< The tenant's; only its limits of runs count here.
};

/// A real gateway, listener, journal and local copy in one process, before a scripted provider.
class GatewayOnTest {
public:
    explicit GatewayOnTest(ScriptedUpstream::Script script, GatewaySetup setup = {});
    ~GatewayOnTest();
    GatewayOnTest(const GatewayOnTest&) = delete;
    GatewayOnTest& operator=(const GatewayOnTest&) = delete;

    /// Sends a chat request with Exhibit's key and reads the reply.
    [[nodiscard]] Result<test::Reply> chat(const std::string& body,
                                           const test::HeaderList& headers = {}) const;
    [[nodiscard]] Result<test::Reply> send(const std::string& method,
                                           const std::string& target,
                                           const test::HeaderList& headers,
                                           const std::string& body = {}) const;
    /// Cuts what is under way and waits until its calls have ended.
    void stopServer();
    [[nodiscard]] test::HttpConnection connect() const;
    [[nodiscard]] std::string chatText(const std::string& body,
                                       const test::HeaderList& headers = {}) const;
    [[nodiscard]] const std::string& key() const { return m_key; }
    [[nodiscard]] ScriptedUpstream& upstream() { return m_upstream; }
    [[nodiscard]] std::size_t openCalls();
    /// The run that clients of the key call so.
    [[nodiscard]] RunId runNamed(const std::string& clientRunId) const;
    /// As the key's tenant asks for it; returns how many calls were cut.
    std::size_t cutRun(RunId run, domain::KillReason reason);
    /// Until the journal has its next file ready, which it makes from the first record on: while it
    /// cannot make one it refuses new calls.
    void awaitNextFile() const;
    /// Sends a call of the project's first upstream once more and waits for what came of it.
    [[nodiscard]] Result<replay::ReplayedCall> replay(storage::RecordedCall original);
    /// Waits until `count` calls are closed in the journal and returns every record so far.
    [[nodiscard]] std::vector<spool::RecordContent> records(std::size_t count = 1);
    [[nodiscard]] std::string metrics() const { return m_metrics.expose(); }
    [[nodiscard]] std::filesystem::path spoolFolder() const { return m_dir.path() / "spool"; }

    [[nodiscard]] static Deadline soon() { return Deadline::after(std::chrono::seconds(30)); }

private:
    void onIoThread(const std::function<void()>& work);
    void fillCatalogue(const GatewaySetup& setup);

    test::TempDir m_dir;
    ScriptedUpstream m_upstream;
    struct Loop;
    std::unique_ptr<Loop> m_loop;
    std::string m_key;
    TenantId m_tenant;
    ProjectId m_project;
    storage::CatalogueHolder m_catalogue;
    prevention::SnapshotCache m_snapshots;
    ops::Metrics m_metrics;
    std::unique_ptr<storage::LocalCopy> m_copy;
    std::unique_ptr<prevention::RunRegistry> m_runs;
    std::unique_ptr<spool::Journal> m_journal;
    std::unique_ptr<Gateway> m_gateway;
    std::unique_ptr<http::Server> m_server;
    std::uint16_t m_port = 0;
    std::thread m_thread;
};

/// The records of one kind.
template <class T>
std::vector<T> recordsOf(const std::vector<spool::RecordContent>& records)
{
    std::vector<T> found;
    for (const auto& record : records) {
        if (const auto* match = std::get_if<T>(&record)) {
            found.push_back(*match);
        }
    }
    return found;
}
/// All bytes that were recorded as released, in order.
[[nodiscard]] std::string releasedBytes(const std::vector<spool::RecordContent>& records);

} // namespace exhibit::gateway
