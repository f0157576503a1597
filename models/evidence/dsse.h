// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/sha256.h"
#include "models/evidence/keys.h"

#include <functional>
#include <span>
#include <vector>

/// DSSE v1 envelopes and the in-toto Statements v1 inside them.
namespace exhibit::evidence {

inline constexpr std::string_view kInTotoType = "application/vnd.in-toto+json";
inline constexpr std::string_view kStatementType = "https://in-toto.io/Statement/v1";

struct EnvelopeSignature {
    std::string keyId; ///< Not authenticated: chooses among trusted keys, never makes trust.
    Bytes signature;
};

struct Envelope {
    Bytes payload;
    std::string payloadType;
    std::vector<EnvelopeSignature> signatures;
};

/// The bytes that are signed.
[[nodiscard]] Bytes preAuthEncoding(std::string_view payloadType, BytesView payload);
/// Either base64 alphabet; unknown members are ignored.
[[nodiscard]] Result<Envelope> parseEnvelope(BytesView json);
[[nodiscard]] Bytes writeEnvelope(const Envelope& envelope);
/// The trusted keys, each counted once, that signed the envelope.
[[nodiscard]] std::vector<const PublicKey*> verifyEnvelope(const Envelope& envelope,
                                                           std::span<const PublicKey> trusted);

struct StatementSubject {
    std::string name;
    Digest sha256{};
};
struct Statement {
    std::vector<StatementSubject> subjects;
    std::string predicateType;
    Json predicate;
};
[[nodiscard]] Result<Bytes> writeStatement(const Statement& statement);
/// Takes canonical statements alone, as writeStatement() makes them.
[[nodiscard]] Result<Statement> parseStatement(BytesView payload);
/// The subject of that name, or nullptr.
[[nodiscard]] const StatementSubject* findSubject(const Statement& statement,
                                                  std::string_view name);

} // namespace exhibit::evidence
