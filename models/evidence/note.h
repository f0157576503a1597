// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/keys.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

/// C2SP signed-note: text, an empty line, and lines "— name base64(key id || signature)".
namespace exhibit::evidence {

/// What a note names its signer by, with the key: "name+hex id+base64(type || key)".
class NoteKey {
public:
    static constexpr std::uint8_t kEd25519 = 0x01;
    static constexpr std::uint8_t kCosignature = 0x04; ///< Ed25519 over time and note: a witness.

    [[nodiscard]] static Result<NoteKey> parse(std::string_view vkey);
    [[nodiscard]] static Result<NoteKey> make(std::string name, const PublicKey& key);

    [[nodiscard]] const std::string& name() const { return m_name; }
    [[nodiscard]] std::uint32_t id() const { return m_id; }
    [[nodiscard]] const PublicKey& key() const { return m_key; }
    [[nodiscard]] std::uint8_t type() const { return m_type; }
    [[nodiscard]] std::string text() const;
    /// `signature` is what follows the key id.
    [[nodiscard]] bool verify(BytesView text, BytesView signature) const;

private:
    NoteKey(std::string name, std::uint8_t type, PublicKey key);

    std::string m_name;
    std::uint8_t m_type;
    PublicKey m_key;
    std::uint32_t m_id = 0;
};

struct NoteSignature {
    std::string name;
    std::uint32_t keyId = 0;
    Bytes signature;
};

struct Note {
    std::string text; ///< With its last line feed: what is signed.
    std::vector<NoteSignature> signatures;
};

/// Splits at the last empty line; InvalidInput for anything that is no note.
[[nodiscard]] Result<Note> parseNote(BytesView bytes);
/// InvalidInput when the text cannot be that of a note.
[[nodiscard]] Result<std::string> writeNote(const Note& note);
[[nodiscard]] NoteSignature makeSignature(const NoteKey& key, Bytes signature);

/// The keys, by position in `known`, whose signatures fit. Unknown keys are ignored; a signature of
/// a known key that does not fit is InvalidInput: the note is rejected.
[[nodiscard]] Result<std::vector<std::size_t>> verifyNote(const Note& note,
                                                          std::span<const NoteKey> known);

} // namespace exhibit::evidence
