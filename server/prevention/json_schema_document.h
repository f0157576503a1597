// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/rule_limits.h"
#include "models/scan/pattern_set.h"
#include "server/prevention/json_schema.h"

#include <deque>
#include <map>
#include <vector>

/// Private to json_schema*.cpp.
namespace exhibit::prevention {

/// A schema as read: what it asks of one value.
struct SchemaNode {
    enum Type : std::uint8_t {
        Null = 1,
        Boolean = 2,
        Object = 4,
        Array = 8,
        Number = 16,
        Integer = 32,
        String = 64
    };

    bool never = false; ///< The schema `false`.
    std::uint8_t types = 0; ///< 0: any.
    std::optional<std::vector<Json>> values; ///< enum, const.
    std::map<std::string, const SchemaNode*, std::less<>> properties;
    std::vector<std::string> required;
    const SchemaNode* otherProperties = nullptr;
    std::vector<const SchemaNode*> firstItems;
    const SchemaNode* otherItems = nullptr;
    bool uniqueItems = false;
    /// By keyword: minItems, maxItems, minLength, maxLength, minProperties, maxProperties.
    std::map<std::string, std::size_t, std::less<>> counts;
    std::map<std::string, double, std::less<>> bounds; ///< minimum ..., multipleOf.
    std::shared_ptr<const scan::PatternSet> pattern;
    std::vector<const SchemaNode*> allOf; ///< $ref too.
    std::vector<const SchemaNode*> anyOf;
    std::vector<const SchemaNode*> oneOf;
    const SchemaNode* notOf = nullptr;
};

struct JsonSchema::Document {
    std::deque<SchemaNode> nodes; ///< Stable addresses; the first is the root.
};

/// Errors: see JsonSchema::compile().
[[nodiscard]] Result<std::shared_ptr<const JsonSchema::Document>> readSchema(const Json& schema);

} // namespace exhibit::prevention
