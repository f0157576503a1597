// SPDX-License-Identifier: Apache-2.0
#include "server/signer/signature_key.h"

namespace exhibit::signer {
namespace {

class SeedKey final : public SignatureKey {
public:
    explicit SeedKey(evidence::SigningKey key)
        : m_key(std::move(key))
    {
    }
    const evidence::PublicKey& publicKey() const override { return m_key.publicKey(); }
    Result<Bytes> sign(BytesView message) override { return m_key.sign(message); }

private:
    evidence::SigningKey m_key;
};

} // namespace

Result<std::unique_ptr<SignatureKey>> keyFromSeed(const Secret& seed)
{
    EXHIBIT_TRY(auto key, evidence::SigningKey::fromSeed(seed));
    return std::make_unique<SeedKey>(std::move(key));
}

} // namespace exhibit::signer
