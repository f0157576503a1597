// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/export_wait.h"

#include <fmt/format.h>

#include <iostream>

namespace exhibit::ctl {
namespace {

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
}

ExportWait::~ExportWait()
{
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
    return m_interruption.wait(m_session, future);
}

} // namespace exhibit::ctl
