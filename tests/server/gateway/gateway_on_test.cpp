// SPDX-License-Identifier: Apache-2.0
#include "tests/server/gateway/gateway_on_test.h"

#include "server/security/authenticator.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <filesystem>
#include <future>
#include <thread>

#include <gtest/gtest.h>

namespace exhibit::gateway {
namespace {

namespace asio = boost::asio;

std::shared_ptr<const domain::PolicySnapshot> snapshotOf(TenantId tenant,
                                                         const std::vector<std::string>& documents)
{
    std::vector<domain::Policy> policies;
    for (const auto& document : documents) {
        const auto json = parseJson(document);
        const auto policy = json ? domain::policyFromJson(*json) : Result<domain::Policy>{};
        EXPECT_TRUE(json.has_value() && policy.has_value()) << document;
        policies.push_back(policy.value());
    }
    return std::make_shared<const domain::PolicySnapshot>(
        domain::makeSnapshot(tenant, policies).value());
}

} // namespace

struct GatewayOnTest::Loop {
    asio::io_context io;
    std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work{
        asio::make_work_guard(io)};
};

GatewayOnTest::GatewayOnTest(ScriptedUpstream::Script script, GatewaySetup setup)
    : m_upstream(std::move(script))
    , m_loop(std::make_unique<Loop>())
{
    const auto post
        = [this](std::function<void()> work) { asio::post(m_loop->io, std::move(work)); };
    m_copy = storage::LocalCopy::open(m_dir.file("local.db"), post).value();
    EXPECT_TRUE(m_copy->markComplete().has_value());
    m_runs = std::make_unique<prevention::RunRegistry>(*m_copy);
    m_journal = spool::Journal::open({.directory = m_dir.path() / "spool",
                                      .bytesMax = setup.spoolBytesMax,
                                      .fileBytes = setup.spoolFileBytes,
                                      .post = post},
                                     spool::keyFileWrapper(m_dir.path() / "spool.key").value())
                    .value();
    fillCatalogue(setup);
    if (setup.apiKeyEnv) {
        setup.options.upstreamKeys = UpstreamKeys::parse(*setup.apiKeyEnv + "=*").value();
    }
    m_gateway = std::make_unique<Gateway>(GatewayServices{
        m_loop->io, m_catalogue, m_snapshots, *m_runs, *m_journal, m_metrics, setup.options});
    m_runs->onKilled([this](TenantId tenant, RunId run, domain::KillReason reason) {
        m_gateway->cutRun(tenant, run, reason);
    });
    auto router = std::make_shared<http::Router>();
    m_gateway->addRoutes(*router);
    m_server = std::make_unique<http::Server>(m_loop->io, http::ServerOptions{}, router);
    EXPECT_TRUE(m_server->start().has_value());
    m_port = m_server->port();
    m_thread = std::thread([this] { m_loop->io.run(); });
}

GatewayOnTest::~GatewayOnTest()
{
    stopServer();
    onIoThread([this] {
        m_gateway.reset();
        m_loop->work.reset();
    });
    m_thread.join();
    m_journal.reset();
    m_copy.reset();
}

void GatewayOnTest::stopServer()
{
    onIoThread([this] { m_server.reset(); });
    // Calls end once their connections are gone; then nothing is left to run.
    std::size_t open = 1;
    while (open > 0) {
        onIoThread([this, &open] { open = m_gateway->openCalls(); });
    }
}

void GatewayOnTest::onIoThread(const std::function<void()>& work)
{
    std::promise<void> done;
    asio::post(m_loop->io, [&] {
        work();
        done.set_value();
    });
    done.get_future().wait();
}

void GatewayOnTest::fillCatalogue(const GatewaySetup& setup)
{
    auto catalogue = std::make_shared<storage::Catalogue>();
    const TenantId tenant = TenantId::generate();
    domain::Project project;
    project.projectId = ProjectId::generate();
    project.tenantId = tenant;
    project.slug = "demo";
    project.stopStyle = setup.stopStyle;
    catalogue->projects = {project};
    domain::Upstream upstream;
    upstream.upstreamId = UpstreamId::generate();
    upstream.tenantId = tenant;
    upstream.projectId = project.projectId;
    upstream.name = "scripted";
    upstream.baseUrl
        = setup.baseUrl.empty() ? m_upstream.baseUrl() + setup.baseUrlSuffix : setup.baseUrl;
    upstream.models = {"gpt-*"};
    upstream.apiKeyEnv = setup.apiKeyEnv;
    upstream.passThrough = setup.passThrough;
    upstream.contract = setup.contract;
    catalogue->upstreams = {upstream};
    upstream.contract.reset();
    if (!setup.fallbackUrl.empty()) {
        auto next = upstream;
        next.upstreamId = UpstreamId::generate();
        next.name = "next";
        next.baseUrl = setup.fallbackUrl;
        catalogue->upstreams.push_back(next);
    }
    upstream.upstreamId = UpstreamId::generate();
    upstream.name = "scripted-anthropic";
    upstream.models = {"claude-*"};
    upstream.wire = domain::Wire::Anthropic;
    catalogue->upstreams.push_back(upstream);
    m_key = security::generateKey().expose();
    domain::ApiKey key;
    key.keyId = KeyId::generate();
    key.tenantId = tenant;
    m_tenant = tenant;
    m_project = project.projectId;
    key.projectId = project.projectId;
    key.scopes = {domain::Scope::RunCreate};
    key.hash = security::hashKey(m_key);
    catalogue->keys = {key};
    const auto snapshot = snapshotOf(tenant, setup.policies);
    catalogue->currentSnapshot[tenant] = snapshot->snapshotId;
    catalogue->snapshots[{tenant, snapshot->snapshotId}] = snapshot;
    catalogue->prices.version = "test-1";
    catalogue->prices.models = {{"gpt-4o*", 250'000'000, 125'000'000, 1'000'000'000, 4.0},
                                {"claude-*", 300'000'000, 30'000'000, 1'500'000'000, 4.0}};
    if (setup.tier) {
        catalogue->quotas[tenant]
            = {tenant, {*setup.tier}, {{domain::QuotaScope::Tenant, "", setup.tier->tier}}, {}};
    }
    m_catalogue.set(std::move(catalogue));
}

std::string GatewayOnTest::chatText(const std::string& body, const test::HeaderList& headers) const
{
    test::HeaderList all = headers;
    const bool named = std::any_of(all.begin(), all.end(), [](const auto& header) {
        return header.first == "Authorization" || header.first == "X-Exhibit-Key";
    });
    if (!named) {
        all.emplace_back("Authorization", "Bearer " + m_key);
    }
    return test::requestText("POST", "/v1/chat/completions", all, body);
}

Result<test::Reply> GatewayOnTest::chat(const std::string& body,
                                        const test::HeaderList& headers) const
{
    return test::exchange(m_port, chatText(body, headers), soon());
}

Result<test::Reply> GatewayOnTest::send(const std::string& method,
                                        const std::string& target,
                                        const test::HeaderList& headers,
                                        const std::string& body) const
{
    return test::exchange(m_port, test::requestText(method, target, headers, body), soon());
}

test::HttpConnection GatewayOnTest::connect() const
{
    return test::HttpConnection::connect("127.0.0.1", m_port, soon()).value();
}

std::size_t GatewayOnTest::openCalls()
{
    auto count = std::make_shared<std::promise<std::size_t>>();
    auto future = count->get_future();
    asio::post(m_loop->io, [this, count] { count->set_value(m_gateway->openCalls()); });
    return future.get();
}

RunId GatewayOnTest::runNamed(const std::string& clientRunId) const
{
    return prevention::deriveRunId(m_tenant, m_project, clientRunId);
}

Result<replay::ReplayedCall> GatewayOnTest::replay(storage::RecordedCall original)
{
    const auto catalogue = m_catalogue.get();
    original.projectId = m_project;
    original.upstream = catalogue->upstreams.front().name;
    const ReplayOrder order{m_tenant,
                            KeyId::generate(),
                            RequestId::generate(),
                            std::make_shared<const storage::RecordedCall>(std::move(original)),
                            m_snapshots.get(catalogue->snapshots.begin()->second).value()};
    std::promise<Result<replay::ReplayedCall>> done;
    onIoThread([&] {
        m_gateway->replay(order, [&done](Result<replay::ReplayedCall> replayed) {
            done.set_value(std::move(replayed));
        });
    });
    return done.get_future().get();
}

std::size_t GatewayOnTest::cutRun(RunId run, domain::KillReason reason)
{
    auto count = std::make_shared<std::promise<std::size_t>>();
    auto future = count->get_future();
    asio::post(m_loop->io, [this, run, reason, count] {
        count->set_value(m_gateway->cutRun(m_tenant, run, reason));
    });
    return future.get();
}

void GatewayOnTest::awaitNextFile() const
{
    const auto files = [this] {
        const std::filesystem::directory_iterator folder(spoolFolder());
        return std::count_if(begin(folder), end(folder), [](const auto& file) {
            return file.path().extension() == ".spool";
        });
    };
    const auto deadline = soon();
    while (files() < 2 && !deadline.reached()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    EXPECT_GE(files(), 2);
}

std::vector<spool::RecordContent> GatewayOnTest::records(std::size_t count)
{
    const auto deadline = soon();
    while (true) {
        std::vector<spool::RecordContent> all;
        std::size_t closed = 0;
        std::int64_t after = 0;
        while (true) {
            const auto some = m_journal->read(after, 500);
            if (!some || some->empty()) {
                break;
            }
            for (const auto& stored : *some) {
                auto content = spool::decodeRecord(stored.record.kind, stored.record.payload);
                EXPECT_TRUE(content.has_value());
                closed += stored.record.kind == spool::RecordKind::CallClosed ? 1 : 0;
                all.push_back(*std::move(content));
                after = stored.recordNo;
            }
        }
        if (closed >= count || deadline.reached()) {
            EXPECT_GE(closed, count);
            return all;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

std::string releasedBytes(const std::vector<spool::RecordContent>& records)
{
    std::string bytes;
    for (const auto& chunk : recordsOf<spool::ChunkRecord>(records)) {
        EXPECT_EQ(chunk.offset, static_cast<std::int64_t>(bytes.size()));
        bytes += chunk.body;
    }
    return bytes;
}

} // namespace exhibit::gateway
