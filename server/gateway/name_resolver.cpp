// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/name_resolver.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <charconv>
#include <map>

namespace exhibit::gateway {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

/// So many names may be slow at once before others wait for them.
constexpr std::size_t kThreads = 8;

Result<NameWait::Addresses> lookUp(const std::string& host, const std::string& port)
{
    asio::io_context own;
    boost::system::error_code error;
    const auto found = tcp::resolver(own).resolve(host, port, error);
    if (error) {
        return fail(ErrorCode::Unavailable, "the provider cannot be reached: " + error.message());
    }
    return NameWait::Addresses(found.begin(), found.end());
}

std::optional<tcp::endpoint> numeric(const std::string& host, const std::string& port)
{
    boost::system::error_code error;
    const auto address = asio::ip::make_address(host, error);
    std::uint16_t number = 0;
    const auto [end, bad] = std::from_chars(port.data(), port.data() + port.size(), number);
    const bool whole = bad == std::errc{} && end == port.data() + port.size();
    return error || !whole ? std::nullopt : std::optional(tcp::endpoint(address, number));
}

} // namespace

asio::awaitable<Result<NameWait::Addresses>> NameWait::wait(std::chrono::milliseconds timeout)
{
    boost::system::error_code ended;
    if (!m_found) {
        m_timer.expires_after(timeout);
        co_await m_timer.async_wait(asio::redirect_error(asio::use_awaitable, ended));
    }
    if (!m_found) {
        m_found = ended ? fail(ErrorCode::Cancelled, "the call was cancelled")
                        : fail(ErrorCode::DeadlineExceeded, "the provider took too long");
    }
    co_return *std::move(m_found);
}

void NameWait::cancel()
{
    m_timer.cancel();
}

void NameWait::finish(Result<Addresses> found)
{
    if (!m_found) {
        m_found = std::move(found);
        m_timer.cancel();
    }
}

class NameResolver::Impl : public std::enable_shared_from_this<NameResolver::Impl> {
public:
    explicit Impl(asio::io_context& io)
        : m_io(io)
        , m_threads(kThreads)
    {
    }
    void stop()
    {
        m_threads.stop();
        m_threads.join();
    }

    std::shared_ptr<NameWait> look(const std::string& host, const std::string& port)
    {
        auto wait = std::make_shared<NameWait>(m_io);
        if (const auto address = numeric(host, port)) {
            wait->finish(NameWait::Addresses{*address});
            return wait;
        }
        auto& waiting = m_waiting[{host, port}];
        waiting.push_back(wait);
        if (waiting.size() == 1) {
            asio::post(m_threads, [this, name = Name{host, port}] {
                auto found = lookUp(name.first, name.second);
                asio::post(m_io, [weak = weak_from_this(), name, found = std::move(found)] {
                    if (const auto self = weak.lock()) {
                        self->finish(name, found);
                    }
                });
            });
        }
        return wait;
    }

private:
    using Name = std::pair<std::string, std::string>;

    void finish(const Name& name, const Result<NameWait::Addresses>& found)
    {
        const auto waiting = std::move(m_waiting[name]);
        m_waiting.erase(name);
        for (const auto& weak : waiting) {
            if (const auto wait = weak.lock()) {
                wait->finish(found);
            }
        }
    }

    asio::io_context& m_io;
    asio::thread_pool m_threads;
    std::map<Name, std::vector<std::weak_ptr<NameWait>>> m_waiting;
};

NameResolver::NameResolver(asio::io_context& io)
    : m_impl(std::make_shared<Impl>(io))
{
}

NameResolver::~NameResolver()
{
    m_impl->stop();
}

std::shared_ptr<NameWait> NameResolver::look(const std::string& host, const std::string& port)
{
    return m_impl->look(host, port);
}

} // namespace exhibit::gateway
