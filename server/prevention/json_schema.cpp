// SPDX-License-Identifier: Apache-2.0
#include "server/prevention/json_schema.h"

#include "models/scan/scanner.h"
#include "server/prevention/json_schema_document.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace exhibit::prevention {
namespace {

/// A value is looked at in at most this many ways at once; a schema that refers to itself without
/// going down the value would look at it for ever.
constexpr std::size_t kDepthMax = 256;
/// And this often: forms within forms multiply.
constexpr std::size_t kStepsMax = 200'000;

using Fault = std::optional<std::string>;

std::uint8_t typesOf(const Json& value)
{
    switch (value.kind()) {
    case boost::json::kind::null:
        return SchemaNode::Null;
    case boost::json::kind::bool_:
        return SchemaNode::Boolean;
    case boost::json::kind::object:
        return SchemaNode::Object;
    case boost::json::kind::array:
        return SchemaNode::Array;
    case boost::json::kind::string:
        return SchemaNode::String;
    case boost::json::kind::double_: {
        const auto number = value.get_double();
        const bool whole = std::isfinite(number) && std::floor(number) == number;
        return whole ? SchemaNode::Number | SchemaNode::Integer
                     : static_cast<std::uint8_t>(SchemaNode::Number);
    }
    default:
        return SchemaNode::Number | SchemaNode::Integer;
    }
}

bool sameValue(const Json& a, const Json& b)
{
    if (a.is_number() && b.is_number()) {
        return a == b || a.to_number<double>() == b.to_number<double>();
    }
    return a == b;
}

std::size_t characters(std::string_view text)
{
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

class SchemaCheck {
public:
    Fault run(const SchemaNode& root, const Json& value)
    {
        auto fault = check(root, value, "");
        return m_exhausted ? describe("", "takes more steps to check than are allowed") : fault;
    }

private:
    Fault check(const SchemaNode& node, const Json& value, const std::string& at)
    {
        m_exhausted = m_exhausted || ++m_steps > kStepsMax || m_depth == kDepthMax;
        if (m_exhausted) {
            return describe(at, "cannot be checked");
        }
        ++m_depth;
        auto fault = checkHere(node, value, at);
        --m_depth;
        return fault;
    }

    static Fault describe(const std::string& at, std::string_view what)
    {
        return fmt::format("{} {}", at.empty() ? "the value" : at, what);
    }

    Fault checkHere(const SchemaNode& node, const Json& value, const std::string& at)
    {
        if (node.never) {
            return describe(at, "must not be there");
        }
        if (node.types != 0 && (node.types & typesOf(value)) == 0) {
            return describe(at, "has another type");
        }
        if (node.values
            && std::none_of(node.values->begin(), node.values->end(), [&value](const Json& each) {
                   return sameValue(each, value);
               })) {
            return describe(at, "is none of the values allowed");
        }
        if (auto fault = checkKind(node, value, at)) {
            return fault;
        }
        return checkCombined(node, value, at);
    }

    Fault checkKind(const SchemaNode& node, const Json& value, const std::string& at)
    {
        if (const auto* object = value.if_object()) {
            return checkObject(node, *object, at);
        }
        if (const auto* array = value.if_array()) {
            return checkArray(node, *array, at);
        }
        if (const auto* text = value.if_string()) {
            return checkText(node, *text, at);
        }
        return value.is_number() ? checkNumber(node, value.to_number<double>(), at) : Fault{};
    }

    static Fault checkCount(const SchemaNode& node,
                            std::string_view what,
                            std::size_t count,
                            const std::string& at)
    {
        const auto limit = [&node, what](std::string_view edge) {
            const auto found = node.counts.find(std::string(edge) + std::string(what));
            return found == node.counts.end() ? nullptr : &found->second;
        };
        const auto* least = limit("min");
        const auto* most = limit("max");
        if (least != nullptr && count < *least) {
            return describe(at, "is too small");
        }
        return most != nullptr && count > *most ? describe(at, "is too large") : Fault{};
    }

    Fault checkObject(const SchemaNode& node, const JsonObject& object, const std::string& at)
    {
        for (const auto& name : node.required) {
            if (!object.contains(name)) {
                return describe(appendPointer(at, name), "is missing");
            }
        }
        if (auto fault = checkCount(node, "Properties", object.size(), at)) {
            return fault;
        }
        for (const auto& member : object) {
            const auto known = node.properties.find(std::string_view(member.key()));
            const bool named = known != node.properties.end();
            const auto* schema = named ? known->second : node.otherProperties;
            // A name that the schema does not know is the model's, so it is not repeated.
            const auto below = named ? appendPointer(at, member.key()) : at + "/*";
            if (schema != nullptr) {
                if (auto fault = check(*schema, member.value(), below)) {
                    return fault;
                }
            }
        }
        return {};
    }

    Fault checkArray(const SchemaNode& node, const JsonArray& array, const std::string& at)
    {
        if (auto fault = checkCount(node, "Items", array.size(), at)) {
            return fault;
        }
        for (std::size_t i = 0; i < array.size(); ++i) {
            const auto* schema = i < node.firstItems.size() ? node.firstItems[i] : node.otherItems;
            if (schema != nullptr) {
                if (auto fault = check(*schema, array[i], at + "/" + std::to_string(i))) {
                    return fault;
                }
            }
        }
        return node.uniqueItems ? checkUnique(array, at) : Fault{};
    }

    static Fault checkUnique(const JsonArray& array, const std::string& at)
    {
        std::vector<std::string> printed;
        for (const auto& item : array) {
            printed.push_back(printJson(item));
        }
        std::sort(printed.begin(), printed.end());
        const bool unique = std::adjacent_find(printed.begin(), printed.end()) == printed.end();
        return unique ? Fault{} : describe(at, "has two equal elements");
    }

    static Fault checkText(const SchemaNode& node, std::string_view text, const std::string& at)
    {
        if (auto fault = checkCount(node, "Length", characters(text), at)) {
            return fault;
        }
        // What is too much work to look at does not fit.
        const auto matches = node.pattern
            ? scanWithin(scan::WorkBudget::limited(), node.pattern, text)
            : std::nullopt;
        const bool fits = !node.pattern || (matches && !matches->empty());
        return fits ? Fault{} : describe(at, "does not match its pattern");
    }

    static Fault checkNumber(const SchemaNode& node, double number, const std::string& at)
    {
        for (const auto& [name, bound] : node.bounds) {
            const bool fits = name == "minimum" ? number >= bound
                : name == "maximum"             ? number <= bound
                : name == "exclusiveMinimum"    ? number > bound
                : name == "exclusiveMaximum"
                ? number < bound
                : std::abs(std::remainder(number, bound)) <= 1e-9 * std::max(1.0, bound);
            if (!fits) {
                return describe(at, "is out of its " + name);
            }
        }
        return {};
    }

    Fault checkCombined(const SchemaNode& node, const Json& value, const std::string& at)
    {
        for (const auto* part : node.allOf) {
            if (auto fault = check(*part, value, at)) {
                return fault;
            }
        }
        const auto fitting = [&](const std::vector<const SchemaNode*>& choices) {
            return std::count_if(choices.begin(), choices.end(), [&](const SchemaNode* choice) {
                return !check(*choice, value, at);
            });
        };
        if (!node.anyOf.empty() && fitting(node.anyOf) == 0) {
            return describe(at, "fits none of the forms allowed");
        }
        if (!node.oneOf.empty() && fitting(node.oneOf) != 1) {
            return describe(at, "does not fit exactly one of the forms allowed");
        }
        if (node.notOf != nullptr && !check(*node.notOf, value, at)) {
            return describe(at, "has a form that is not allowed");
        }
        return {};
    }

    std::size_t m_depth = 0;
    std::size_t m_steps = 0;
    bool m_exhausted = false;
};

} // namespace

JsonSchema::JsonSchema(std::shared_ptr<const Document> document)
    : m_document(std::move(document))
{
}

Result<JsonSchema> JsonSchema::compile(const Json& schema)
{
    EXHIBIT_TRY(auto document, readSchema(schema));
    return JsonSchema(std::move(document));
}

std::optional<std::string> JsonSchema::violation(const Json& value) const
{
    return SchemaCheck().run(m_document->nodes.front(), value);
}

} // namespace exhibit::prevention
