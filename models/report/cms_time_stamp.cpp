// SPDX-License-Identifier: Apache-2.0
#include "models/report/cms_time_stamp.h"

#include "models/evidence/timestamp_token.h"

#include <openssl/cms.h>
#include <openssl/err.h>

#include <memory>

namespace exhibit::report {
namespace {

struct FreeCms {
    void operator()(CMS_ContentInfo* cms) const noexcept { CMS_ContentInfo_free(cms); }
};
using Cms = std::unique_ptr<CMS_ContentInfo, FreeCms>;

tl::unexpected<Error> noSignature()
{
    ERR_clear_error();
    return fail(ErrorCode::InvalidInput, "not a signature of one signer");
}

Result<Cms> parse(BytesView der)
{
    const auto* at = asSpan(der).data();
    Cms cms(d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(der.size())));
    auto* const signers = cms ? CMS_get0_SignerInfos(cms.get()) : nullptr;
    if (signers == nullptr || sk_CMS_SignerInfo_num(signers) != 1) {
        return noSignature();
    }
    return cms;
}

CMS_SignerInfo* signerOf(CMS_ContentInfo* cms)
{
    return sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
}

Bytes bytesOf(const ASN1_STRING* text)
{
    return Bytes(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                 static_cast<std::size_t>(ASN1_STRING_length(text)));
}

} // namespace

Result<Bytes> signatureValueOf(BytesView der)
{
    EXHIBIT_TRY(const Cms cms, parse(der));
    return bytesOf(CMS_SignerInfo_get0_signature(signerOf(cms.get())));
}

Result<Bytes> withTimeStamp(BytesView der, BytesView response)
{
    EXHIBIT_TRY(const Cms cms, parse(der));
    EXHIBIT_TRY(const Bytes token, evidence::tokenOfResponse(response));
    if (CMS_unsigned_add1_attr_by_NID(signerOf(cms.get()),
                                      NID_id_smime_aa_timeStampToken,
                                      V_ASN1_SEQUENCE,
                                      token.data(),
                                      static_cast<int>(token.size()))
        != 1) {
        return noSignature();
    }
    Bytes stamped(static_cast<std::size_t>(std::max(0, i2d_CMS_ContentInfo(cms.get(), nullptr))),
                  '\0');
    auto* at = reinterpret_cast<unsigned char*>(stamped.data());
    i2d_CMS_ContentInfo(cms.get(), &at);
    return stamped;
}

std::optional<Bytes> timeStampOf(CMS_ContentInfo_st* cms)
{
    CMS_SignerInfo* const signer = signerOf(cms);
    if (CMS_unsigned_get_attr_count(signer) != 1) {
        return std::nullopt;
    }
    X509_ATTRIBUTE* const attribute = CMS_unsigned_get_attr(signer, 0);
    if (OBJ_obj2nid(X509_ATTRIBUTE_get0_object(attribute)) != NID_id_smime_aa_timeStampToken
        || X509_ATTRIBUTE_count(attribute) != 1) {
        return std::nullopt;
    }
    const auto* const token = static_cast<ASN1_STRING*>(
        X509_ATTRIBUTE_get0_data(attribute, 0, V_ASN1_SEQUENCE, nullptr));
    return token == nullptr ? std::nullopt : std::optional(bytesOf(token));
}

} // namespace exhibit::report
