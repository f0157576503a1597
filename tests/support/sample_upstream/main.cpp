// SPDX-License-Identifier: Apache-2.0
// exhibit-sample-upstream: a provider that answers from recordings (commands.md). A process of its
// own, reached like any provider.
#include "tests/support/sample_upstream/answer.h"

#include <CLI/CLI.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include <iostream>
#include <optional>

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;

namespace exhibit::sample {
namespace {

struct Server {
    Recordings recordings;
    Options options;
    std::optional<asio::ssl::context> tls;
};

asio::awaitable<void> pause(std::chrono::milliseconds time)
{
    if (time.count() > 0) {
        asio::steady_timer timer(co_await asio::this_coro::executor, time);
        co_await timer.async_wait(asio::use_awaitable);
    }
}

/// Waits until the client closes.
template <class Stream>
asio::awaitable<void> waitForClose(Stream& stream)
{
    char byte = 0;
    boost::system::error_code error;
    while (!error) {
        co_await stream.async_read_some(asio::buffer(&byte, 1),
                                        asio::redirect_error(asio::use_awaitable, error));
    }
}

template <class Stream>
asio::awaitable<void> send(Stream& stream, const Answer& answer)
{
    co_await pause(answer.delay);
    bool first = true;
    for (const auto& piece : answer.pieces) {
        if (!first) {
            co_await pause(answer.gap);
        }
        first = false;
        co_await asio::async_write(stream, asio::buffer(piece), asio::use_awaitable);
    }
}

template <class Stream>
asio::awaitable<void> serve(Stream& stream, const Server& server)
{
    beast::flat_buffer buffer;
    for (;;) {
        beast::http::request_parser<beast::http::string_body> parser;
        parser.body_limit(64 * 1024 * 1024);
        co_await beast::http::async_read(stream, buffer, parser, asio::use_awaitable);
        const auto& request = parser.get();
        const auto header = [&request](const char* name) {
            const auto found = request.find(name);
            return found == request.end() ? std::string() : std::string(found->value());
        };
        const std::string target(request.target());
        const Answer answer = answerTo(server.recordings,
                                       server.options,
                                       std::string_view(request.method_string()),
                                       target.substr(0, target.find('?')),
                                       request.body(),
                                       header("x-sample-id"),
                                       header("x-sample-fault"));
        co_await send(stream, answer);
        if (answer.stallAfter) {
            co_await waitForClose(stream);
        }
        if (answer.closeAfter || answer.stallAfter || !request.keep_alive()) {
            co_return;
        }
    }
}

asio::awaitable<void> session(tcp::socket socket, Server& server)
{
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    try {
        if (server.tls) {
            asio::ssl::stream<tcp::socket> stream(std::move(socket), *server.tls);
            co_await stream.async_handshake(asio::ssl::stream_base::server, asio::use_awaitable);
            co_await serve(stream, server);
        } else {
            co_await serve(socket, server);
        }
    } catch (const boost::system::system_error&) {
        // The client left or sent no HTTP; either way this connection is over.
    }
}

asio::awaitable<void> accept(tcp::acceptor& acceptor, Server& server)
{
    for (;;) {
        auto socket = co_await acceptor.async_accept(asio::use_awaitable);
        asio::co_spawn(acceptor.get_executor(), session(std::move(socket), server), asio::detached);
    }
}

tcp::endpoint parseAddress(const std::string& listen)
{
    const auto colon = listen.rfind(':');
    return {asio::ip::make_address(listen.substr(0, colon)),
            static_cast<std::uint16_t>(std::stoi(listen.substr(colon + 1)))};
}

int run(Server& server, const std::string& listen)
{
    asio::io_context io(1);
    tcp::acceptor acceptor(io, parseAddress(listen));
    const auto endpoint = acceptor.local_endpoint();
    std::cout << "{\"listening\":\"" << endpoint.address().to_string() << ":" << endpoint.port()
              << "\",\"recordings\":" << server.recordings.size()
              << ",\"skipped\":" << server.recordings.skipped() << "}" << std::endl;
    asio::signal_set signals(io, SIGTERM, SIGINT);
    signals.async_wait([&io](const boost::system::error_code&, int) { io.stop(); });
    asio::co_spawn(io, accept(acceptor, server), asio::detached);
    io.run();
    return 0;
}

} // namespace
} // namespace exhibit::sample

int main(int argc, char** argv)
{
    using namespace exhibit::sample;
    CLI::App app("A provider that answers from recordings", "exhibit-sample-upstream");
    std::string listen = "127.0.0.1:0";
    std::string recordings;
    std::vector<std::string> tls;
    std::int64_t latency = 0;
    std::int64_t gap = 0;
    Options options;
    app.set_version_flag("--version", EXHIBIT_VERSION);
    app.add_option("--listen", listen, "HOST:PORT; port 0 takes any free one");
    app.add_option("--recordings", recordings, "Folder or FILE.jsonl[.gz]")->required();
    app.add_option("--latency-ms", latency, "Wait before the first byte")
        ->check(CLI::NonNegativeNumber);
    app.add_option("--event-gap-ms", gap, "Wait between the events of a stream")
        ->check(CLI::NonNegativeNumber);
    app.add_option(
        "--chunk-bytes", options.chunkBytes, "Split bodies into writes of so many bytes");
    app.add_option("--fault", options.fault, "Fault of every answer")
        ->check(CLI::IsMember(std::vector<std::string>(std::begin(kFaults), std::end(kFaults))));
    app.add_option("--tls", tls, "Certificate and key, PEM files")->expected(2);
    CLI11_PARSE(app, argc, argv);

    auto loaded = Recordings::load(recordings);
    if (!loaded) {
        std::cerr << loaded.error().subject << ": " << loaded.error().message << "\n";
        return 2;
    }
    options.latency = std::chrono::milliseconds(latency);
    options.eventGap = std::chrono::milliseconds(gap);
    Server server{*std::move(loaded), options, std::nullopt};
    try {
        if (!tls.empty()) {
            server.tls.emplace(asio::ssl::context::tls_server);
            server.tls->use_certificate_chain_file(tls[0]);
            server.tls->use_private_key_file(tls[1], asio::ssl::context::pem);
        }
        return run(server, listen);
    } catch (const std::exception& error) {
        std::cerr << "exhibit-sample-upstream: " << error.what() << "\n";
        return 3;
    }
}
