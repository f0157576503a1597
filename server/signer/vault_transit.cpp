// SPDX-License-Identifier: Apache-2.0
#include "server/signer/vault_transit.h"

#include "models/base/base64.h"
#include "models/base/json.h"
#include "server/signer/socket_address.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <poll.h>
#include <unistd.h>

namespace exhibit::signer {
namespace {

namespace http = boost::beast::http;

constexpr int kTimeoutMs = 5000;
constexpr std::uint32_t kHeadBytesMax = 16 * 1024;
constexpr std::uint64_t kBodyBytesMax = 256 * 1024;

bool isPlain(std::string_view name, bool slashes)
{
    return !name.empty() && name.size() <= 128
        && std::all_of(name.begin(), name.end(), [slashes](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                   || c == '-' || c == '_' || c == '.' || (slashes && c == '/');
           });
}

/// What is signed under "vault:vVERSION:base64".
Result<Bytes> signatureIn(std::string_view text, std::int64_t version)
{
    const std::string prefix = fmt::format("vault:v{}:", version);
    if (!text.starts_with(prefix)) {
        return fail(ErrorCode::Unavailable, "Vault signed with another version of the key");
    }
    return fromBase64(text.substr(prefix.size()));
}

class Connection;

class VaultKey final : public SignatureKey {
public:
    VaultKey(std::shared_ptr<Connection> connection,
             std::string name,
             std::int64_t version,
             evidence::PublicKey key)
        : m_connection(std::move(connection))
        , m_name(std::move(name))
        , m_version(version)
        , m_public(std::move(key))
    {
    }
    const evidence::PublicKey& publicKey() const override { return m_public; }
    Result<Bytes> sign(BytesView message) override;
    bool lost() const override;

private:
    std::shared_ptr<Connection> m_connection;
    std::string m_name;
    std::int64_t m_version;
    evidence::PublicKey m_public;
};

class Connection final : public VaultTransit, public std::enable_shared_from_this<Connection> {
public:
    Connection(spool::FileDescriptor socket, VaultOptions options)
        : m_socket(std::move(socket))
        , m_options(std::move(options))
    {
    }
    [[nodiscard]] bool lost() const { return m_lost; }

    Result<std::unique_ptr<SignatureKey>> key(const std::string& name) override
    {
        const std::size_t colon = name.find(':');
        const std::string plain = name.substr(0, colon);
        if (!isPlain(plain, false)) {
            return fail(ErrorCode::InvalidInput, "that is no name of a key in Vault", name);
        }
        EXHIBIT_TRY(const Json data, ask("GET", "/keys/" + plain, ""));
        if (stringMember(data, "type") != "ed25519") {
            return fail(ErrorCode::InvalidInput, "that key in Vault is none of Ed25519", name);
        }
        const Json* latest = findMember(data, "latest_version");
        std::string version = colon == name.npos ? "" : name.substr(colon + 1);
        if (version.empty() && latest != nullptr && latest->is_int64()) {
            version = std::to_string(latest->get_int64());
        }
        const Json* keys = findMember(data, "keys");
        const Json* key = keys == nullptr ? nullptr : findMember(*keys, version);
        if (key == nullptr || version.find_first_not_of("0123456789") != version.npos) {
            return fail(ErrorCode::NotFound, "Vault has no such version of the key", name);
        }
        EXHIBIT_TRY(const Bytes raw, fromBase64(stringMember(*key, "public_key")));
        EXHIBIT_TRY(auto publicKey, evidence::PublicKey::fromEd25519(raw));
        return std::make_unique<VaultKey>(
            shared_from_this(), plain, std::stoll(version), std::move(publicKey));
    }

    Result<Json> sign(const std::string& name, std::int64_t version, BytesView message)
    {
        return ask("POST",
                   "/sign/" + name,
                   printJson(JsonObject{{"input", toBase64(message)}, {"key_version", version}}));
    }

private:
    /// The "data" of the answer. Whatever goes wrong on the wire, the connection is of no use any
    /// more: an answer that comes late must never be taken for that of the next request.
    Result<Json> ask(std::string_view method, const std::string& path, const std::string& body)
    {
        const std::string request = fmt::format("{} /v1/{}{} HTTP/1.1\r\nHost: vault\r\n{}"
                                                "X-Vault-Request: true\r\nContent-Length: {}\r\n"
                                                "Content-Type: application/json\r\n\r\n{}",
                                                method,
                                                m_options.mount,
                                                path,
                                                tokenLine(),
                                                body.size(),
                                                body);
        auto answer = exchange(request);
        if (!answer) {
            m_lost = true;
            return tl::make_unexpected(answer.error());
        }
        if (answer->result_int() != 200) {
            return fail(ErrorCode::Unavailable,
                        fmt::format("Vault answered with the status {}", answer->result_int()));
        }
        EXHIBIT_TRY(const Json json, parseJson(answer->body()));
        const Json* data = findMember(json, "data");
        if (data == nullptr) {
            return fail(ErrorCode::Unavailable, "Vault's answer has no data");
        }
        return *data;
    }

    [[nodiscard]] std::string tokenLine() const
    {
        return m_options.token.empty() ? "" : "X-Vault-Token: " + m_options.token.expose() + "\r\n";
    }

    Result<http::response<http::string_body>> exchange(std::string_view request)
    {
        if (m_lost) {
            return fail(ErrorCode::Unavailable, "the connection to Vault is lost");
        }
        EXHIBIT_CHECK(send(request));
        http::response_parser<http::string_body> parser;
        parser.header_limit(kHeadBytesMax);
        parser.body_limit(kBodyBytesMax);
        parser.eager(true);
        Bytes unread;
        std::array<char, 16384> buffer{};
        while (!parser.is_done()) {
            EXHIBIT_TRY(const std::size_t received, receive(buffer.data(), buffer.size()));
            unread.append(buffer.data(), received);
            boost::system::error_code error;
            const std::size_t used
                = parser.put(boost::asio::buffer(unread.data(), unread.size()), error);
            if (error && error != http::error::need_more) {
                return fail(ErrorCode::Unavailable, "Vault's answer cannot be read");
            }
            unread.erase(0, used);
        }
        if (!unread.empty()) {
            return fail(ErrorCode::Unavailable, "Vault sent more than an answer");
        }
        return parser.release();
    }

    Result<void> send(std::string_view bytes)
    {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(m_socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) {
                return fail(ErrorCode::Unavailable, "Vault does not take a request");
            }
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return {};
    }

    Result<std::size_t> receive(char* into, std::size_t size)
    {
        pollfd waiting{m_socket.get(), POLLIN, 0};
        const bool ready = ::poll(&waiting, 1, kTimeoutMs) == 1;
        const ssize_t received = ready ? ::recv(m_socket.get(), into, size, 0) : -1;
        if (received <= 0) {
            return fail(ErrorCode::Unavailable, "Vault does not answer");
        }
        return static_cast<std::size_t>(received);
    }

    spool::FileDescriptor m_socket;
    VaultOptions m_options;
    bool m_lost = false;
};

Result<Bytes> VaultKey::sign(BytesView message)
{
    EXHIBIT_TRY(const Json data, m_connection->sign(m_name, m_version, message));
    EXHIBIT_TRY(Bytes signature, signatureIn(stringMember(data, "signature"), m_version));
    // Vault is another party: what it calls a signature is looked at before it leaves.
    if (!m_public.verify(message, signature)) {
        return fail(ErrorCode::Unavailable, "Vault's signature does not fit its key");
    }
    return signature;
}

bool VaultKey::lost() const
{
    return m_connection->lost();
}

} // namespace

Result<std::shared_ptr<VaultTransit>> VaultTransit::connect(VaultOptions options)
{
    if (!isPlain(options.mount, true)) {
        return fail(ErrorCode::InvalidInput, "that is no mount of Vault", options.mount);
    }
    if (options.token.expose().find_first_of("\r\n") != std::string::npos) {
        return fail(ErrorCode::InvalidInput, "that is no token of Vault");
    }
    EXHIBIT_TRY(const auto address, SocketAddress::of(options.socket));
    spool::FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (socket.get() < 0 || ::connect(socket.get(), address.get(), sizeof address.address) != 0) {
        return fail(ErrorCode::Unavailable, std::strerror(errno), options.socket.string());
    }
    return std::make_shared<Connection>(std::move(socket), std::move(options));
}

} // namespace exhibit::signer
