// SPDX-License-Identifier: Apache-2.0
#include "server/redis/redis_kills.h"

#include "models/domain/vocabulary_names.h"
#include "server/ops/log.h"

namespace exhibit::redis {
namespace {

using namespace std::chrono_literals;

constexpr const char* kChannel = "kills";
constexpr const char* kBeat = "beat";
constexpr const char* kKeptSeconds = "86400";
constexpr auto kConnectTimeout = 5s;
constexpr auto kStep = 50ms;

} // namespace

KillBoard::KillBoard(Client& client, Heard heard)
    : m_client(client)
    , m_heard(std::move(heard))
    , m_listener([this] { listen(); })
{
}

KillBoard::~KillBoard()
{
    m_stopping = true;
    {
        const std::scoped_lock lock(m_mutex);
        if (m_connection) {
            m_connection->interrupt();
        }
    }
    m_listener.join();
}

Result<void> KillBoard::announce(TenantId tenant,
                                 RunId run,
                                 domain::KillReason reason,
                                 Deadline deadline)
{
    const auto said = tenant.text() + ' ' + run.text() + ' ' + std::string(wireName(reason));
    EXHIBIT_CHECK(m_client.askAll(
        {{"SET", "kill:run:" + run.text(), said, "EX", kKeptSeconds}, {"PUBLISH", kChannel, said}},
        deadline));
    return {};
}

Result<void> KillBoard::beat(Deadline deadline)
{
    EXHIBIT_CHECK(m_client.askOne({"PUBLISH", kChannel, kBeat}, deadline));
    return {};
}

void KillBoard::listen()
{
    while (!m_stopping) {
        const auto ended = listenOnce();
        if (m_listening.exchange(false) && !m_stopping) {
            ops::logWarning("kills are not heard through Redis for now: {}", ended.error().message);
        }
        for (auto waited = 0ms; waited < Client::kRetryPause && !m_stopping; waited += kStep) {
            std::this_thread::sleep_for(kStep);
        }
    }
}

/// Until the connection breaks.
Result<void> KillBoard::listenOnce()
{
    EXHIBIT_TRY(auto opened,
                Connection::open(m_client.options(), Deadline::after(kConnectTimeout)));
    std::shared_ptr<Connection> connection(std::move(opened));
    {
        const std::scoped_lock lock(m_mutex);
        m_connection = connection;
    }
    EXHIBIT_CHECK(connection->send({{"SUBSCRIBE", kChannel}}, Deadline::after(kConnectTimeout)));
    while (!m_stopping) {
        EXHIBIT_TRY(const auto message, connection->receive(Deadline::after(kSilence)));
        if (message.kind == Reply::Kind::Refusal) {
            return fail(ErrorCode::Forbidden, "Redis refuses: " + message.text);
        }
        m_listening = true;
        hear(message);
    }
    return {};
}

/// {"message", channel, "TENANT RUN REASON"}
void KillBoard::hear(const Reply& message) const
{
    if (message.items.size() != 3 || message.items[0].text != "message") {
        return;
    }
    std::string_view said = message.items[2].text;
    const auto next = [&said] {
        const auto word = said.substr(0, said.find(' '));
        said.remove_prefix(std::min(word.size() + 1, said.size()));
        return word;
    };
    const auto tenant = TenantId::parse(next());
    const auto run = RunId::parse(next());
    const auto reason = parseEnum<domain::KillReason>(next());
    if (tenant && run && reason) {
        m_heard(*tenant, *run, *reason);
    }
}

} // namespace exhibit::redis
