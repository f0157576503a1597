// SPDX-License-Identifier: Apache-2.0
#include "models/report/published_schemas.h"

#include "models/base/assert.h"
#include "models/base/base64.h"
#include "models/base/time.h"
#include "models/report/embedded_schemas.h"
#include "models/report/entered_facts.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <regex>

namespace exhibit::report {
namespace {

/// Ids and hashes: a longer text fits no pattern of ours, and a matcher that backtracks never sees
/// one.
constexpr std::size_t kPatternBytesMax = 200;

constexpr std::string_view kKnown[] = {"$schema",
                                       "$id",
                                       "$defs",
                                       "$ref",
                                       "title",
                                       "type",
                                       "properties",
                                       "required",
                                       "const",
                                       "description",
                                       "enum",
                                       "items",
                                       "minItems",
                                       "minimum",
                                       "additionalProperties",
                                       "pattern",
                                       "format",
                                       "contentEncoding"};

constexpr double kNumberMax = 9007199254740991;

using Fault = std::optional<std::string>;

std::string describe(const std::string& at, const char* what)
{
    return (at.empty() ? "the text" : at) + " " + what;
}

bool isOfType(std::string_view type, const Json& value)
{
    return type == "object" ? value.is_object()
        : type == "array"   ? value.is_array()
        : type == "string"  ? value.is_string()
        : type == "boolean" ? value.is_bool()
        : type == "null"    ? value.is_null()
        : type == "integer" ? value.is_int64() || value.is_uint64()
                            : value.is_number();
}

bool isOfTypes(const Json& types, const Json& value)
{
    const auto* const list = types.if_array();
    return list == nullptr ? isOfType(types.as_string(), value)
                           : std::any_of(list->begin(), list->end(), [&value](const Json& type) {
                                 return isOfType(type.as_string(), value);
                             });
}

bool hasFormat(std::string_view format, std::string_view text)
{
    constexpr std::size_t kDayBytes = 10; // parseTime() takes a day for its midnight.
    return format == "date" ? parseDay(text, "").has_value()
                            : text.size() > kDayBytes && parseTime(text).has_value();
}

class Walk {
public:
    explicit Walk(const Json& root)
        : m_root(root)
    {
    }

    /// Goes down no deeper than the value does: none of our references leads to itself.
    Fault check(const Json& schema, const Json& value, const std::string& at)
    {
        const auto& keywords = schema.as_object();
        if (const Json* const reference = keywords.if_contains("$ref")) {
            const std::string_view target(reference->as_string());
            return check(m_root.at_pointer(target.substr(1)), value, at);
        }
        if (const Json* const types = keywords.if_contains("type");
            types != nullptr && !isOfTypes(*types, value)) {
            return describe(at, "has another type");
        }
        if (!isAmongValues(keywords, value)) {
            return describe(at, "is none of the values that the schema has");
        }
        if (const auto* const object = value.if_object()) {
            return checkObject(keywords, *object, at);
        }
        if (const auto* const array = value.if_array()) {
            return checkArray(keywords, *array, at);
        }
        if (const auto* const text = value.if_string()) {
            return checkText(keywords, *text, at);
        }
        if (value.is_number() && std::abs(value.to_number<double>()) > kNumberMax) {
            return describe(at, "is larger than numbers of JSON may be");
        }
        const Json* const least = keywords.if_contains("minimum");
        return least != nullptr && value.is_number()
                && value.to_number<double>() < least->to_number<double>()
            ? Fault(describe(at, "is too small"))
            : Fault();
    }

private:
    static bool isAmongValues(const JsonObject& keywords, const Json& value)
    {
        const Json* const one = keywords.if_contains("const");
        const Json* const several = keywords.if_contains("enum");
        return (one == nullptr || *one == value)
            && (several == nullptr
                || std::find(several->as_array().begin(), several->as_array().end(), value)
                    != several->as_array().end());
    }

    Fault checkObject(const JsonObject& keywords, const JsonObject& object, const std::string& at)
    {
        if (const Json* const required = keywords.if_contains("required")) {
            for (const auto& name : required->as_array()) {
                if (!object.contains(name.as_string())) {
                    return describe(appendPointer(at, name.as_string()), "is missing");
                }
            }
        }
        const Json* const properties = keywords.if_contains("properties");
        const Json* const others = keywords.if_contains("additionalProperties");
        for (const auto& member : object) {
            const Json* schema
                = properties == nullptr ? nullptr : findMember(*properties, member.key());
            const std::string below = appendPointer(at, member.key());
            if (schema == nullptr && others != nullptr) {
                if (others->is_bool() && !others->get_bool()) {
                    return describe(below, "is no member that the schema has");
                }
                schema = others->is_object() ? others : nullptr;
            }
            if (auto fault = schema == nullptr ? Fault() : check(*schema, member.value(), below)) {
                return fault;
            }
        }
        return {};
    }

    Fault checkArray(const JsonObject& keywords, const JsonArray& array, const std::string& at)
    {
        const Json* const least = keywords.if_contains("minItems");
        if (least != nullptr && array.size() < least->to_number<std::size_t>()) {
            return describe(at, "has too few elements");
        }
        const Json* const items = keywords.if_contains("items");
        for (std::size_t i = 0; items != nullptr && i < array.size(); ++i) {
            if (auto fault = check(*items, array[i], at + "/" + std::to_string(i))) {
                return fault;
            }
        }
        return {};
    }

    Fault checkText(const JsonObject& keywords, std::string_view text, const std::string& at)
    {
        const Json* const pattern = keywords.if_contains("pattern");
        if (pattern != nullptr && !matches(pattern->as_string(), text)) {
            return describe(at, "does not match its pattern");
        }
        const Json* const format = keywords.if_contains("format");
        if (format != nullptr && !hasFormat(format->as_string(), text)) {
            return describe(at, "is no date of its format");
        }
        return keywords.contains("contentEncoding") && !fromBase64(text)
            ? Fault(describe(at, "is no base64"))
            : Fault();
    }

    bool matches(std::string_view pattern, std::string_view text)
    {
        auto known = m_patterns.find(pattern);
        if (known == m_patterns.end()) {
            known = m_patterns.emplace(pattern, std::regex(pattern.begin(), pattern.end())).first;
        }
        return text.size() <= kPatternBytesMax
            && std::regex_match(text.begin(), text.end(), known->second);
    }

    const Json& m_root;
    std::map<std::string_view, std::regex> m_patterns; ///< Of the schema's own texts.
};

/// A keyword that is not checked would look checked.
bool isWhollyKnown(const Json& schema)
{
    if (!schema.is_object()) {
        return schema.is_bool();
    }
    const auto all = [](const Json* schemas) {
        return schemas == nullptr
            || std::all_of(schemas->as_object().begin(),
                           schemas->as_object().end(),
                           [](const auto& member) { return isWhollyKnown(member.value()); });
    };
    const auto one = [&schema](const char* name) {
        const Json* const below = findMember(schema, name);
        return below == nullptr || isWhollyKnown(*below);
    };
    return std::all_of(schema.get_object().begin(),
                       schema.get_object().end(),
                       [](const auto& keyword) {
                           return std::find(std::begin(kKnown), std::end(kKnown), keyword.key())
                               != std::end(kKnown);
                       })
        && all(findMember(schema, "properties")) && all(findMember(schema, "$defs")) && one("items")
        && one("additionalProperties");
}

std::map<std::string, Json, std::less<>> readSchemas()
{
    std::map<std::string, Json, std::less<>> schemas;
    for (const auto text : kSchemaTexts) {
        auto schema = parseJson(text);
        // They are part of the program.
        EXHIBIT_ASSERT(schema.has_value());
        EXHIBIT_ASSERT(isWhollyKnown(*schema));
        std::string name(schema->at_pointer("/properties/schema/const").as_string());
        schemas.emplace(std::move(name), *std::move(schema));
    }
    return schemas;
}

} // namespace

const Json* publishedSchema(std::string_view name)
{
    static const auto schemas = readSchemas();
    const auto found = schemas.find(name);
    return found == schemas.end() ? nullptr : &found->second;
}

std::optional<std::string> schemaFault(const Json& schema, const Json& value)
{
    return Walk(schema).check(schema, value, "");
}

} // namespace exhibit::report
