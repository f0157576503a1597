// SPDX-License-Identifier: Apache-2.0
#include "server/http/offload.h"

#include "server/ops/log.h"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>

namespace exhibit::http {

namespace asio = boost::asio;

namespace {

struct Outcome {
    explicit Outcome(const asio::any_io_executor& executor)
        : ready(executor, asio::steady_timer::time_point::max())
    {
    }
    asio::steady_timer ready; ///< Used as a signal: cancelled on the io thread.
    bool done = false;
};

/// Wakes the coroutine when the pool lets go of it: after its run, or dropped unrun.
class Job {
public:
    Job(asio::any_io_executor executor,
        std::shared_ptr<Outcome> outcome,
        std::function<void()> work)
        : m_executor(std::move(executor))
        , m_outcome(std::move(outcome))
        , m_work(std::move(work))
    {
    }
    ~Job()
    {
        try {
            asio::post(m_executor, [outcome = std::move(m_outcome)] { outcome->ready.cancel(); });
        } catch (const std::exception&) {
            ops::logError("out of memory: a session waits until the server cuts it");
        }
    }
    Job(const Job&) = delete;
    Job& operator=(const Job&) = delete;

    void run()
    {
        m_work();
        m_outcome->done = true;
    }

private:
    asio::any_io_executor m_executor;
    std::shared_ptr<Outcome> m_outcome;
    std::function<void()> m_work;
};

} // namespace

asio::awaitable<bool> offload(WorkerPool& pool, std::function<void()> work)
{
    const auto executor = co_await asio::this_coro::executor;
    const auto outcome = std::make_shared<Outcome>(executor);
    auto job = std::make_shared<Job>(executor, outcome, std::move(work));
    std::function<void()> run = [job] { job->run(); };
    job.reset(); // Only what the pool holds counts from here.
    if (!pool.submit(std::move(run))) {
        co_return false;
    }
    boost::system::error_code cancelled;
    co_await outcome->ready.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    co_return outcome->done;
}

} // namespace exhibit::http
