// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend-client/failure.h"
#include "backend-client/replies_json.h"

namespace exhibit::client {

/// A reply that succeeded but is not what the contract says.
[[nodiscard]] Failure unreadable(const HttpReply& reply, const Error& why);

/// The answer of a call as T. A reply that is no success, or has another form, is a Failure.
template <class T>
[[nodiscard]] Reply<T> decodeReply(const HttpReply& reply)
{
    if (reply.status >= 300) {
        return tl::make_unexpected(failureOf(reply));
    }
    const auto json = parseJson(reply.body);
    auto value = json ? fromJson<T>(*json) : Result<T>(tl::make_unexpected(json.error()));
    if (!value) {
        return tl::make_unexpected(unreadable(reply, value.error()));
    }
    return *std::move(value);
}
/// The same for calls that answer without a body.
[[nodiscard]] Reply<void> decodeEmpty(const HttpReply& reply);
/// A health report counts also when it comes with 503: live, not ready.
[[nodiscard]] Reply<Health> decodeHealth(const HttpReply& reply);
/// Takes the key out of the JSON; the caller still owns the bytes of the reply.
[[nodiscard]] Reply<CreatedKey> decodeCreatedKey(const HttpReply& reply);

} // namespace exhibit::client
