// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/signer/signer.h"

#include <chrono>
#include <deque>
#include <map>

namespace exhibit::signer {

struct ServiceOptions {
    int listener = -1; ///< A listening Unix socket.
    pid_t owner = 0; ///< exhibitd, whose requests are not counted.
    uid_t uid = 0; ///< The only account besides root that may ask.
    std::uint32_t requestsPerMinute = limits::kSignerRequestsPerMinuteDefault;
    JsonObject sandbox; ///< As shutIn() reported it, for "health".
};

/// Answers requests, one after the other, until SIGTERM, until the owner has gone, or until a
/// signing key is lost to this process. Writes one line per use of a key to standard error: who,
/// what, about what; never a key.
class Service {
public:
    Service(Signer signer, ServiceOptions options);
    void run();

private:
    struct Client {
        Caller caller;
        Bytes received;
        Bytes unsent; ///< Of a reply; until it is gone nothing more of the client is looked at.
    };
    using Recent = std::deque<std::chrono::steady_clock::time_point>;
    void accept();
    /// False when the client is gone or has to go.
    [[nodiscard]] bool serve(int descriptor, Client& client);
    /// Answers what was received, as far as the client takes the answers.
    [[nodiscard]] bool answerAll(int descriptor, Client& client);
    [[nodiscard]] Json answer(const Client& client, BytesView message);
    [[nodiscard]] bool mayAsk(const Caller& caller);

    Signer m_signer;
    ServiceOptions m_options;
    std::map<int, Client> m_clients;
    std::map<uid_t, Recent> m_recent; ///< Of an account, however many connections it makes.
};

} // namespace exhibit::signer
