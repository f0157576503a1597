// SPDX-License-Identifier: Apache-2.0
#include "server/signer/service.h"

#include "models/base/time.h"
#include "server/signer/protocol.h"
#include "server/signer/sandbox.h"

#include <fmt/format.h>

#include <cerrno>
#include <csignal>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace exhibit::signer {
namespace {

volatile std::sig_atomic_t stopAsked = 0;

void askToStop(int)
{
    stopAsked = 1;
}

/// Sends what the client takes without waiting for it: others wait behind. False when it is gone.
bool sendSome(int descriptor, Bytes& bytes)
{
    while (!bytes.empty()) {
        const ssize_t sent
            = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EINTR) {
            return errno == EAGAIN || errno == EWOULDBLOCK;
        }
        bytes.erase(0, static_cast<std::size_t>(std::max<ssize_t>(sent, 0)));
    }
    return true;
}

void logUse(const Caller& caller, const Json& request, const Json& reply)
{
    const auto call = stringMember(request, "call");
    if (call == "health" || call == "last-head" || call == "public-keys") {
        return;
    }
    const auto about = findMember(request, "origin") != nullptr ? stringMember(request, "origin")
                                                                : stringMember(request, "id");
    const bool refused = findMember(reply, "error") != nullptr;
    const std::string line = printJson(JsonObject{{"at", formatTime(utcNow())},
                                                  {"call", call},
                                                  {"about", about},
                                                  {"pid", static_cast<std::int64_t>(caller.pid)},
                                                  {"result", refused ? "refused" : "done"}})
        + "\n";
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

} // namespace

Service::Service(Signer signer, ServiceOptions options)
    : m_signer(std::move(signer))
    , m_options(std::move(options))
{
}

void Service::run()
{
    std::signal(SIGTERM, askToStop);
    std::signal(SIGINT, askToStop);
    while (stopAsked == 0 && !m_signer.lostKeys()) {
        std::vector<pollfd> descriptors{{m_options.listener, POLLIN, 0}};
        for (const auto& [descriptor, client] : m_clients) {
            const auto awaited = client.unsent.empty() ? POLLIN : POLLOUT;
            descriptors.push_back({descriptor, static_cast<short>(awaited), 0});
        }
        if (::poll(descriptors.data(), descriptors.size(), 1000) < 0 && errno != EINTR) {
            return;
        }
        for (std::size_t i = 1; i < descriptors.size(); ++i) {
            const int descriptor = descriptors[i].fd;
            if (descriptors[i].revents != 0 && !serve(descriptor, m_clients.at(descriptor))) {
                ::close(descriptor);
                m_clients.erase(descriptor);
            }
        }
        if ((descriptors[0].revents & POLLIN) != 0) {
            accept();
        }
    }
}

void Service::accept()
{
    const int descriptor = ::accept4(m_options.listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0) {
        return;
    }
    ucred credentials{};
    socklen_t size = sizeof credentials;
    const bool known = ::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0
        && (credentials.uid == 0 || credentials.uid == m_options.uid);
    if (!known || m_clients.size() >= limits::kSignerConnectionsMax) {
        ::close(descriptor);
        return;
    }
    m_clients[descriptor].caller = {credentials.pid, credentials.uid};
}

bool Service::serve(int descriptor, Client& client)
{
    if (!sendSome(descriptor, client.unsent)) {
        return false;
    }
    if (!client.unsent.empty()) {
        return true;
    }
    std::array<char, 65536> buffer{};
    const ssize_t received = ::recv(descriptor, buffer.data(), buffer.size(), MSG_DONTWAIT);
    const bool none = received < 0 && (errno == EAGAIN || errno == EINTR);
    if (received <= 0 && !none) {
        return false;
    }
    client.received.append(buffer.data(), static_cast<std::size_t>(none ? 0 : received));
    return answerAll(descriptor, client);
}

bool Service::answerAll(int descriptor, Client& client)
{
    while (client.unsent.empty() && client.received.size() >= kPrefixBytes) {
        const auto size = announcedSize(client.received);
        if (!size) {
            return false;
        }
        if (client.received.size() - kPrefixBytes < *size) {
            return true;
        }
        const Bytes message = client.received.substr(kPrefixBytes, *size);
        client.received.erase(0, kPrefixBytes + *size);
        auto reply = frame(answer(client, message));
        if (!reply) {
            return false;
        }
        client.unsent = *std::move(reply);
        if (!sendSome(descriptor, client.unsent)) {
            return false;
        }
    }
    return true;
}

bool Service::mayAsk(const Caller& caller)
{
    if (caller.pid == m_options.owner) {
        return true;
    }
    auto& recent = m_recent[caller.uid];
    const auto now = std::chrono::steady_clock::now();
    while (!recent.empty() && now - recent.front() > std::chrono::minutes(1)) {
        recent.pop_front();
    }
    if (recent.size() >= m_options.requestsPerMinute) {
        return false;
    }
    recent.push_back(now);
    return true;
}

Json Service::answer(const Client& client, BytesView message)
{
    const auto request = parseJson(message);
    if (!request) {
        return Json(errorReply(request.error()));
    }
    if (!mayAsk(client.caller)) {
        Json refused = errorReply({ErrorCode::Unavailable, "too many requests in a minute", {}});
        logUse(client.caller, *request, refused);
        return refused;
    }
    if (stringMember(*request, "call") == "health") {
        return JsonObject{{"ok", true},
                          {"pid", static_cast<std::int64_t>(::getpid())},
                          {"sandbox", m_options.sandbox},
                          {"probe", probe()}};
    }
    Json reply = m_signer.handle(*request);
    logUse(client.caller, *request, reply);
    return reply;
}

} // namespace exhibit::signer
