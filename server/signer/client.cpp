// SPDX-License-Identifier: Apache-2.0
#include "server/signer/client.h"

#include "models/base/base64.h"
#include "models/base/limits.h"
#include "models/evidence/checkpoint.h"
#include "server/signer/protocol.h"
#include "server/signer/socket_address.h"
#include "server/spool/aes_gcm.h"
#include "server/spool/local_file.h"

#include <fmt/format.h>

#include <cerrno>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace exhibit::signer {
namespace {

constexpr std::size_t kKeyFileBytesMax = 4096;
constexpr const char* kFieldsKeyFile = "fields.key";

tl::unexpected<Error> away()
{
    return fail(ErrorCode::Unavailable, "the signer does not answer");
}

Result<int> connectTo(const std::filesystem::path& path)
{
    const auto address = SocketAddress::of(path);
    if (!address) {
        return away();
    }
    const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) {
        return away();
    }
    if (::connect(descriptor, address->get(), sizeof address->address) != 0) {
        ::close(descriptor);
        return away();
    }
    return descriptor;
}

bool sendAll(int descriptor, BytesView bytes)
{
    while (!bytes.empty()) {
        const ssize_t sent = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR) {
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(sent, 0)));
    }
    return true;
}

bool receiveAll(int descriptor, Bytes& bytes, std::size_t size, Deadline deadline)
{
    bytes.resize(size);
    for (std::size_t at = 0; at < size;) {
        pollfd waited{descriptor, POLLIN, 0};
        if (::poll(&waited, 1, static_cast<int>(deadline.left().count())) <= 0) {
            return false;
        }
        const ssize_t received = ::recv(descriptor, bytes.data() + at, size - at, 0);
        if (received == 0 || (received < 0 && errno != EINTR)) {
            return false;
        }
        at += static_cast<std::size_t>(std::max<ssize_t>(received, 0));
    }
    return true;
}

Result<evidence::Envelope> envelopeOf(const Json& reply)
{
    return evidence::parseEnvelope(stringMember(reply, "envelope"));
}

Json certificateRequest(std::string_view name,
                        const std::vector<evidence::StatementSubject>& subjects,
                        const Json& predicate)
{
    JsonArray named;
    for (const auto& subject : subjects) {
        named.push_back(
            JsonObject{{"name", subject.name}, {"sha256", toHex(asView(subject.sha256))}});
    }
    return JsonObject{{"call", name}, {"subjects", std::move(named)}, {"predicate", predicate}};
}

Result<Bytes> wrap(SignerClient& client, const Secret& key)
{
    EXHIBIT_TRY(const Json reply,
                client.call(JsonObject{{"call", "wrap"}, {"key", toBase64(key.expose())}}));
    return fromBase64(stringMember(reply, "wrapped"));
}

Result<Secret> unwrap(SignerClient& client, BytesView wrapped)
{
    EXHIBIT_TRY(const Json reply,
                client.call(JsonObject{{"call", "unwrap"}, {"wrapped", toBase64(wrapped)}}));
    EXHIBIT_TRY(Bytes key, fromBase64(stringMember(reply, "key")));
    return Secret(std::move(key));
}

class LateKeyWrapper final : public spool::KeyWrapper {
public:
    LateKeyWrapper(std::filesystem::path folder, std::shared_ptr<SignerClient> client)
        : m_folder(std::move(folder))
        , m_client(std::move(client))
    {
    }

    Result<Bytes> wrap(const Secret& dataKey) override
    {
        EXHIBIT_TRY(const auto held, hold());
        return held->wrap(dataKey);
    }

    Result<Secret> unwrap(BytesView wrapped) override
    {
        EXHIBIT_TRY(const auto held, hold());
        return held->unwrap(wrapped);
    }

private:
    Result<std::shared_ptr<spool::KeyWrapper>> hold()
    {
        const std::scoped_lock lock(m_mutex);
        if (!m_held) {
            EXHIBIT_TRY(m_held, subjectKeyWrapper(m_folder, m_client));
        }
        return m_held;
    }

    std::filesystem::path m_folder;
    std::shared_ptr<SignerClient> m_client;
    std::mutex m_mutex;
    std::shared_ptr<spool::KeyWrapper> m_held;
};

} // namespace

SignerClient::SignerClient(std::filesystem::path socket)
    : m_socket(std::move(socket))
{
}

SignerClient::~SignerClient()
{
    disconnect();
}

void SignerClient::disconnect()
{
    if (m_descriptor >= 0) {
        ::close(std::exchange(m_descriptor, -1));
    }
}

Result<Json> SignerClient::exchange(const Json& request)
{
    EXHIBIT_TRY(const Bytes framed, frame(request));
    if (m_descriptor < 0) {
        EXHIBIT_TRY(m_descriptor, connectTo(m_socket));
    }
    const auto deadline = Deadline::after(limits::kSignerCallTimeout);
    Bytes bytes;
    if (!sendAll(m_descriptor, framed)
        || !receiveAll(m_descriptor, bytes, kPrefixBytes, deadline)) {
        return away();
    }
    EXHIBIT_TRY(const std::size_t size, announcedSize(bytes));
    if (!receiveAll(m_descriptor, bytes, size, deadline)) {
        return away();
    }
    return parseJson(bytes);
}

Result<Json> SignerClient::call(const Json& request)
{
    const std::scoped_lock lock(m_mutex);
    const bool wasConnected = m_descriptor >= 0;
    auto reply = exchange(request);
    if (!reply) {
        disconnect();
        // The connection may be that of a signer that was started anew meanwhile.
        if (wasConnected && reply.error().code == ErrorCode::Unavailable) {
            reply = exchange(request);
        }
    }
    if (!reply) {
        disconnect();
        return reply;
    }
    return takeReply(*std::move(reply));
}

Result<SignerClient::PublicKeys> SignerClient::publicKeys()
{
    EXHIBIT_TRY(const Json reply, call(JsonObject{{"call", "public-keys"}}));
    PublicKeys keys;
    EXHIBIT_TRY(keys.log, fromHex(stringMember(reply, "log")));
    EXHIBIT_TRY(keys.certificate, fromHex(stringMember(reply, "certificate")));
    EXHIBIT_TRY(keys.previousLog, fromHex(stringMember(reply, "previous_log")));
    keys.pdfCertificate = stringMember(reply, "pdf_certificate");
    return keys;
}

Result<std::optional<evidence::TreeHead>> SignerClient::lastHead(const std::string& origin)
{
    EXHIBIT_TRY(const Json reply, call(JsonObject{{"call", "last-head"}, {"origin", origin}}));
    const Json* head = findMember(reply, "head");
    if (head == nullptr || head->is_null()) {
        return std::optional<evidence::TreeHead>{};
    }
    const Json* size = findMember(*head, "size");
    EXHIBIT_TRY(const Digest root, evidence::parseTreeHash(stringMember(*head, "root")));
    return std::optional(evidence::TreeHead{
        size == nullptr ? 0 : static_cast<std::uint64_t>(size->to_number<std::int64_t>()), root});
}

Result<std::string> SignerClient::signCheckpoint(const std::string& origin,
                                                 const evidence::TreeHead& head,
                                                 const evidence::Proof& proof)
{
    JsonArray hashes;
    for (const auto& hash : proof) {
        hashes.push_back(Json(toBase64(asView(hash))));
    }
    EXHIBIT_TRY(const Json reply,
                call(JsonObject{{"call", "sign-checkpoint"},
                                {"origin", origin},
                                {"size", head.size},
                                {"root", toBase64(asView(head.root))},
                                {"proof", std::move(hashes)}}));
    return std::string(stringMember(reply, "note"));
}

Result<evidence::Envelope> SignerClient::signPack(const evidence::PackStatement& statement,
                                                  const Digest& tagManifest)
{
    EXHIBIT_TRY(const Json reply,
                call(JsonObject{{"call", "sign-pack"},
                                {"id", statement.id},
                                {"origin", statement.origin},
                                {"tree_size", statement.treeSize},
                                {"withheld", statement.withheld},
                                {"exporter", statement.exporter},
                                {"case", statement.caseId},
                                {"tag_manifest", toBase64(asView(tagManifest))}}));
    return envelopeOf(reply);
}

Result<Bytes> SignerClient::signPdf(const std::string& id, const Digest& document)
{
    EXHIBIT_TRY(const Json reply,
                call(JsonObject{
                    {"call", "sign-pdf"}, {"id", id}, {"document", toBase64(asView(document))}}));
    return fromBase64(stringMember(reply, "signature"));
}

Result<evidence::Envelope> SignerClient::signCertificate(
    const std::vector<evidence::StatementSubject>& subjects, const Json& predicate)
{
    EXHIBIT_TRY(const Json reply,
                call(certificateRequest("sign-certificate", subjects, predicate)));
    return envelopeOf(reply);
}

Result<Bytes> SignerClient::macCertificate(const std::vector<evidence::StatementSubject>& subjects,
                                           const Json& predicate)
{
    EXHIBIT_TRY(const Json reply, call(certificateRequest("mac", subjects, predicate)));
    return fromHex(stringMember(reply, "hmac"));
}

Result<std::shared_ptr<spool::KeyWrapper>> subjectKeyWrapper(
    const std::filesystem::path& folder, const std::shared_ptr<SignerClient>& client)
{
    const auto file = folder / kFieldsKeyFile;
    EXHIBIT_TRY(auto wrapped, spool::readPrivateFile(file, kKeyFileBytesMax));
    if (!wrapped) {
        EXHIBIT_TRY(const Bytes fresh, wrap(*client, spool::makeKey()));
        EXHIBIT_CHECK(spool::createPrivateFile(file, fresh));
        EXHIBIT_TRY(wrapped, spool::readPrivateFile(file, kKeyFileBytesMax));
    }
    if (!wrapped) {
        return fail(ErrorCode::Corrupt, "the key of the fields cannot be read", file.string());
    }
    EXHIBIT_TRY(const Secret key, unwrap(*client, *wrapped));
    return spool::heldKeyWrapper(key, "exhibit/subject-key/v1");
}

std::shared_ptr<spool::KeyWrapper> lateKeyWrapper(std::filesystem::path folder,
                                                  std::shared_ptr<SignerClient> client)
{
    return std::make_shared<LateKeyWrapper>(std::move(folder), std::move(client));
}

Result<bool> setForeignFieldsKeyAside(const std::filesystem::path& folder,
                                      const std::shared_ptr<SignerClient>& client)
{
    const auto wrapper = subjectKeyWrapper(folder, client);
    if (wrapper) {
        return false;
    }
    if (wrapper.error().code != ErrorCode::Corrupt) {
        return tl::make_unexpected(wrapper.error());
    }
    const auto file = folder / kFieldsKeyFile;
    const auto aside = folder / fmt::format("{}.lost-{}", kFieldsKeyFile, toMicroseconds(utcNow()));
    std::error_code error;
    std::filesystem::rename(file, aside, error);
    if (error) {
        return fail(ErrorCode::Internal, "it cannot be moved out of the way", file.string());
    }
    EXHIBIT_CHECK(spool::syncFolder(folder));
    return true;
}

} // namespace exhibit::signer
