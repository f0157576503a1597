// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"

#include <memory>
#include <optional>
#include <string>

namespace exhibit::prevention {

/// A JSON Schema (2020-12) of the keywords that decide about a value: type, enum, const,
/// properties, required, additionalProperties, min/maxProperties, items, prefixItems, min/maxItems,
/// uniqueItems, min/maxLength, pattern (in the dialect of models/scan, so that no text can be
/// costly), minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, anyOf, allOf, oneOf,
/// not, and $ref within the document. A keyword that is none of these and no annotation is refused:
/// a policy must not mean less than its author believes. Immutable; any thread.
class JsonSchema {
public:
    /// Errors: InvalidInput or TooLarge, the JSON pointer within the schema in `subject`.
    [[nodiscard]] static Result<JsonSchema> compile(const Json& schema);

    /// What does not fit, as the end of a sentence without content ("/items/3 is no number");
    /// nullopt when the value fits.
    [[nodiscard]] std::optional<std::string> violation(const Json& value) const;

    struct Document; ///< Private to json_schema.cpp.

private:
    explicit JsonSchema(std::shared_ptr<const Document> document);
    std::shared_ptr<const Document> m_document;
};

} // namespace exhibit::prevention
