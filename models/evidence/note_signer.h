// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/note.h"

namespace exhibit::evidence {

/// A private key that signs notes outside the signing process: the root of trust, kept offline. As
/// text "PRIVATE+KEY+name+hex id+base64(type || seed)", the form that other signed-note tools use.
class NoteSigner {
public:
    [[nodiscard]] static Result<NoteSigner> generate(const std::string& name);
    /// InvalidInput for anything else; the message never holds the text.
    [[nodiscard]] static Result<NoteSigner> parse(const Secret& text);

    [[nodiscard]] Secret text() const;
    [[nodiscard]] const NoteKey& key() const { return m_key; }
    /// The note of that text, which ends with a line feed.
    [[nodiscard]] Result<std::string> sign(const std::string& text) const;

private:
    NoteSigner(NoteKey key, SigningKey signer, Secret seed);
    [[nodiscard]] static Result<NoteSigner> make(const std::string& name, Secret seed);

    NoteKey m_key;
    SigningKey m_signer;
    Secret m_seed;
};

} // namespace exhibit::evidence
