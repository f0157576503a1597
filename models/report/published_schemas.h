// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"

#include <optional>
#include <string>

/// The schemas that we publish for what is handed out as JSON (resources/schemas), and whether a
/// text follows one. Of JSON Schema 2020-12 what those documents use: a schema of anybody else's is
/// for server/prevention, which no offline program has.
namespace exhibit::report {

/// By the name that a bundle gives in its member `schema`; nullptr: this release knows none of it.
[[nodiscard]] const Json* publishedSchema(std::string_view name);

/// What does not fit, as the end of a sentence ("/steps/3/time is no date-time"); nullopt: it fits.
/// Formats and encodings count, which 2020-12 leaves to the reader, and no number is larger than
/// 2^53 - 1 (RFC 8259, 6), so that a few may be added. `schema` is one of ours.
[[nodiscard]] std::optional<std::string> schemaFault(const Json& schema, const Json& value);

} // namespace exhibit::report
