// SPDX-License-Identifier: Apache-2.0
#include "server/main/rate_sharing.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <future>

namespace exhibit::server {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr Periodic::Timing kTiming{1s, 1s};
constexpr auto kIoTimeout = 1s;
constexpr auto kExchangeTimeout = 2s;

} // namespace

RateSharing::RateSharing(Services services)
    : m_services(std::move(services))
    , m_exchanging("telling other replicas of rates", kTiming, [this] { return exchange(); })
{
}

/// What the windows have to say; they belong to the io thread.
Result<RateSharing::Told> RateSharing::ask(bool sharing)
{
    auto told = std::make_shared<std::promise<Told>>();
    auto answer = told->get_future();
    asio::post(m_services.io, [&windows = m_services.windows, sharing, told] {
        windows.share(sharing);
        told->set_value(sharing ? Told{windows.takeUnshared(), windows.activeKeys(utcNow())}
                                : Told{});
    });
    if (answer.wait_for(kIoTimeout) != std::future_status::ready) {
        return fail(ErrorCode::Unavailable, "the io thread is busy or has ended");
    }
    return answer.get();
}

Result<void> RateSharing::exchange()
{
    const bool sharing = m_services.shared();
    EXHIBIT_TRY(const auto told, ask(sharing));
    if (!sharing || (told.keys.empty() && told.uses.empty())) {
        return {};
    }
    EXHIBIT_TRY(auto others,
                m_services.exchange(told.uses, told.keys, Deadline::after(kExchangeTimeout)));
    asio::post(m_services.io, [&windows = m_services.windows, others = std::move(others)] {
        windows.learn(others);
    });
    return {};
}

} // namespace exhibit::server
