// SPDX-License-Identifier: Apache-2.0
#include "server/signer/protocol.h"

#include "models/base/limits.h"

namespace exhibit::signer {
namespace {

constexpr ErrorCode kCodes[] = {ErrorCode::InvalidInput,
                                ErrorCode::Forbidden,
                                ErrorCode::NotFound,
                                ErrorCode::Conflict,
                                ErrorCode::TooLarge,
                                ErrorCode::Corrupt,
                                ErrorCode::Unavailable};

} // namespace

Result<Bytes> frame(const Json& message)
{
    const std::string text = printJson(message);
    if (text.size() > limits::kSignerMessageBytesMax) {
        return fail(ErrorCode::TooLarge, "the message is too large for the signer");
    }
    Bytes framed;
    for (int shift = 24; shift >= 0; shift -= 8) {
        framed += static_cast<char>(text.size() >> static_cast<unsigned>(shift) & 0xffU);
    }
    return framed + text;
}

Result<std::size_t> announcedSize(BytesView prefix)
{
    std::size_t size = 0;
    for (const std::uint8_t byte : asSpan(prefix.substr(0, kPrefixBytes))) {
        size = size << 8U | byte;
    }
    if (size > limits::kSignerMessageBytesMax) {
        return fail(ErrorCode::TooLarge, "the message is too large for the signer");
    }
    return size;
}

JsonObject errorReply(const Error& error)
{
    return {{"error",
             JsonObject{{"code", errorCodeName(error.code)},
                        {"message", error.message},
                        {"subject", error.subject}}}};
}

Result<Json> takeReply(Json reply)
{
    const Json* error = findMember(reply, "error");
    if (error == nullptr) {
        return reply;
    }
    for (const ErrorCode code : kCodes) {
        if (errorCodeName(code) == stringMember(*error, "code")) {
            return fail(code,
                        std::string(stringMember(*error, "message")),
                        std::string(stringMember(*error, "subject")));
        }
    }
    return fail(ErrorCode::Internal, std::string(stringMember(*error, "message")));
}

} // namespace exhibit::signer
