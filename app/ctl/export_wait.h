// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ctl/interruption.h"

namespace exhibit::ctl {

/// Waits for an export; says on standard error how far one is that the server makes as a job.
/// Ctrl-C cancels it there and then is a failure; a second one ends the program.
class ExportWait {
public:
    explicit ExportWait(Session& session);
    ~ExportWait();
    ExportWait(const ExportWait&) = delete;
    ExportWait& operator=(const ExportWait&) = delete;

    /// For the client's calls.
    [[nodiscard]] client::ExportTold told();
    [[nodiscard]] client::Reply<Bytes> wait(QFuture<client::Reply<Bytes>> future);

private:
    void show(const client::ExportJob& job);

    Session& m_session;
    Interruption m_interruption;
    bool m_terminal;
    std::string m_shown; ///< The last line, or the last phase where nobody watches.
};

} // namespace exhibit::ctl
