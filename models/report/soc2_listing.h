// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/report/soc2.h"

#include <functional>
#include <map>

/// Listings of SOC 2 evidence as a receiver reads them: one object a line, each line once.
namespace exhibit::report {

/// Five populations of the server's largest; whoever sends more wants to be waited for.
inline constexpr std::size_t kListingLinesMax = 1'000'000;
/// Details are of one record, none of which is larger than an entry of the log.
inline constexpr std::size_t kListingLineBytesMax = std::size_t{4} * 1024 * 1024;

/// Hands on each member in turn. InvalidInput for a line that is no object, TooLarge beyond the
/// limits.
[[nodiscard]] Result<void> readListing(BytesView listing,
                                       const std::function<void(const Json& member)>& take);

/// Rows by the listing that they name, so that it is read once however many do; under "" those
/// that name none.
[[nodiscard]] std::map<std::string_view, std::vector<const Soc2Row*>> rowsByListing(
    const Soc2Bundle& bundle);

} // namespace exhibit::report
