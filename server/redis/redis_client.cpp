// SPDX-License-Identifier: Apache-2.0
#include "server/redis/redis_client.h"

#include "server/ops/log.h"

namespace exhibit::redis {

void Client::note(const Error& error)
{
    const std::scoped_lock lock(m_troubleMutex);
    if (m_trouble.empty()) {
        ops::logWarning("{} ({})", error.message, error.subject);
    }
    m_trouble = error.message;
}

std::string Client::trouble() const
{
    const std::scoped_lock lock(m_troubleMutex);
    return m_trouble;
}

Result<void> Client::connect(Deadline deadline)
{
    if (m_connection && !m_connection->isStale()) {
        return {};
    }
    m_connection.reset();
    const auto now = std::chrono::steady_clock::now();
    if (now < m_retryAt) {
        return fail(ErrorCode::Unavailable, "Redis is away", std::string(kNotSent));
    }
    auto opened = Connection::open(m_options, deadline);
    if (!opened) {
        m_retryAt = std::chrono::steady_clock::now() + kRetryPause;
        note(opened.error());
        return fail(ErrorCode::Unavailable, opened.error().message, std::string(kNotSent));
    }
    m_connection = *std::move(opened);
    const std::scoped_lock lock(m_troubleMutex);
    if (!m_trouble.empty()) {
        ops::logInfo("Redis is there again");
        m_trouble.clear();
    }
    return {};
}

Result<std::vector<Reply>> Client::ask(const std::vector<Command>& commands, Deadline deadline)
{
    const std::scoped_lock lock(m_mutex);
    EXHIBIT_CHECK(connect(deadline));
    const auto exchange = [&]() -> Result<std::vector<Reply>> {
        EXHIBIT_CHECK(m_connection->send(commands, deadline));
        std::vector<Reply> replies;
        while (replies.size() < commands.size()) {
            EXHIBIT_TRY(auto reply, m_connection->receive(deadline));
            replies.push_back(std::move(reply));
        }
        return replies;
    };
    auto replies = exchange();
    if (!replies) {
        note(replies.error());
        m_connection.reset();
    }
    return replies;
}

Result<std::vector<Reply>> Client::askAll(const std::vector<Command>& commands, Deadline deadline)
{
    EXHIBIT_TRY(auto replies, ask(commands, deadline));
    for (const auto& reply : replies) {
        if (reply.kind == Reply::Kind::Refusal) {
            return fail(ErrorCode::Unavailable, "Redis refuses: " + reply.text);
        }
    }
    return replies;
}

Result<Reply> Client::askOne(Command command, Deadline deadline)
{
    EXHIBIT_TRY(auto replies, askAll({std::move(command)}, deadline));
    return std::move(replies.front());
}

} // namespace exhibit::redis
