// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/session.h"

#include "models/base/limits.h"

#include <QTimer>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>

namespace exhibit::ctl {
namespace {

constexpr const char* kDefaultServer = "http://127.0.0.1:8470"; // exhibitd's default --listen.

std::string environment(const char* name)
{
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

std::string trimmed(std::string text)
{
    const auto isSpace = [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; };
    while (!text.empty() && isSpace(text.back())) {
        text.pop_back();
    }
    std::size_t begin = 0;
    while (begin < text.size() && isSpace(text[begin])) {
        ++begin;
    }
    return text.substr(begin);
}

Result<Secret> readKey(const GlobalOptions& options)
{
    if (options.keyFile.empty()) {
        return Secret(trimmed(environment("EXHIBIT_API_KEY")));
    }
    std::ifstream file(options.keyFile, std::ios::binary);
    if (!file) {
        return fail(ErrorCode::InvalidInput, "The key file cannot be read.", options.keyFile);
    }
    std::string text(limits::kKeyFileBytesMax + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > limits::kKeyFileBytesMax) {
        return fail(ErrorCode::InvalidInput, "The file is too large for a key.", options.keyFile);
    }
    Secret key(trimmed(std::move(text)));
    if (key.empty()) {
        return fail(ErrorCode::InvalidInput, "The key file is empty.", options.keyFile);
    }
    return key;
}

} // namespace

struct WaitingNotice::State {
    QTimer timer;
    bool shown = false;
};

WaitingNotice::WaitingNotice()
{
    if (!standardErrorIsTerminal()) {
        return;
    }
    m_state = std::make_unique<State>();
    m_state->timer.setSingleShot(true);
    auto* state = m_state.get();
    QObject::connect(&state->timer, &QTimer::timeout, &state->timer, [state] {
        std::cerr << "Waiting for the server..." << std::flush;
        state->shown = true;
    });
    m_state->timer.start(std::chrono::seconds(1));
}

WaitingNotice::~WaitingNotice()
{
    if (m_state && m_state->shown) {
        std::cerr << "\r\x1b[K" << std::flush;
    }
}

Session::Session(std::unique_ptr<client::Client> client, bool json, bool hasKey)
    : m_client(std::move(client))
    , m_output(standardOutput())
    , m_json(json)
    , m_hasKey(hasKey)
{
}

Result<Session> Session::open(const GlobalOptions& options, bool keyNeeded)
{
    EXHIBIT_TRY(Secret key, readKey(options));
    if (keyNeeded && key.empty()) {
        return fail(ErrorCode::InvalidInput,
                    "There is no API key; give --key-file FILE or set EXHIBIT_API_KEY.");
    }
    std::string server = options.server.empty() ? environment("EXHIBIT_SERVER") : options.server;
    const bool hasKey = !key.empty();
    client::ServerAddress address{
        server.empty() ? kDefaultServer : std::move(server),
        std::move(key),
        std::chrono::milliseconds(static_cast<std::int64_t>(options.timeoutSeconds * 1000))};
    EXHIBIT_TRY(auto client, client::Client::create(std::move(address)));
    return Session(std::move(client), options.json, hasKey);
}

void Session::printJsonLine(const Json& json) const
{
    m_output.stream << printJson(json) << '\n';
}

} // namespace exhibit::ctl
