// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/note_signer.h"

#include "models/base/base64.h"

#include <fmt/format.h>
#include <openssl/rand.h>

namespace exhibit::evidence {
namespace {

constexpr std::string_view kPrefix = "PRIVATE+KEY+";
constexpr std::size_t kSeedBytes = 32;

tl::unexpected<Error> malformed()
{
    return fail(ErrorCode::InvalidInput, "a private note key reads PRIVATE+KEY+name+id+base64");
}

} // namespace

NoteSigner::NoteSigner(NoteKey key, SigningKey signer, Secret seed)
    : m_key(std::move(key))
    , m_signer(std::move(signer))
    , m_seed(std::move(seed))
{
}

Result<NoteSigner> NoteSigner::make(const std::string& name, Secret seed)
{
    EXHIBIT_TRY(auto signer, SigningKey::fromSeed(seed));
    EXHIBIT_TRY(auto key, NoteKey::make(name, signer.publicKey()));
    return NoteSigner(std::move(key), std::move(signer), std::move(seed));
}

Result<NoteSigner> NoteSigner::generate(const std::string& name)
{
    std::string seed(kSeedBytes, '\0');
    if (RAND_priv_bytes(reinterpret_cast<unsigned char*>(seed.data()), kSeedBytes) != 1) {
        return fail(ErrorCode::Internal, "no random bytes for a key");
    }
    return make(name, Secret(std::move(seed)));
}

Result<NoteSigner> NoteSigner::parse(const Secret& text)
{
    std::string_view rest = text.expose();
    if (!rest.starts_with(kPrefix)) {
        return malformed();
    }
    rest.remove_prefix(kPrefix.size());
    while (rest.ends_with('\n')) {
        rest.remove_suffix(1);
    }
    const std::size_t name = rest.find('+');
    const std::size_t id = name == rest.npos ? name : rest.find('+', name + 1);
    if (id == rest.npos) {
        return malformed();
    }
    const auto bytes = fromBase64(rest.substr(id + 1));
    if (!bytes || bytes->size() != kSeedBytes + 1
        || static_cast<std::uint8_t>(bytes->front()) != NoteKey::kEd25519) {
        return malformed();
    }
    EXHIBIT_TRY(auto signer,
                make(std::string(rest.substr(0, name)), Secret(std::string(bytes->substr(1)))));
    if (fmt::format("{:08x}", signer.key().id()) != rest.substr(name + 1, id - name - 1)) {
        return fail(ErrorCode::InvalidInput, "the note key's id does not belong to its key");
    }
    return signer;
}

Secret NoteSigner::text() const
{
    return Secret(fmt::format("{}{}+{:08x}+{}",
                              kPrefix,
                              m_key.name(),
                              m_key.id(),
                              toBase64(static_cast<char>(NoteKey::kEd25519) + m_seed.expose())));
}

Result<std::string> NoteSigner::sign(const std::string& text) const
{
    return writeNote({text, {makeSignature(m_key, m_signer.sign(text))}});
}

} // namespace exhibit::evidence
