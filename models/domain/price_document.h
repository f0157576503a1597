// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/price_table.h"

namespace exhibit::domain {

/// A table as people write it. InvalidInput with the JSON pointer of the fault in `subject`:
/// unknown members too, since a price that is not understood would be no price.
[[nodiscard]] Result<PriceTable> priceTableFromDocument(const Json& document);

} // namespace exhibit::domain
