// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/query/query.h"

#include <QString>

namespace exhibit::ui {

/// What is wrong with a query, in the person's language; the message where only that says it.
[[nodiscard]] QString queryErrorText(const query::QueryError& error);

} // namespace exhibit::ui
