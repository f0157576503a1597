// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json_fields.h"

#include <cstdint>
#include <string>
#include <vector>

namespace exhibit::domain {

/// Values that a field has in recorded incidents, for completion while somebody types.
struct ValuesRequest {
    std::string field; ///< "user", "session", "run", "policy", "model", "tag".
    std::string prefix; ///< As typed, in lower or in upper case.
    std::uint32_t limit = 20;
};

struct ValuesReply {
    std::string field;
    std::vector<std::string> values; ///< In order.
    bool more = false; ///< There are more than these.
};

template <class V>
void visitFields(V& visit, Of<V, ValuesRequest>& request)
{
    visit("field", request.field);
    visit("prefix", request.prefix);
    visit("limit", request.limit);
}

template <class V>
void visitFields(V& visit, Of<V, ValuesReply>& reply)
{
    visit("field", reply.field);
    visit("values", reply.values);
    visit("more", reply.more);
}

} // namespace exhibit::domain
