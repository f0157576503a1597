// SPDX-License-Identifier: Apache-2.0
// Prints what the journal does on this disk: records/s and the time from append to completion, for
// 1, 32 and 256 callers that each append their next record when the last one is durable. Every
// second record has no waiter, as the request of a proxied call has none.
//   bench_spool [folder] [seconds per row] [payload bytes]
#include "server/spool/journal.h"
#include "tests/server/spool/completion_loop.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

namespace {

using namespace exhibit;
using namespace exhibit::spool;
using Clock = std::chrono::steady_clock;

struct Row {
    int waiters = 1;
    int unawaitedPerAwaited = 0;
};

double cpuSeconds()
{
    rusage usage = {};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

class Bench {
public:
    Bench(Journal& journal, CompletionLoop& loop, Row row, std::size_t payloadBytes)
        : m_journal(journal)
        , m_loop(loop)
        , m_row(row)
        , m_payload(payloadBytes, 'x')
    {
    }

    void run(Clock::duration duration)
    {
        const auto before = m_journal.stats();
        const double cpuBefore = cpuSeconds();
        const auto begin = Clock::now();
        m_end = begin + duration;
        for (int i = 0; i < m_row.waiters; ++i) {
            appendNext();
        }
        m_loop.runUntil([this] { return m_inFlight == 0; });
        const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
        const auto after = m_journal.stats();
        const double records = static_cast<double>(after.durableRecordNo - before.durableRecordNo);
        const double commits = static_cast<double>(after.commits - before.commits);
        std::sort(m_latencies.begin(), m_latencies.end());
        fmt::print("K={:<4} +{} quiet: {:>9.0f} records/s {:>7.0f} commits/s {:>6.1f} per commit, "
                   "p50 {:>7.1f} us p99 {:>7.1f} us max {:>8.1f} us, {:.1f} us CPU per record\n",
                   m_row.waiters,
                   m_row.unawaitedPerAwaited,
                   records / seconds,
                   commits / seconds,
                   records / commits,
                   quantile(0.5),
                   quantile(0.99),
                   quantile(1.0),
                   (cpuSeconds() - cpuBefore) * 1e6 / records);
    }

private:
    Record record() const
    {
        return {.tenant = m_tenant, .call = m_call, .at = utcNow(), .payload = m_payload};
    }

    void appendNext()
    {
        for (int i = 0; i < m_row.unawaitedPerAwaited; ++i) {
            m_journal.append(record());
        }
        ++m_inFlight;
        const auto at = Clock::now();
        m_journal.append(record(), [this, at](const Result<void>& durable) {
            --m_inFlight;
            if (!durable) {
                fmt::print("commit failed: {}\n", durable.error().message);
                std::exit(1);
            }
            const auto now = Clock::now();
            m_latencies.push_back(std::chrono::duration<double, std::micro>(now - at).count());
            m_journal.release(m_journal.stats().durableRecordNo);
            if (now < m_end) {
                appendNext();
            }
        });
    }

    [[nodiscard]] double quantile(double part) const
    {
        const auto at
            = static_cast<std::size_t>(part * static_cast<double>(m_latencies.size() - 1));
        return m_latencies[at];
    }

    Journal& m_journal;
    CompletionLoop& m_loop;
    const Row m_row;
    const Bytes m_payload;
    const TenantId m_tenant = TenantId::generate();
    const CallId m_call = CallId::generate();
    Clock::time_point m_end;
    std::vector<double> m_latencies;
    int m_inFlight = 0;
};

} // namespace

int main(int argc, char** argv)
{
    std::string folder = argc > 1 ? argv[1] : "/tmp/exhibit-bench-XXXXXX";
    if (argc <= 1 && ::mkdtemp(folder.data()) == nullptr) {
        return 1;
    }
    const int seconds = argc > 2 ? std::atoi(argv[2]) : 3;
    const auto payloadBytes = static_cast<std::size_t>(argc > 3 ? std::atoi(argv[3]) : 1000);
    CompletionLoop loop;
    auto keys = keyFileWrapper(folder + "/spool.key");
    auto journal = Journal::open({.directory = folder + "/spool", .post = loop.poster()}, *keys);
    if (!journal) {
        fmt::print("{} ({})\n", journal.error().message, journal.error().subject);
        return 1;
    }
    for (const Row row : {Row{1, 0}, Row{1, 1}, Row{32, 0}, Row{32, 1}, Row{256, 0}}) {
        Bench(**journal, loop, row, payloadBytes).run(std::chrono::seconds(seconds));
    }
    journal->reset();
    std::filesystem::remove_all(argc > 1 ? folder + "/spool" : folder);
    return 0;
}
