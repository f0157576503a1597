// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/web_post.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <future>

namespace exhibit::gateway {

namespace asio = boost::asio;

namespace {

using namespace std::chrono_literals;

constexpr UpstreamTimeouts kTimeouts{2s, 5s, 5s};

/// What the coroutine works with, and whoever waits for it.
struct Posting {
    WebPost::Message message;
    UpstreamTarget target;
    std::size_t bytesMax = 0;
    std::promise<Result<WebPost::Reply>> done;
};

asio::awaitable<Result<WebPost::Reply>> exchange(UpstreamClient& client,
                                                 std::shared_ptr<Posting> posting)
{
    const auto exchange = client.exchange(posting->target);
    UpstreamRequest request;
    request.method = "POST";
    request.target = posting->target.prefix.empty() ? "/" : posting->target.prefix;
    request.headers.add("Content-Type", posting->message.contentType);
    request.headers.add("Accept-Encoding", "identity");
    if (!posting->message.bearer.empty()) {
        request.headers.add("Authorization", "Bearer " + posting->message.bearer.expose());
    }
    request.body = posting->message.body;
    EXHIBIT_CO_TRY(const auto head, co_await exchange->start(std::move(request)));
    WebPost::Reply reply{head.status, {}};
    while (true) {
        EXHIBIT_CO_TRY(const auto bytes, co_await exchange->readSome());
        if (!bytes) {
            co_return reply;
        }
        reply.body += *bytes;
        if (reply.body.size() > posting->bytesMax) {
            exchange->cancel();
            co_return fail(ErrorCode::TooLarge, "the answer is too large");
        }
    }
}

asio::awaitable<void> run(UpstreamClient& client, std::shared_ptr<Posting> posting)
{
    auto reply = co_await exchange(client, posting);
    posting->done.set_value(std::move(reply));
}

} // namespace

WebPost::WebPost(asio::io_context& io)
    : m_io(io)
    , m_client(io, kTimeouts)
{
}

Result<WebPost::Reply> WebPost::post(Message message, Deadline deadline, std::size_t bytesMax)
{
    const auto posting = std::make_shared<Posting>();
    EXHIBIT_TRY(posting->target, parseBaseUrl(message.url));
    posting->message = std::move(message);
    posting->bytesMax = bytesMax;
    auto done = posting->done.get_future();
    // An exception leaves the promise unkept, which the future reports.
    const auto ended = [](const std::exception_ptr&) {};
    asio::co_spawn(m_io, run(m_client, posting), ended);
    if (done.wait_for(deadline.left()) != std::future_status::ready) {
        return fail(ErrorCode::DeadlineExceeded, "the service did not answer in time");
    }
    try {
        return done.get();
    } catch (const std::future_error&) {
        return fail(ErrorCode::Internal, "the request failed");
    }
}

} // namespace exhibit::gateway
