// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/report/document.h"

namespace exhibit::report {

/// A report of these blocks and little else.
inline Document documentWith(std::vector<Block> blocks)
{
    Document document;
    document.title = "A report";
    document.kind = "Incident report";
    document.footer = plain("Pack SHA-256 00");
    document.createdAt = fromMicroseconds(1'795'000'000'000'000);
    document.blocks = std::move(blocks);
    return document;
}

} // namespace exhibit::report
