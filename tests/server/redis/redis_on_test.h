// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/redis/redis_connection.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

#include <optional>
#include <string>

namespace exhibit::redis {

/// A real redis-server on a free port of the loopback, in a private folder, without persistence.
class RedisOnTest {
public:
    struct Setup {
        bool tls = false;
        std::string names = "IP:127.0.0.1"; ///< Of its certificate.
        std::string password;
    };
    RedisOnTest();
    explicit RedisOnTest(Setup setup);
    ~RedisOnTest();
    RedisOnTest(const RedisOnTest&) = delete;
    RedisOnTest& operator=(const RedisOnTest&) = delete;

    [[nodiscard]] Options options() const;
    /// Ends it at once; what it knew is gone.
    void kill();
    /// Again on the same port.
    void start();
    /// It answers nothing until it goes on.
    void pause(bool paused);
    /// One value, as redis-cli shows it.
    [[nodiscard]] std::string ask(std::vector<std::string> command) const;

    [[nodiscard]] static Deadline soon() { return Deadline::after(std::chrono::seconds(20)); }

private:
    void makeCertificate();

    test::TempDir m_folder;
    Setup m_setup;
    std::uint16_t m_port = 0;
    std::optional<test::Process> m_process;
};

} // namespace exhibit::redis
