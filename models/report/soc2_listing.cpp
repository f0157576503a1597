// SPDX-License-Identifier: Apache-2.0
#include "models/report/soc2_listing.h"

namespace exhibit::report {

Result<void> readListing(BytesView listing, const std::function<void(const Json& member)>& take)
{
    for (std::size_t lines = 0; !listing.empty(); ++lines) {
        const auto end = listing.find('\n');
        const BytesView line = listing.substr(0, end);
        if (lines == kListingLinesMax || line.size() > kListingLineBytesMax) {
            return fail(ErrorCode::TooLarge, "it has more, or longer, lines than a listing may");
        }
        const auto member = parseJson(line);
        if (!member || !member->is_object()) {
            return fail(ErrorCode::InvalidInput, "a line is no object");
        }
        take(*member);
        listing.remove_prefix(end == listing.npos ? listing.size() : end + 1);
    }
    return {};
}

std::map<std::string_view, std::vector<const Soc2Row*>> rowsByListing(const Soc2Bundle& bundle)
{
    std::map<std::string_view, std::vector<const Soc2Row*>> rows;
    for (const auto& row : bundle.rows) {
        rows[row.evidenceFile].push_back(&row);
    }
    return rows;
}

} // namespace exhibit::report
