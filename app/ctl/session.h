// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ctl/terminal.h"
#include "backend-client/client.h"

#include <QEventLoop>
#include <QFutureWatcher>

#include <memory>
#include <string>

namespace exhibit::ctl {

/// Part of the commands' contract: scripts rely on these numbers.
enum ExitCode : int { kDone = 0, kNo = 1, kWrongUsage = 2, kUnavailable = 3 };

struct GlobalOptions {
    std::string server; ///< Empty: EXHIBIT_SERVER, else exhibitd's default address.
    std::string keyFile; ///< Empty: EXHIBIT_API_KEY.
    bool json = false;
    double timeoutSeconds = 30;
};

/// Says "waiting" on a terminal once a call takes over a second, and takes it back.
class WaitingNotice {
public:
    WaitingNotice();
    ~WaitingNotice();
    WaitingNotice(const WaitingNotice&) = delete;
    WaitingNotice& operator=(const WaitingNotice&) = delete;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

/// One run of the program: its server, key and output.
class Session {
public:
    /// InvalidInput for a bad address, a missing key or an unreadable key file.
    [[nodiscard]] static Result<Session> open(const GlobalOptions& options, bool keyNeeded);

    [[nodiscard]] client::Client& client() { return *m_client; }
    [[nodiscard]] const Output& out() const { return m_output; }
    [[nodiscard]] bool json() const { return m_json; }
    [[nodiscard]] bool hasKey() const { return m_hasKey; }
    /// One line of JSON on standard output.
    void printJsonLine(const Json& json) const;

    /// Runs the event loop until the call is answered; a cancelled one is a failure.
    template <class T>
    [[nodiscard]] client::Reply<T> wait(QFuture<client::Reply<T>> future)
    {
        const WaitingNotice notice;
        QEventLoop loop;
        QFutureWatcher<client::Reply<T>> watcher;
        QObject::connect(&watcher, &QFutureWatcherBase::finished, &loop, &QEventLoop::quit);
        watcher.setFuture(future);
        if (!future.isFinished()) {
            loop.exec();
        }
        if (future.resultCount() == 0) {
            return tl::make_unexpected(client::Failure{
                {ErrorCode::Cancelled, "The call was cancelled.", {}}, 0, std::nullopt});
        }
        return future.result();
    }

private:
    Session(std::unique_ptr<client::Client> client, bool json, bool hasKey);

    std::unique_ptr<client::Client> m_client;
    Output m_output;
    bool m_json;
    bool m_hasKey;
};

} // namespace exhibit::ctl
