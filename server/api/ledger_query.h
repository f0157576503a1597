// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/trust.h"
#include "server/api/resources.h"
#include "server/storage/pack_export.h"

namespace exhibit::api {

/// The ledger's parts, once they are there.
[[nodiscard]] inline Result<const storage::LedgerParts*> ledgerParts(const SharedServices& services)
{
    if (services->evidence == nullptr) {
        return fail(ErrorCode::Unavailable, "the ledger is not open");
    }
    return services->evidence;
}

/// A number of the query that is none below zero.
[[nodiscard]] inline Result<std::uint64_t> numberOf(const http::Request& request,
                                                    std::string_view name,
                                                    std::uint64_t otherwise)
{
    const auto found = request.query.find(name);
    if (found == request.query.end()) {
        return otherwise;
    }
    auto number = evidence::parseTreeNumber(found->second);
    if (!number) {
        number.error().subject = std::string(name);
    }
    return number;
}

} // namespace exhibit::api
