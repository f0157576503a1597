// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/secret.h"
#include "models/base/time.h"
#include "server/storage/descriptor.h"

#include <atomic>
#include <functional>
#include <string_view>
#include <thread>

namespace exhibit::storage {

/// Waits for NOTIFY exhibit_changed on a connection of its own, which goes directly to PostgreSQL:
/// LISTEN does not pass PgBouncer's transaction mode.
class ChangeListener {
public:
    /// Both run on the listener's thread and must not throw.
    struct Handlers {
        /// After every connect, the first one too (what changed meanwhile went unheard), and after
        /// changes of the catalogue, once for several that come together.
        std::function<void()> onChange;
        /// At once, with the payload, for what is no change of the catalogue: "replicas" and
        /// "run_stopped TENANT RUN". May be empty.
        std::function<void(std::string_view)> onNotice;
    };

    ChangeListener(Secret url, Handlers handlers);
    /// Waits for a running handler.
    ~ChangeListener();
    ChangeListener(const ChangeListener&) = delete;
    ChangeListener& operator=(const ChangeListener&) = delete;

    /// False while PostgreSQL is away.
    [[nodiscard]] bool connected() const { return m_connected; }

private:
    void run();
    /// Listens until the connection breaks or the listener ends.
    void listenOnce();
    /// Sleeps; false when the listener ends.
    [[nodiscard]] bool pause(std::chrono::milliseconds duration) const;
    /// Passes a notice on; true for a change of the catalogue.
    [[nodiscard]] bool isChange(std::string_view payload) const;

    const Secret m_url;
    const Handlers m_handlers;
    std::atomic<bool> m_connected{false};
    Descriptor m_stopEvent; ///< eventfd; readable once the listener ends.
    std::thread m_thread;
};

} // namespace exhibit::storage
