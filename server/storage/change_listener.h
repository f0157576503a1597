// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/secret.h"
#include "models/base/time.h"
#include "server/storage/descriptor.h"

#include <atomic>
#include <functional>
#include <thread>

namespace exhibit::storage {

/// Waits for NOTIFY exhibit_changed on a connection of its own, which goes directly to PostgreSQL:
/// LISTEN does not pass PgBouncer's transaction mode.
class ChangeListener {
public:
    /// `onChange` runs on the listener's thread: after every connect, the first one too (what
    /// changed meanwhile went unheard), and after changes, once for several that come together. It
    /// must not throw.
    ChangeListener(Secret url, std::function<void()> onChange);
    /// Waits for a running `onChange`.
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

    const Secret m_url;
    const std::function<void()> m_onChange;
    std::atomic<bool> m_connected{false};
    Descriptor m_stopEvent; ///< eventfd; readable once the listener ends.
    std::thread m_thread;
};

} // namespace exhibit::storage
