// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/timestamp.h"

#include "models/base/assert.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ts.h>

#include <ctime>
#include <memory>

namespace exhibit::evidence {
namespace {

template <auto Function>
struct Free {
    template <class T>
    void operator()(T* object) const noexcept
    {
        Function(object);
    }
};
struct FreeStack { ///< Of a stack that does not own what is in it.
    void operator()(STACK_OF(X509) * stack) const noexcept { sk_X509_free(stack); }
};
using Response = std::unique_ptr<TS_RESP, Free<TS_RESP_free>>;
using Bio = std::unique_ptr<BIO, Free<BIO_free>>;

tl::unexpected<Error> refused(std::string why)
{
    ERR_clear_error();
    return fail(ErrorCode::InvalidInput, std::move(why));
}

Result<Response> parseResponse(BytesView bytes)
{
    const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
    Response response(d2i_TS_RESP(nullptr, &at, static_cast<long>(bytes.size())));
    if (response == nullptr || TS_RESP_get_tst_info(response.get()) == nullptr) {
        return refused("no time stamp that was granted");
    }
    return response;
}

Result<UtcTime> timeOf(const TS_RESP& response)
{
    const ASN1_GENERALIZEDTIME* const time
        = TS_TST_INFO_get_time(TS_RESP_get_tst_info(const_cast<TS_RESP*>(&response)));
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) {
        return refused("the time stamp has no readable time");
    }
    return UtcTime{std::chrono::seconds{timegm(&parts)}};
}

/// Every certificate of the PEM texts, handed to `take`, which owns it.
template <class Take>
void forEachCertificate(std::span<const Bytes> pems, Take take)
{
    for (const auto& pem : pems) {
        const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
        while (X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
            take(certificate);
        }
    }
    ERR_clear_error();
}

/// The pinned roots, asked as of the time in the token: its certificate may have expired since.
X509_STORE* makeStore(std::span<const Bytes> roots, UtcTime at)
{
    X509_STORE* const store = X509_STORE_new();
    forEachCertificate(roots, [store](X509* certificate) {
        X509_STORE_add_cert(store, certificate);
        X509_free(certificate);
    });
    X509_VERIFY_PARAM_set_time(
        X509_STORE_get0_param(store),
        std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(at)));
    return store;
}

/// Every certificate of the token, as if it were pinned.
void believe(X509_STORE* store, const PKCS7& token)
{
    const STACK_OF(X509)* const certificates = token.d.sign->cert;
    for (int i = 0; i < sk_X509_num(certificates); ++i) {
        X509_STORE_add_cert(store, sk_X509_value(certificates, i));
    }
    X509_VERIFY_PARAM_set_flags(X509_STORE_get0_param(store), X509_V_FLAG_PARTIAL_CHAIN);
}

/// Whether a signature's algorithm is said as one of keys like the signer's: alone, or together
/// with the digest that it says beside.
bool fitsKey(const PKCS7_SIGNER_INFO& signer, const PKCS7& token)
{
    const ASN1_OBJECT* object = nullptr;
    int parameter = V_ASN1_UNDEF;
    X509_ALGOR_get0(&object, &parameter, nullptr, signer.digest_enc_alg);
    int ofKey = OBJ_obj2nid(object);
    const int beside = OBJ_obj2nid(signer.digest_alg->algorithm);
    int ofDigest = beside;
    OBJ_find_sigid_algs(ofKey, &ofDigest, &ofKey); // Else it is the key's own.
    const std::unique_ptr<STACK_OF(X509), FreeStack> signers(
        PKCS7_get0_signers(const_cast<PKCS7*>(&token), nullptr, 0));
    if (!signers || sk_X509_num(signers.get()) != 1) {
        return false;
    }
    const EVP_PKEY* const key = X509_get0_pubkey(sk_X509_value(signers.get(), 0));
    if (key == nullptr) {
        return false;
    }
    return (parameter == V_ASN1_UNDEF || parameter == V_ASN1_NULL) && ofDigest == beside
        && EVP_PKEY_get_base_id(key) == ofKey;
}

/// What of a token its signature does not cover, and OpenSSL does not look at, has one form
/// (RFC 3161, 2.4.2; RFC 5652, 5.1 and 5.3), but that the algorithm has two names: what a byte of
/// it could be changed to says the same.
bool hasKnownForm(const PKCS7& token)
{
    STACK_OF(PKCS7_SIGNER_INFO)* const signers = token.d.sign->signer_info;
    if (sk_PKCS7_SIGNER_INFO_num(signers) != 1) {
        return false;
    }
    const PKCS7_SIGNER_INFO* const signer = sk_PKCS7_SIGNER_INFO_value(signers, 0);
    return ASN1_INTEGER_get(token.d.sign->version) == 3 && ASN1_INTEGER_get(signer->version) == 1
        && fitsKey(*signer, token);
}

} // namespace

Result<UtcTime> verifyTimestampImprint(BytesView bytes,
                                       BytesView imprint,
                                       const TimestampAuthorities& authorities)
{
    EXHIBIT_TRY(const Response response, parseResponse(bytes));
    EXHIBIT_TRY(const UtcTime time, timeOf(*response));
    const std::unique_ptr<TS_VERIFY_CTX, Free<TS_VERIFY_CTX_free>> context(TS_VERIFY_CTX_new());
    TS_VERIFY_CTX_set_flags(context.get(), TS_VFY_VERSION | TS_VFY_SIGNATURE | TS_VFY_IMPRINT);
    // The context owns what it is given.
    X509_STORE* const store = makeStore(authorities.roots, time);
    if (authorities.believeEnclosed) {
        believe(store, *TS_RESP_get_token(response.get()));
    }
    TS_VERIFY_CTX_set_store(context.get(), store);
    STACK_OF(X509)* const chain = sk_X509_new_null();
    forEachCertificate(authorities.intermediates,
                       [chain](X509* certificate) { sk_X509_push(chain, certificate); });
    TS_VERIFY_CTX_set_certs(context.get(), chain);
    auto* const copy = static_cast<unsigned char*>(OPENSSL_memdup(imprint.data(), imprint.size()));
    TS_VERIFY_CTX_set_imprint(context.get(), copy, static_cast<long>(imprint.size()));
    if (TS_RESP_verify_response(context.get(), response.get()) != 1) {
        const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
        return refused(std::string("the time stamp does not hold: ")
                       + (reason == nullptr ? "unknown reason" : reason));
    }
    if (!hasKnownForm(*TS_RESP_get_token(response.get()))) {
        return refused("the time stamp has not the form that RFC 3161 gives it");
    }
    return time;
}

Result<UtcTime> verifyTimestamp(BytesView bytes,
                                BytesView data,
                                const TimestampAuthorities& authorities)
{
    EXHIBIT_TRY(const Response response, parseResponse(bytes));
    auto* const info = TS_RESP_get_tst_info(response.get());
    auto* const algorithm = TS_MSG_IMPRINT_get_algo(TS_TST_INFO_get_msg_imprint(info));
    const EVP_MD* const digest = EVP_get_digestbyobj(algorithm->algorithm);
    if (digest == nullptr || EVP_MD_get_size(digest) < 32) {
        return refused("the time stamp is over a digest that is too weak");
    }
    Bytes imprint(EVP_MAX_MD_SIZE, '\0');
    unsigned size = 0;
    EXHIBIT_ASSERT(EVP_Digest(data.data(),
                              data.size(),
                              reinterpret_cast<unsigned char*>(imprint.data()),
                              &size,
                              digest,
                              nullptr)
                   == 1);
    imprint.resize(size);
    return verifyTimestampImprint(bytes, imprint, authorities);
}

} // namespace exhibit::evidence
