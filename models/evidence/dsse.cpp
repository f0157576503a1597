// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/dsse.h"

#include "models/base/base64.h"
#include "models/base/canonical_json.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::evidence {
namespace {

tl::unexpected<Error> malformed(std::string why)
{
    return fail(ErrorCode::InvalidInput, "the envelope is malformed: " + std::move(why));
}

Result<std::string> requiredText(const Json& json, std::string_view name)
{
    const Json* member = findMember(json, name);
    if (member == nullptr || !member->is_string()) {
        return malformed(std::string(name) + " is missing");
    }
    return std::string(member->get_string());
}

Result<StatementSubject> readSubject(const Json& json)
{
    const Json* digest = findMember(json, "digest");
    const auto hex
        = digest == nullptr ? Result<Bytes>(Bytes{}) : fromHex(stringMember(*digest, "sha256"));
    if (!hex || hex->size() != Digest{}.size()) {
        return fail(ErrorCode::InvalidInput, "a subject has no SHA-256");
    }
    StatementSubject subject{std::string(stringMember(json, "name")), {}};
    std::copy(hex->begin(), hex->end(), subject.sha256.begin());
    return subject;
}

} // namespace

Bytes preAuthEncoding(std::string_view payloadType, BytesView payload)
{
    return fmt::format(
        "DSSEv1 {} {} {} {}", payloadType.size(), payloadType, payload.size(), payload);
}

Result<Envelope> parseEnvelope(BytesView text)
{
    if (text.size() > limits::kDsseBytesMax) {
        return fail(ErrorCode::TooLarge, "the envelope is larger than envelopes may be");
    }
    EXHIBIT_TRY(const Json json, parseJson(text));
    Envelope envelope;
    EXHIBIT_TRY(const std::string payload, requiredText(json, "payload"));
    EXHIBIT_TRY(envelope.payload, fromAnyBase64(payload));
    EXHIBIT_TRY(envelope.payloadType, requiredText(json, "payloadType"));
    const Json* signatures = findMember(json, "signatures");
    if (signatures == nullptr || !signatures->is_array() || signatures->get_array().empty()
        || signatures->get_array().size() > limits::kDsseSignaturesMax) {
        return malformed("expected between 1 and 64 signatures");
    }
    for (const auto& signature : signatures->get_array()) {
        EXHIBIT_TRY(const std::string sig, requiredText(signature, "sig"));
        EXHIBIT_TRY(Bytes bytes, fromAnyBase64(sig));
        envelope.signatures.push_back(
            {std::string(stringMember(signature, "keyid")), std::move(bytes)});
    }
    return envelope;
}

Bytes writeEnvelope(const Envelope& envelope)
{
    JsonArray signatures;
    for (const auto& signature : envelope.signatures) {
        signatures.push_back(
            JsonObject{{"keyid", signature.keyId}, {"sig", toBase64(signature.signature)}});
    }
    // All of it is ASCII text in names that have a canonical form.
    return *canonicalJson(JsonObject{{"payload", toBase64(envelope.payload)},
                                     {"payloadType", envelope.payloadType},
                                     {"signatures", std::move(signatures)}});
}

std::vector<const PublicKey*> verifyEnvelope(const Envelope& envelope,
                                             std::span<const PublicKey> trusted)
{
    const Bytes signedBytes = preAuthEncoding(envelope.payloadType, envelope.payload);
    std::vector<const PublicKey*> verified;
    for (const auto& key : trusted) {
        const bool fits = std::any_of(
            envelope.signatures.begin(), envelope.signatures.end(), [&](const auto& signature) {
                return key.verify(signedBytes, signature.signature);
            });
        const bool counted = std::any_of(verified.begin(), verified.end(), [&](const auto* other) {
            return other->id() == key.id();
        });
        if (fits && !counted) {
            verified.push_back(&key);
        }
    }
    return verified;
}

Result<Bytes> writeStatement(const Statement& statement)
{
    JsonArray subjects;
    for (const auto& subject : statement.subjects) {
        subjects.push_back(
            JsonObject{{"digest", JsonObject{{"sha256", toHex(asView(subject.sha256))}}},
                       {"name", subject.name}});
    }
    return canonicalJson(JsonObject{{"_type", kStatementType},
                                    {"predicate", statement.predicate},
                                    {"predicateType", statement.predicateType},
                                    {"subject", std::move(subjects)}});
}

Result<Statement> parseStatement(BytesView payload)
{
    EXHIBIT_TRY(const Json json, parseCanonicalJson(payload));
    const Json* subjects = findMember(json, "subject");
    const Json* predicate = findMember(json, "predicate");
    if (stringMember(json, "_type") != kStatementType || subjects == nullptr
        || !subjects->is_array() || predicate == nullptr) {
        return fail(ErrorCode::InvalidInput, "the payload is no in-toto Statement v1");
    }
    Statement statement;
    statement.predicateType = stringMember(json, "predicateType");
    statement.predicate = *predicate;
    for (const auto& subject : subjects->get_array()) {
        EXHIBIT_TRY(auto read, readSubject(subject));
        statement.subjects.push_back(std::move(read));
    }
    return statement;
}

const StatementSubject* findSubject(const Statement& statement, std::string_view name)
{
    const auto found = std::find_if(statement.subjects.begin(),
                                    statement.subjects.end(),
                                    [&](const auto& subject) { return subject.name == name; });
    return found == statement.subjects.end() ? nullptr : &*found;
}

} // namespace exhibit::evidence
