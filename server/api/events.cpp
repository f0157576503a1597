// SPDX-License-Identifier: Apache-2.0
#include "server/api/event_feed.h"
#include "server/api/resources.h"
#include "server/http/pause.h"
#include "server/http/router.h"

namespace exhibit::api {
namespace {

using namespace std::chrono_literals;

constexpr auto kStep = 250ms;
constexpr int kStepsOfSilence = 60; ///< Then a comment keeps proxies from closing the stream.

class EventsHandler {
public:
    EventsHandler(const SharedServices& services, AccessControl access)
        : m_access(std::move(access))
        , m_feed(std::make_shared<EventFeed>(services->database))
    {
    }

    boost::asio::awaitable<void> operator()(http::Exchange& exchange) const
    {
        const auto principal = m_access.authorize(exchange.request(), domain::Scope::IncidentRead);
        if (!principal) {
            co_await exchange.respond(principal.error());
            co_return;
        }
        const auto queue = m_feed->subscribe(principal->tenant, lastOf(exchange.request()));
        http::Headers headers{{"Content-Type", "text/event-stream"},
                              {"Cache-Control", "no-store"},
                              {"X-Accel-Buffering", "no"}};
        auto sent = co_await exchange.begin(200, std::move(headers));
        const std::string greeting = ": exhibit\n\n";
        if (sent) {
            sent = co_await exchange.write(greeting);
        }
        const std::string alive = ": alive\n\n";
        for (int silent = 0; sent && !exchange.clientGone() && !exchange.draining();) {
            const std::string messages = queue->take();
            if (!messages.empty()) {
                silent = 0;
                sent = co_await exchange.write(messages);
            } else if (++silent >= kStepsOfSilence) {
                silent = 0;
                sent = co_await exchange.write(alive);
            } else {
                co_await http::pause(kStep);
            }
        }
        if (sent) {
            sent = co_await exchange.end();
        }
    }

private:
    static std::optional<LiveCursor> lastOf(const http::Request& request)
    {
        return LiveCursor::parse(request.headers.find("Last-Event-ID").value_or(""));
    }

    AccessControl m_access;
    std::shared_ptr<EventFeed> m_feed;
};

} // namespace

void addEventRoute(http::Router& router,
                   const SharedServices& services,
                   const AccessControl& access)
{
    router.add({.method = "GET",
                .pattern = "/api/v1/events",
                .handler = http::StreamHandler(EventsHandler(services, access))});
}

} // namespace exhibit::api
