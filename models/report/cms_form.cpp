// SPDX-License-Identifier: Apache-2.0
#include "models/report/cms_form.h"

#include <openssl/cms.h>
#include <openssl/x509.h>

#include <algorithm>
#include <vector>

namespace exhibit::report {
namespace {

/// DER's tags: universal, and context-specific constructed ones.
enum class Tag : unsigned char {
    OctetString = 0x04,
    Sequence = 0x30,
    Set = 0x31,
    Context0 = 0xA0,
};

const Bytes kVersion1("\x02\x01\x01", 3);
const Bytes kSha256("\x30\x0B\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01", 13);
const Bytes kEcdsaWithSha256("\x30\x0A\x06\x08\x2A\x86\x48\xCE\x3D\x04\x03\x02", 12);
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

} // namespace

bool hasOurForm(CMS_ContentInfo_st* cms, x509_st* certificate, BytesView der)
{
    CMS_SignerInfo* const signer = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
    std::vector<Bytes> attributes;
    for (int i = 0; i < CMS_signed_get_attr_count(signer); ++i) {
        attributes.push_back(
            derOf<X509_ATTRIBUTE>(CMS_signed_get_attr(signer, i), i2d_X509_ATTRIBUTE));
    }
    std::sort(attributes.begin(), attributes.end());
    Bytes signedAttributes;
    for (const auto& attribute : attributes) {
        signedAttributes += attribute;
    }
    const ASN1_OCTET_STRING* const value = CMS_SignerInfo_get0_signature(signer);
    const Bytes signature(reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
                          static_cast<std::size_t>(ASN1_STRING_length(value)));
    const Bytes name = derOf<X509_NAME>(X509_get_issuer_name(certificate), i2d_X509_NAME)
        + derOf<ASN1_INTEGER>(X509_get0_serialNumber(certificate), i2d_ASN1_INTEGER);
    const Bytes info = element(Tag::Sequence,
                               kVersion1 + element(Tag::Sequence, name) + kSha256
                                   + element(Tag::Context0, signedAttributes) + kEcdsaWithSha256
                                   + element(Tag::OctetString, signature));
    const Bytes signedData = element(
        Tag::Sequence,
        kVersion1 + element(Tag::Set, kSha256) + element(Tag::Sequence, kData)
            + element(Tag::Context0, derOf<X509>(certificate, i2d_X509)) + element(Tag::Set, info));
    return element(Tag::Sequence, kSignedData + element(Tag::Context0, signedData)) == der;
}

} // namespace exhibit::report
