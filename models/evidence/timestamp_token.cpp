// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/timestamp_token.h"

#include <openssl/asn1.h>
#include <openssl/err.h>

namespace exhibit::evidence {
namespace {

constexpr unsigned char kSequence = 0x30;
/// PKIStatusInfo with the status 0, granted.
const Bytes kGranted("\x30\x03\x02\x01\x00", 5);

struct Element {
    BytesView whole;
    BytesView content;
};

/// The SEQUENCE at the beginning of `bytes`.
Result<Element> sequenceAt(BytesView bytes)
{
    const auto* const begin = asSpan(bytes).data();
    const auto* at = begin;
    long length = 0;
    int tag = 0;
    int classes = 0;
    const int form = bytes.empty()
        ? 0x80
        : ASN1_get_object(&at, &length, &tag, &classes, static_cast<long>(bytes.size()));
    if ((form & 0x81) != 0 || tag != V_ASN1_SEQUENCE || classes != V_ASN1_UNIVERSAL) {
        ERR_clear_error();
        return fail(ErrorCode::InvalidInput, "not a response of a time stamp authority");
    }
    const auto head = static_cast<std::size_t>(at - begin);
    const auto size = static_cast<std::size_t>(length);
    return Element{bytes.substr(0, head + size), bytes.substr(head, size)};
}

} // namespace

Result<Bytes> tokenOfResponse(BytesView response)
{
    EXHIBIT_TRY(const auto all, sequenceAt(response));
    EXHIBIT_TRY(const auto status, sequenceAt(all.content));
    EXHIBIT_TRY(const auto token, sequenceAt(all.content.substr(status.whole.size())));
    return Bytes(token.whole);
}

Bytes responseOfToken(BytesView token)
{
    const std::size_t size = kGranted.size() + token.size();
    Bytes length; // Most significant byte first, as few as there are.
    for (std::size_t rest = size; rest > 0; rest >>= 8U) {
        length.insert(length.begin(), static_cast<char>(rest & 0xFFU));
    }
    Bytes response(1, static_cast<char>(kSequence));
    if (size >= 0x80) {
        response += static_cast<char>(0x80U | length.size());
    }
    return response + length + kGranted + Bytes(token);
}

} // namespace exhibit::evidence
