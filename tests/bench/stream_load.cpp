// SPDX-License-Identifier: Apache-2.0
// Holds many streaming calls open at once and prints when their events arrive, as one line of JSON:
//   stream_load HOST PORT STREAMS HEADER... < body
// first_us: from the request to the first event. gap_us: between neighbouring events of a stream.
#include <fmt/format.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Stream {
    int socket = -1;
    Clock::time_point sent{};
    Clock::time_point last{};
    std::size_t events = 0;
    std::string tail; ///< Bytes of a marker cut by the end of a read.
    bool done = false;
};

struct Samples {
    std::vector<double> first;
    std::vector<double> gap;
};

double quantile(std::vector<double>& values, double q)
{
    if (values.empty()) {
        return 0;
    }
    const auto at = static_cast<std::ptrdiff_t>(q * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), values.begin() + at, values.end());
    return values[static_cast<std::size_t>(at)];
}

int connectTo(const char* host, int port)
{
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    ::inet_pton(AF_INET, host, &address.sin_addr);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        std::perror("connect");
        std::exit(3);
    }
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

/// Notes the arrival of every event that begins in these bytes.
void noteEvents(Stream& stream, std::string_view bytes, Samples& samples)
{
    constexpr std::string_view kMarker = "data: ";
    const auto now = Clock::now();
    std::string text = stream.tail;
    text += bytes;
    for (auto at = text.find(kMarker); at != std::string::npos; at = text.find(kMarker, at + 1)) {
        const auto& since = stream.events == 0 ? stream.sent : stream.last;
        const double us = std::chrono::duration<double, std::micro>(now - since).count();
        (stream.events == 0 ? samples.first : samples.gap).push_back(us);
        stream.last = now;
        ++stream.events;
    }
    stream.done = stream.done || text.find("[DONE]") != std::string::npos;
    stream.tail = text.substr(text.size() - std::min(text.size(), kMarker.size() - 1));
}

void readAll(int poll, std::vector<Stream>& streams, Samples& samples)
{
    std::size_t open = streams.size();
    std::vector<epoll_event> ready(256);
    std::vector<char> buffer(1 << 16);
    while (open > 0) {
        const int count = ::epoll_wait(poll, ready.data(), static_cast<int>(ready.size()), 30000);
        if (count <= 0) {
            std::cerr << "stream_load: no event for 30 s\n";
            std::exit(1);
        }
        for (int i = 0; i < count; ++i) {
            auto& stream = streams[ready[static_cast<std::size_t>(i)].data.u64];
            const auto got = ::read(stream.socket, buffer.data(), buffer.size());
            if (got > 0) {
                noteEvents(stream, {buffer.data(), static_cast<std::size_t>(got)}, samples);
            }
            if (got <= 0 || stream.done) {
                ::epoll_ctl(poll, EPOLL_CTL_DEL, stream.socket, nullptr);
                ::close(stream.socket);
                --open;
            }
        }
    }
}

} // namespace

int main(int argc, char** argv)
{
    if (argc < 4) {
        std::cerr << "usage: stream_load HOST PORT STREAMS HEADER... < body\n";
        return 2;
    }
    const std::string body(std::istreambuf_iterator<char>(std::cin), {});
    std::string request = fmt::format("POST /v1/chat/completions HTTP/1.1\r\nHost: {}\r\n"
                                      "Content-Type: application/json\r\nContent-Length: {}\r\n",
                                      argv[1],
                                      body.size());
    for (int i = 4; i < argc; ++i) {
        request += std::string(argv[i]) + "\r\n";
    }
    request += "\r\n" + body;

    std::vector<Stream> streams(static_cast<std::size_t>(std::atoi(argv[3])));
    Samples samples;
    const int poll = ::epoll_create1(0);
    for (std::size_t i = 0; i < streams.size(); ++i) {
        streams[i].socket = connectTo(argv[1], std::atoi(argv[2]));
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = i;
        ::epoll_ctl(poll, EPOLL_CTL_ADD, streams[i].socket, &event);
        streams[i].sent = Clock::now();
        if (::write(streams[i].socket, request.data(), request.size()) < 0) {
            std::perror("write");
            return 3;
        }
        ::usleep(1000); // Spreads the starts, as independent clients would.
    }
    readAll(poll, streams, samples);
    const auto finished = std::count_if(
        streams.begin(), streams.end(), [](const Stream& stream) { return stream.done; });
    std::cout << fmt::format("{{\"streams\":{},\"finished\":{},\"events\":{},\"first_us\":{{"
                             "\"p50\":{:.0f},\"p99\":{:.0f}}},"
                             "\"gap_us\":{{\"p50\":{:.0f},\"p99\":{:.0f}}}}}\n",
                             streams.size(),
                             finished,
                             samples.first.size() + samples.gap.size(),
                             quantile(samples.first, 0.5),
                             quantile(samples.first, 0.99),
                             quantile(samples.gap, 0.5),
                             quantile(samples.gap, 0.99));
    return finished == static_cast<std::ptrdiff_t>(streams.size()) ? 0 : 1;
}
