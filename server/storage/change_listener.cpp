// SPDX-License-Identifier: Apache-2.0
#include "server/storage/change_listener.h"

#include "models/base/assert.h"
#include "models/base/limits.h"
#include "server/ops/log.h"
#include "server/storage/connection.h"

#include <poll.h>
#include <sys/eventfd.h>

namespace exhibit::storage {
namespace {

using namespace std::chrono_literals;

constexpr auto kReconnectAfter = 500ms;
/// Several changes of one import come within this; one re-read serves them all.
constexpr auto kGather = 20ms;
/// A connection whose peer vanished without a word is found by asking.
constexpr auto kProbeEvery = 60s;

} // namespace

ChangeListener::ChangeListener(Secret url, Handlers handlers)
    : m_url(std::move(url))
    , m_handlers(std::move(handlers))
    , m_stopEvent(eventfd(0, EFD_CLOEXEC))
    , m_thread(&ChangeListener::run, this)
{
    EXHIBIT_ASSERT(m_stopEvent.get() >= 0);
}

ChangeListener::~ChangeListener()
{
    const std::uint64_t one = 1;
    EXHIBIT_ASSERT(write(m_stopEvent.get(), &one, sizeof one) == sizeof one);
    m_thread.join();
}

void ChangeListener::run()
{
    do {
        listenOnce();
        m_connected = false;
    } while (pause(kReconnectAfter));
}

void ChangeListener::listenOnce()
{
    auto opened = Connection::open(m_url, Deadline::after(limits::kDatabaseConnectTimeout));
    if (!opened) {
        return; // The pools say it in the log.
    }
    auto& connection = **opened;
    if (!connection.query("LISTEN exhibit_changed", {}, Deadline::after(kProbeEvery))) {
        return;
    }
    m_connected = true;
    m_handlers.onChange();
    while (pause(0ms)) {
        auto change
            = connection.waitForNotification(Deadline::after(kProbeEvery), m_stopEvent.get());
        if (change && !*change) {
            // Quiet for a minute, or the end.
            if (!connection.query(
                    "SELECT 1", {}, Deadline::after(limits::kDatabaseConnectTimeout))) {
                return;
            }
            continue;
        }
        bool changed = false;
        while (change && *change) {
            changed = isChange(**change) || changed;
            change = connection.waitForNotification(Deadline::after(kGather), m_stopEvent.get());
        }
        if (!change) {
            ops::logWarning("no longer hearing of changes: {}", change.error().message);
            return;
        }
        if (changed) {
            m_handlers.onChange();
        }
    }
}

bool ChangeListener::isChange(std::string_view payload) const
{
    const auto word = payload.substr(0, payload.find(' '));
    if (word != "replicas" && word != "run_stopped" && word != "run_killed") {
        return true;
    }
    if (m_handlers.onNotice) {
        m_handlers.onNotice(payload);
    }
    return false;
}

bool ChangeListener::pause(std::chrono::milliseconds duration) const
{
    pollfd descriptor{m_stopEvent.get(), POLLIN, 0};
    return poll(&descriptor, 1, static_cast<int>(duration.count())) <= 0;
}

} // namespace exhibit::storage
