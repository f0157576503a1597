// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/export_wait.h"

#include <fmt/format.h>

#include <QTimer>

#include <csignal>
#include <iostream>

namespace exhibit::ctl {
namespace {

using namespace std::chrono_literals;

constexpr auto kLookForSignal = 100ms;

volatile std::sig_atomic_t g_interrupted = 0;

void interrupt(int)
{
    g_interrupted = 1;
}

/// "reading", "pages 12 of 300", "fetching 3 of 12 MiB"
std::string words(const client::ExportJob& job)
{
    constexpr std::int64_t kMiB = 1024 * 1024;
    const std::string phase = job.phase.empty() ? job.state : job.phase;
    if (job.total <= 0) {
        return job.done > 0 ? fmt::format("{} {}", phase, job.done) : phase;
    }
    return phase == "fetching"
        ? fmt::format("fetching {} of {} MiB", job.done / kMiB, (job.total + kMiB - 1) / kMiB)
        : fmt::format("{} {} of {}", phase, job.done, job.total);
}

} // namespace

ExportWait::ExportWait(Session& session)
    : m_session(session)
    , m_terminal(standardErrorIsTerminal())
{
    g_interrupted = 0;
    struct sigaction action = {};
    action.sa_handler = interrupt;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigaction(SIGINT, &action, nullptr);
}

ExportWait::~ExportWait()
{
    std::signal(SIGINT, SIG_DFL);
    if (m_terminal && !m_shown.empty()) {
        std::cerr << "\r\x1b[K" << std::flush;
    }
}

client::ExportTold ExportWait::told()
{
    return [this](const client::ExportJob& job) { show(job); };
}

void ExportWait::show(const client::ExportJob& job)
{
    if (m_terminal) {
        m_shown = fmt::format("Export {}: {}", job.exportId, words(job));
        std::cerr << "\r\x1b[K" << m_shown << std::flush;
        return;
    }
    const std::string phase = job.phase.empty() ? job.state : job.phase;
    if (phase != m_shown) {
        m_shown = phase;
        std::cerr << "export " << job.exportId << ": " << phase << "\n";
    }
}

client::Reply<Bytes> ExportWait::wait(QFuture<client::Reply<Bytes>> future)
{
    QTimer timer;
    QObject::connect(&timer, &QTimer::timeout, &timer, [&future] {
        if (g_interrupted != 0) {
            future.cancel();
        }
    });
    timer.start(kLookForSignal);
    return m_session.wait(future);
}

} // namespace exhibit::ctl
