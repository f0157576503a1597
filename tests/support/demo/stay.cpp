// SPDX-License-Identifier: Apache-2.0
#include "tests/support/demo/stay.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <iostream>

namespace exhibit::demo {
namespace {

constexpr int kLookMs = 200;

std::atomic<bool> ended{false};

void sayReady(const test::Exhibitd& server, const std::filesystem::path& dataDir)
{
    std::cout << printJson(
        JsonObject{{"ready", server.url()}, {"key_file", (dataDir / "admin.key").string()}})
              << std::endl;
}

/// Whether whoever started this is gone or asked for the end; waits a moment for it.
bool isEnd()
{
    pollfd input{STDIN_FILENO, POLLIN, 0};
    const int found = ::poll(&input, 1, kLookMs);
    char byte = 0;
    return ended || (found > 0 && ::read(STDIN_FILENO, &byte, 1) <= 0);
}

} // namespace

Result<void> stay(test::Exhibitd& server, const std::filesystem::path& dataDir)
{
    for (const int number : {SIGTERM, SIGINT}) {
        struct sigaction action = {};
        action.sa_handler = [](int) { ended = true; };
        ::sigaction(number, &action, nullptr);
    }
    sayReady(server, dataDir);
    while (!isEnd()) {
        if (server.process().running()) {
            continue;
        }
        std::cout << printJson(JsonObject{{"restarting", true}}) << std::endl;
        test::ExhibitdOptions options{
            dataDir, {"--listen", fmt::format("127.0.0.1:{}", server.port())}, {}};
        EXHIBIT_TRY(server, test::Exhibitd::start(std::move(options)));
        sayReady(server, dataDir);
    }
    return {};
}

} // namespace exhibit::demo
