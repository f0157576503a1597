// SPDX-License-Identifier: Apache-2.0
#include "backend-client/decode.h"

#include <fmt/format.h>

namespace exhibit::client {

Failure unreadable(const HttpReply& reply, const Error& why)
{
    Failure failure;
    failure.httpStatus = reply.status;
    const std::string where = why.subject.empty() ? "" : " at " + why.subject;
    failure.error = {ErrorCode::Unavailable,
                     fmt::format("The server's answer is not what this program expects ({}{}); is "
                                 "it an Exhibit server of the same version?",
                                 why.message,
                                 where),
                     {}};
    return failure;
}

Reply<void> decodeEmpty(const HttpReply& reply)
{
    if (reply.status >= 300) {
        return tl::make_unexpected(failureOf(reply));
    }
    return {};
}

Reply<Health> decodeHealth(const HttpReply& reply)
{
    if (reply.status != 503) {
        return decodeReply<Health>(reply);
    }
    auto health = decodeReply<Health>({200, reply.contentType, reply.body});
    if (!health) {
        return tl::make_unexpected(failureOf(reply));
    }
    return health;
}

Reply<CreatedKey> decodeCreatedKey(const HttpReply& reply)
{
    auto info = decodeReply<KeyInfo>(reply);
    if (!info) {
        return tl::make_unexpected(std::move(info).error());
    }
    const auto json = parseJson(reply.body);
    const auto key = json ? stringMember(*json, "key") : std::string_view();
    if (key.empty()) {
        return tl::make_unexpected(
            unreadable(reply, {ErrorCode::InvalidInput, "a required member is missing", "/key"}));
    }
    return CreatedKey{*std::move(info), Secret(std::string(key))};
}

} // namespace exhibit::client
