// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/redis/redis_connection.h"

#include <mutex>

namespace exhibit::redis {

/// The subject of an error after which the commands certainly did not reach Redis.
inline constexpr std::string_view kNotSent = "not_sent";

/// One Redis through one connection, made on first use and again after it broke. While Redis is
/// away, calls fail at once but for one try in kRetryPause. Any thread; calls wait for one another.
class Client {
public:
    static constexpr std::chrono::milliseconds kRetryPause{500};

    explicit Client(Options options)
        : m_options(std::move(options))
    {
    }

    /// The replies, one for each command, refusals among them. After an error nobody knows which of
    /// the commands were done, unless its subject is kNotSent.
    [[nodiscard]] Result<std::vector<Reply>> ask(const std::vector<Command>& commands,
                                                 Deadline deadline);
    /// The same; the first refusal is an error, the other commands are done all the same.
    [[nodiscard]] Result<std::vector<Reply>> askAll(const std::vector<Command>& commands,
                                                    Deadline deadline);
    /// The same for one.
    [[nodiscard]] Result<Reply> askOne(Command command, Deadline deadline);
    /// Why it cannot be used; empty: it can, as far as is known.
    [[nodiscard]] std::string trouble() const;

    [[nodiscard]] const Options& options() const { return m_options; }

private:
    [[nodiscard]] Result<void> connect(Deadline deadline);
    void note(const Error& error);

    const Options m_options;
    mutable std::mutex m_mutex; ///< Of the connection; held while it is waited for.
    std::unique_ptr<Connection> m_connection;
    SteadyTime m_retryAt{};
    mutable std::mutex m_troubleMutex;
    std::string m_trouble;
};

} // namespace exhibit::redis
