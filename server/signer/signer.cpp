// SPDX-License-Identifier: Apache-2.0
#include "server/signer/signer.h"

#include "models/base/base64.h"
#include "models/evidence/certificate_document.h"
#include "models/evidence/checkpoint.h"
#include "models/evidence/entry.h"
#include "models/evidence/pack.h"
#include "server/signer/protocol.h"
#include "server/spool/aes_gcm.h"

namespace exhibit::signer {
namespace {

using evidence::TreeHead;

constexpr BytesView kWrapContext = "exhibit/wrapped-key/v1";

tl::unexpected<Error> malformed(std::string_view name)
{
    return fail(ErrorCode::InvalidInput, "the request lacks " + std::string(name));
}

Result<std::string> textOf(const Json& request, std::string_view name)
{
    const Json* member = findMember(request, name);
    if (member == nullptr || !member->is_string()) {
        return malformed(name);
    }
    return std::string(member->get_string());
}

Result<std::uint64_t> numberOf(const Json& request, std::string_view name)
{
    const Json* member = findMember(request, name);
    boost::system::error_code error;
    const auto number = member == nullptr ? 0 : member->to_number<std::uint64_t>(error);
    if (member == nullptr || error) {
        return malformed(name);
    }
    return number;
}

Result<Digest> hashOf(const Json& request, std::string_view name)
{
    EXHIBIT_TRY(const std::string text, textOf(request, name));
    return evidence::parseTreeHash(text);
}

JsonObject headJson(const TreeHead& head)
{
    return {{"size", head.size}, {"root", toBase64(asView(head.root))}};
}

} // namespace

Signer::Signer(HeadsFile heads, SignatureKeys signing, Secret macKey, Secret wrappingKey)
    : m_heads(std::move(heads))
    , m_signing(std::move(signing))
    , m_macKey(std::move(macKey))
    , m_wrappingKey(std::move(wrappingKey))
{
}

Signer Signer::create(SignatureKeys signing, SignerKeys keys, HeadsFile heads)
{
    return {
        std::move(heads), std::move(signing), std::move(keys.macKey), std::move(keys.wrappingKey)};
}

Result<Signer> Signer::create(SignerKeys keys, HeadsFile heads)
{
    SignatureKeys signing;
    EXHIBIT_TRY(signing.log, keyFromSeed(keys.logSeed));
    EXHIBIT_TRY(signing.certificate, keyFromSeed(keys.certificateSeed));
    if (!keys.previousLogSeed.empty()) {
        EXHIBIT_TRY(signing.previousLog, keyFromSeed(keys.previousLogSeed));
    }
    return create(std::move(signing), std::move(keys), std::move(heads));
}

bool Signer::lostKeys() const
{
    return m_signing.log->lost() || m_signing.certificate->lost()
        || (m_signing.previousLog && m_signing.previousLog->lost());
}

Json Signer::handle(const Json& request)
{
    using Call = Result<Json> (Signer::*)(const Json&);
    static constexpr std::pair<std::string_view, Call> kCalls[]
        = {{"sign-checkpoint", &Signer::signCheckpoint},
           {"sign-certificate", &Signer::signCertificate},
           {"sign-pack", &Signer::signPack},
           {"sign-pdf", &Signer::signPdf},
           {"mac", &Signer::mac},
           {"wrap", &Signer::wrap},
           {"unwrap", &Signer::unwrap},
           {"public-keys", &Signer::publicKeys},
           {"last-head", &Signer::lastHead}};
    const auto call = stringMember(request, "call");
    Result<Json> reply = fail(ErrorCode::NotFound, "the signer has no such call");
    for (const auto& [name, function] : kCalls) {
        if (name == call) {
            reply = (this->*function)(request);
        }
    }
    if (auto stateless = handleStateless(request)) {
        reply = *std::move(stateless);
    }
    return reply ? *std::move(reply) : Json(errorReply(reply.error()));
}

Result<Json> Signer::signCheckpoint(const Json& request)
{
    EXHIBIT_TRY(const std::string origin, textOf(request, "origin"));
    EXHIBIT_TRY(const std::uint64_t size, numberOf(request, "size"));
    EXHIBIT_TRY(const Digest root, hashOf(request, "root"));
    if (!evidence::isOrigin(origin)) {
        return fail(ErrorCode::InvalidInput, "that is no origin of a log");
    }
    const TreeHead head{size, root};
    if (const auto* last = m_heads.find(origin); last != nullptr && *last != head) {
        evidence::Proof proof;
        const Json* hashes = findMember(request, "proof");
        for (const auto& hash :
             hashes != nullptr && hashes->is_array() ? hashes->get_array() : JsonArray{}) {
            const auto* text = hash.if_string();
            EXHIBIT_TRY(const Digest digest,
                        evidence::parseTreeHash(text == nullptr ? "" : std::string_view(*text)));
            proof.push_back(digest);
        }
        if (size <= last->size) {
            return fail(ErrorCode::Forbidden,
                        "a smaller head, or another of the same size, is never signed",
                        std::to_string(last->size));
        }
        if (!evidence::verifyConsistency(*last, head, proof)) {
            return fail(ErrorCode::Conflict,
                        "the head is not proven to follow the last one that was signed",
                        std::to_string(last->size));
        }
    }
    if (m_heads.find(origin) == nullptr || *m_heads.find(origin) != head) {
        EXHIBIT_CHECK(m_heads.remember(origin, head));
    }
    const std::string body = evidence::writeCheckpoint({origin, head});
    evidence::Note signedNote{body, {}};
    for (auto* const key : {m_signing.log.get(), m_signing.previousLog.get()}) {
        if (key != nullptr) {
            EXHIBIT_TRY(const auto named, evidence::NoteKey::make(origin, key->publicKey()));
            EXHIBIT_TRY(Bytes signature, key->sign(body));
            signedNote.signatures.push_back(evidence::makeSignature(named, std::move(signature)));
        }
    }
    EXHIBIT_TRY(const std::string note, evidence::writeNote(signedNote));
    return Json(JsonObject{{"note", note}});
}

Result<Json> Signer::lastHead(const Json& request)
{
    EXHIBIT_TRY(const std::string origin, textOf(request, "origin"));
    const auto* last = m_heads.find(origin);
    return Json(JsonObject{{"head", last == nullptr ? Json() : Json(headJson(*last))}});
}

Result<Json> Signer::signStatement(const Bytes& payload)
{
    const std::string type(evidence::kInTotoType);
    EXHIBIT_TRY(Bytes signature,
                m_signing.certificate->sign(evidence::preAuthEncoding(type, payload)));
    const evidence::Envelope envelope{
        payload, type, {{m_signing.certificate->publicKey().id(), std::move(signature)}}};
    return Json(JsonObject{{"envelope", evidence::writeEnvelope(envelope)}});
}

Result<Bytes> certificateStatement(const Json& request)
{
    const Json* subjects = findMember(request, "subjects");
    const Json* predicate = findMember(request, "predicate");
    if (subjects == nullptr || !subjects->is_array() || subjects->get_array().empty()
        || predicate == nullptr || !predicate->is_object()) {
        return malformed("subjects or predicate");
    }
    evidence::Statement statement{{}, std::string(evidence::kCertificatePredicate), *predicate};
    for (const auto& subject : subjects->get_array()) {
        const auto digest = fromHex(stringMember(subject, "sha256"));
        if (!digest || digest->size() != 32) {
            return malformed("a subject's sha256");
        }
        evidence::StatementSubject named{std::string(stringMember(subject, "name")), {}};
        std::copy(digest->begin(), digest->end(), named.sha256.begin());
        statement.subjects.push_back(std::move(named));
    }
    return evidence::writeStatement(statement);
}

Result<Json> Signer::signCertificate(const Json& request)
{
    EXHIBIT_TRY(const Bytes payload, certificateStatement(request));
    return signStatement(payload);
}

Result<Json> Signer::signPack(const Json& request)
{
    EXHIBIT_TRY(const Digest tagManifest, hashOf(request, "tag_manifest"));
    evidence::PackStatement statement;
    EXHIBIT_TRY(statement.id, textOf(request, "id"));
    EXHIBIT_TRY(statement.origin, textOf(request, "origin"));
    EXHIBIT_TRY(statement.treeSize, numberOf(request, "tree_size"));
    EXHIBIT_TRY(statement.withheld, numberOf(request, "withheld"));
    statement.exporter = stringMember(request, "exporter");
    statement.caseId = stringMember(request, "case");
    EXHIBIT_TRY(const Bytes payload, evidence::writePackStatement(statement, tagManifest));
    return signStatement(payload);
}

/// The digest is of the file around its signature. What is signed are the attributes that are made
/// here of it: with a key that signs nothing else they mean nothing outside a PDF.
Result<Json> Signer::signPdf(const Json& request)
{
    EXHIBIT_TRY(const Digest document, hashOf(request, "document"));
    if (!m_pdfKey) {
        return fail(ErrorCode::Unavailable, "the signer has no key for reports");
    }
    EXHIBIT_TRY(const Bytes signature, m_pdfKey->sign(document));
    return Json(JsonObject{{"signature", toBase64(signature)}});
}

Result<Json> Signer::mac(const Json& request)
{
    EXHIBIT_TRY(const Bytes payload, certificateStatement(request));
    const Bytes encoded = evidence::preAuthEncoding(evidence::kInTotoType, payload);
    return Json(JsonObject{{"hmac", toHex(evidence::hmacSha256(m_macKey.expose(), encoded))}});
}

Result<Json> Signer::wrap(const Json& request)
{
    EXHIBIT_TRY(const std::string text, textOf(request, "key"));
    EXHIBIT_TRY(const Bytes key, fromBase64(text));
    if (key.size() != spool::kKeyBytes) {
        return malformed("a key of 32 bytes");
    }
    return Json(JsonObject{
        {"wrapped", toBase64(spool::AesGcm(m_wrappingKey).sealWithNonce(kWrapContext, key))}});
}

Result<Json> Signer::unwrap(const Json& request)
{
    EXHIBIT_TRY(const std::string text, textOf(request, "wrapped"));
    EXHIBIT_TRY(const Bytes wrapped, fromBase64(text));
    if (wrapped.size() != spool::kNonceBytes + spool::kKeyBytes + spool::kTagBytes) {
        return malformed("a wrapped key");
    }
    EXHIBIT_TRY(const Bytes key, spool::AesGcm(m_wrappingKey).openWithNonce(kWrapContext, wrapped));
    return Json(JsonObject{{"key", toBase64(key)}});
}

Result<Json> Signer::publicKeys(const Json&)
{
    JsonObject keys{{"log", toHex(m_signing.log->publicKey().raw())},
                    {"certificate", toHex(m_signing.certificate->publicKey().raw())}};
    if (m_signing.previousLog) {
        keys.emplace("previous_log", toHex(m_signing.previousLog->publicKey().raw()));
    }
    if (m_pdfKey) {
        EXHIBIT_TRY(const std::string certificate, m_pdfKey->certificate());
        keys.emplace("pdf_certificate", certificate);
    }
    return Json(std::move(keys));
}

} // namespace exhibit::signer
