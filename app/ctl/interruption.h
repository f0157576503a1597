// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ctl/session.h"

#include <QTimer>

namespace exhibit::ctl {

/// While it lives the first Ctrl-C is a wish that work can follow; a second one ends the program.
/// One at a time.
class Interruption {
public:
    Interruption();
    ~Interruption();
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;

    [[nodiscard]] static bool wanted();

    /// Cancels the call on Ctrl-C, which then is a failure.
    template <class T>
    [[nodiscard]] client::Reply<T> wait(Session& session, QFuture<client::Reply<T>> future) const
    {
        QTimer timer;
        QObject::connect(&timer, &QTimer::timeout, &timer, [&future] {
            if (wanted()) {
                future.cancel();
            }
        });
        timer.start(kLookForSignal);
        return session.wait(future);
    }

private:
    static constexpr std::chrono::milliseconds kLookForSignal{100};
};

} // namespace exhibit::ctl
