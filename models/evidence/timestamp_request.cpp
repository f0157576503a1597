// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/timestamp_request.h"

#include "models/base/sha256.h"

#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/ts.h>

#include <memory>

namespace exhibit::evidence {
namespace {

constexpr int kNonceBytes = 8;

template <auto Function>
struct Free {
    template <class T>
    void operator()(T* object) const noexcept
    {
        Function(object);
    }
};
using Request = std::unique_ptr<TS_REQ, Free<TS_REQ_free>>;
using Response = std::unique_ptr<TS_RESP, Free<TS_RESP_free>>;
using Imprint = std::unique_ptr<TS_MSG_IMPRINT, Free<TS_MSG_IMPRINT_free>>;
using Algorithm = std::unique_ptr<X509_ALGOR, Free<X509_ALGOR_free>>;
using Number = std::unique_ptr<BIGNUM, Free<BN_free>>;
using Integer = std::unique_ptr<ASN1_INTEGER, Free<ASN1_INTEGER_free>>;
using Context = std::unique_ptr<TS_VERIFY_CTX, Free<TS_VERIFY_CTX_free>>;

tl::unexpected<Error> failed(std::string why)
{
    ERR_clear_error();
    return fail(ErrorCode::InvalidInput, std::move(why));
}

bool setImprint(TS_REQ& request, BytesView data)
{
    const Digest digest = sha256(data);
    const Imprint imprint(TS_MSG_IMPRINT_new());
    const Algorithm algorithm(X509_ALGOR_new());
    return imprint && algorithm
        && X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_sha256), V_ASN1_NULL, nullptr) == 1
        && TS_MSG_IMPRINT_set_algo(imprint.get(), algorithm.get()) == 1
        && TS_MSG_IMPRINT_set_msg(imprint.get(),
                                  const_cast<unsigned char*>(digest.data()),
                                  static_cast<int>(digest.size()))
        == 1
        && TS_REQ_set_msg_imprint(&request, imprint.get()) == 1;
}

bool setNonce(TS_REQ& request)
{
    unsigned char bytes[kNonceBytes];
    if (RAND_bytes(bytes, kNonceBytes) != 1) {
        return false;
    }
    const Number number(BN_bin2bn(bytes, kNonceBytes, nullptr));
    const Integer nonce(BN_to_ASN1_INTEGER(number.get(), nullptr));
    return nonce && TS_REQ_set_nonce(&request, nonce.get()) == 1;
}

} // namespace

Result<Bytes> makeTimestampRequest(BytesView data)
{
    const Request request(TS_REQ_new());
    if (!request || TS_REQ_set_version(request.get(), 1) != 1 || !setImprint(*request, data)
        || !setNonce(*request) || TS_REQ_set_cert_req(request.get(), 1) != 1) {
        return failed("the time stamp request cannot be made");
    }
    unsigned char* encoded = nullptr;
    const int size = i2d_TS_REQ(request.get(), &encoded);
    if (size <= 0) {
        return failed("the time stamp request cannot be made");
    }
    Bytes bytes(reinterpret_cast<const char*>(encoded), static_cast<std::size_t>(size));
    OPENSSL_free(encoded);
    return bytes;
}

Result<void> expectTimestampReply(BytesView response, BytesView request)
{
    const auto* at = reinterpret_cast<const unsigned char*>(request.data());
    const Request asked(d2i_TS_REQ(nullptr, &at, static_cast<long>(request.size())));
    at = reinterpret_cast<const unsigned char*>(response.data());
    const Response reply(d2i_TS_RESP(nullptr, &at, static_cast<long>(response.size())));
    if (!asked || !reply || TS_RESP_get_tst_info(reply.get()) == nullptr) {
        return failed("the authority granted no time stamp");
    }
    const Context context(TS_REQ_to_TS_VERIFY_CTX(asked.get(), nullptr));
    if (!context) {
        return failed("the time stamp cannot be compared with its request");
    }
    TS_VERIFY_CTX_set_flags(context.get(), TS_VFY_VERSION | TS_VFY_IMPRINT | TS_VFY_NONCE);
    if (TS_RESP_verify_response(context.get(), reply.get()) != 1) {
        return failed("the time stamp answers another request");
    }
    return {};
}

} // namespace exhibit::evidence
