// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/assert.h"
#include "models/base/secret.h"
#include "models/evidence/checkpoint.h"
#include "models/evidence/dsse.h"
#include "models/evidence/entry.h"
#include "models/evidence/field.h"
#include "models/evidence/keys.h"
#include "models/evidence/merkle.h"
#include "models/evidence/pack.h"
#include "models/evidence/trust.h"

/// A pack of three entries with one withheld field, signed by keys that the tests hold.
namespace exhibit::evidence::testing {

inline constexpr std::string_view kSmallOrigin = "exhibit.example/tests/small";

inline SigningKey smallKey(char of)
{
    return SigningKey::fromSeed(Secret(std::string(32, of))).value();
}

inline NoteKey smallLogKey()
{
    return NoteKey::make(std::string(kSmallOrigin), smallKey('l').publicKey()).value();
}

inline TrustAnchors smallAnchors()
{
    TrustAnchors anchors;
    anchors.logKeys.push_back({smallLogKey()});
    anchors.certificateKeys.push_back(smallKey('c').publicKey());
    return anchors;
}

/// The payload files; the second field of entry 1 is withheld.
inline PackPayload smallPayload()
{
    PackPayload payload;
    Digest previous = genesisPrevious(kSmallOrigin);
    Tree tree;
    std::vector<Redaction> redactions;
    for (std::uint64_t sequence = 0; sequence < 3; ++sequence) {
        Entry entry{{},
                    std::string(kSmallOrigin),
                    previous,
                    sequence,
                    "2026-11-21T10:00:0" + std::to_string(sequence) + ".000000Z",
                    sequence == 1 ? "incident.opened" : "llm.call"};
        for (std::size_t i = 0; i < 2; ++i) {
            const Field field{Bytes(kSaltBytes, static_cast<char>('a' + sequence)),
                              i == 0 ? "/what" : "/who",
                              Json("value " + std::to_string(sequence) + std::to_string(i)),
                              std::nullopt};
            const Bytes file = writeField(field).value();
            entry.fields.push_back({sha256(file), field.path});
            if (sequence == 1 && i == 1) {
                redactions.push_back(
                    {sequence, field.path, sha256(file), "personal data", "R. Example", {}});
            } else {
                payload[fieldPath(sequence, i)] = file;
            }
        }
        const Bytes bytes = writeEntry(entry).value();
        payload[entryPath(sequence)] = bytes;
        previous = entryHash(bytes);
        tree.append(leafHash(bytes));
    }
    payload["data/redactions.json"] = writeRedactions(redactions).value();
    const TreeHead head{tree.size(), tree.root(tree.size())};
    const std::string body = writeCheckpoint({std::string(kSmallOrigin), head});
    const std::string note
        = writeNote({body, {makeSignature(smallLogKey(), smallKey('l').sign(body))}}).value();
    payload[checkpointPath(head.size)] = note;
    for (std::uint64_t sequence = 0; sequence < head.size; ++sequence) {
        payload[proofPath(sequence)] = writeTlogProof(
            {{}, sequence, inclusionProof(tree.nodes(), sequence, head.size).value(), note});
    }
    return payload;
}

inline Bytes smallPack(PackPayload payload = smallPayload())
{
    const auto sign = [](const auto& statement, const auto& digest) -> Result<Envelope> {
        EXHIBIT_TRY(const Bytes text, writePackStatement(statement, digest));
        const auto key = smallKey('c');
        return Envelope{text,
                        std::string(kInTotoType),
                        {{key.publicKey().id(), key.sign(preAuthEncoding(kInTotoType, text))}}};
    };
    const auto bag = makeBag({"small", std::string(kSmallOrigin), 3, 1, "", ""},
                             "2026-11-21",
                             std::move(payload),
                             sign)
                         .value();
    Bytes archive;
    const auto written = writePack("small", bag, [&archive](BytesView bytes) -> Result<void> {
        archive += bytes;
        return {};
    });
    EXHIBIT_ASSERT(written.has_value());
    return archive;
}

} // namespace exhibit::evidence::testing
