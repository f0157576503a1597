// SPDX-License-Identifier: Apache-2.0
#include "models/report/cms_form.h"

#include "models/report/cms_time_stamp.h"

#include <openssl/cms.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

namespace exhibit::report {
namespace {

/// DER's tags: universal, and context-specific constructed ones.
enum class Tag : unsigned char {
    OctetString = 0x04,
    Sequence = 0x30,
    Set = 0x31,
    Context0 = 0xA0,
    Context1 = 0xA1,
};

const Bytes kVersion1("\x02\x01\x01", 3);
const Bytes kSha256("\x30\x0B\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01", 13);
const Bytes kEcdsaWithSha256("\x30\x0A\x06\x08\x2A\x86\x48\xCE\x3D\x04\x03\x02", 12);
const Bytes kRsa("\x30\x0D\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01\x05\x00", 15);
const Bytes kData("\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01", 11);
const Bytes kSignedData("\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02", 11);

Bytes element(Tag tag, const Bytes& content)
{
    Bytes length; // Most significant byte first, as few as there are.
    for (std::size_t rest = content.size(); rest > 0; rest >>= 8U) {
        length.insert(length.begin(), static_cast<char>(rest & 0xFFU));
    }
    Bytes der(1, static_cast<char>(tag));
    if (content.empty()) {
        der += '\0';
    } else if (content.size() >= 0x80) {
        der += static_cast<char>(0x80U | length.size());
    }
    return der + length + content;
}

template <class T>
Bytes derOf(const T* value, int (*encode)(const T*, unsigned char**))
{
    Bytes der(static_cast<std::size_t>(std::max(0, encode(value, nullptr))), '\0');
    auto* at = reinterpret_cast<unsigned char*>(der.data());
    encode(value, &at);
    return der;
}

/// The encodings in the order of a SET OF.
Bytes joined(std::vector<Bytes> members)
{
    std::sort(members.begin(), members.end());
    Bytes all;
    for (const auto& member : members) {
        all += member;
    }
    return all;
}

struct FreeCertificates {
    void operator()(STACK_OF(X509) * all) const noexcept { sk_X509_pop_free(all, X509_free); }
};

/// The signer's certificate and, one after the other, those that issued it; nullopt when there are
/// others, which nothing would protect.
std::optional<Bytes> chainOf(CMS_ContentInfo* cms, X509* certificate)
{
    const std::unique_ptr<STACK_OF(X509), FreeCertificates> enclosed(CMS_get1_certs(cms));
    std::vector<Bytes> chain{derOf<X509>(certificate, i2d_X509)};
    X509* last = certificate;
    for (bool found = true; found;) {
        found = false;
        for (int i = 0; i < sk_X509_num(enclosed.get()) && !found; ++i) {
            X509* const next = sk_X509_value(enclosed.get(), i);
            Bytes der = derOf<X509>(next, i2d_X509);
            const bool issued = std::find(chain.begin(), chain.end(), der) == chain.end()
                && X509_check_issued(next, last) == X509_V_OK
                && X509_verify(last, X509_get0_pubkey(next)) == 1;
            if (issued) {
                chain.push_back(std::move(der));
                last = next;
                found = true;
            }
        }
    }
    return chain.size() == static_cast<std::size_t>(sk_X509_num(enclosed.get()))
        ? std::optional(joined(std::move(chain)))
        : std::nullopt;
}

/// The time stamp, if there is one; nullopt when there is anything else.
std::optional<Bytes> unsignedPart(CMS_ContentInfo* cms, const CMS_SignerInfo* signer)
{
    if (CMS_unsigned_get_attr_count(signer) < 1) {
        return Bytes();
    }
    if (!timeStampOf(cms)) {
        return std::nullopt;
    }
    return element(Tag::Context1,
                   derOf<X509_ATTRIBUTE>(CMS_unsigned_get_attr(signer, 0), i2d_X509_ATTRIBUTE));
}

} // namespace

bool hasOurForm(CMS_ContentInfo_st* cms, x509_st* certificate, BytesView der)
{
    CMS_SignerInfo* const signer = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
    std::vector<Bytes> attributes;
    for (int i = 0; i < CMS_signed_get_attr_count(signer); ++i) {
        attributes.push_back(
            derOf<X509_ATTRIBUTE>(CMS_signed_get_attr(signer, i), i2d_X509_ATTRIBUTE));
    }
    const auto chain = chainOf(cms, certificate);
    const auto stamp = unsignedPart(cms, signer);
    const int key = EVP_PKEY_get_base_id(X509_get0_pubkey(certificate));
    if (!chain || !stamp || (key != EVP_PKEY_EC && key != EVP_PKEY_RSA)) {
        return false;
    }
    const ASN1_OCTET_STRING* const value = CMS_SignerInfo_get0_signature(signer);
    const Bytes signature(reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
                          static_cast<std::size_t>(ASN1_STRING_length(value)));
    const Bytes name = derOf<X509_NAME>(X509_get_issuer_name(certificate), i2d_X509_NAME)
        + derOf<ASN1_INTEGER>(X509_get0_serialNumber(certificate), i2d_ASN1_INTEGER);
    const Bytes info = element(Tag::Sequence,
                               kVersion1 + element(Tag::Sequence, name) + kSha256
                                   + element(Tag::Context0, joined(std::move(attributes)))
                                   + (key == EVP_PKEY_EC ? kEcdsaWithSha256 : kRsa)
                                   + element(Tag::OctetString, signature) + *stamp);
    const Bytes signedData
        = element(Tag::Sequence,
                  kVersion1 + element(Tag::Set, kSha256) + element(Tag::Sequence, kData)
                      + element(Tag::Context0, *chain) + element(Tag::Set, info));
    return element(Tag::Sequence, kSignedData + element(Tag::Context0, signedData)) == der;
}

} // namespace exhibit::report
