// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/report/document.h"

#include <string>
#include <utility>
#include <vector>

/// What the pages and the extracted text of a produced document say: the same lines.
namespace exhibit::report {

struct NamedLine {
    std::string name;
    std::string value; ///< As recorded; may hold line feeds.
};

/// Each leaf of it under its path, "messages.0.content"; strings as they are, the rest as JSON.
[[nodiscard]] std::vector<NamedLine> linesOf(const Json& value);

/// UTF-8 text: the title, a line for each.
[[nodiscard]] std::string extractedText(const std::string& title,
                                        const std::vector<NamedLine>& lines);
/// The same set in type. Margins are for the caller.
[[nodiscard]] Document producedPages(const std::string& title, const std::vector<NamedLine>& lines);
/// A page in place of a document that is not shown as pages, saying why.
[[nodiscard]] Document slipSheet(const std::string& title, const std::string& words);

} // namespace exhibit::report
