// SPDX-License-Identifier: Apache-2.0
#include "models/base/sha256.h"

#include "models/base/assert.h"

#include <openssl/evp.h>

namespace exhibit {

Digest sha256(BytesView bytes)
{
    return Sha256{}.update(bytes).finish();
}

void Sha256::Free::operator()(evp_md_ctx_st* context) const noexcept
{
    EVP_MD_CTX_free(context);
}

Sha256::Sha256()
    : m_context(EVP_MD_CTX_new())
{
    // Fetched once: EVP_sha256() would look the algorithm up again on every use (OpenSSL 3).
    static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    EXHIBIT_ASSERT(EVP_DigestInit_ex(m_context.get(), algorithm, nullptr) == 1);
}

Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

Sha256& Sha256::update(BytesView bytes)
{
    EXHIBIT_ASSERT(EVP_DigestUpdate(m_context.get(), bytes.data(), bytes.size()) == 1);
    return *this;
}

Digest Sha256::finish()
{
    Digest digest{};
    EXHIBIT_ASSERT(EVP_DigestFinal_ex(m_context.get(), digest.data(), nullptr) == 1);
    m_context.reset();
    return digest;
}

} // namespace exhibit
