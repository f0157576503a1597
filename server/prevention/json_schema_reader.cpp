// SPDX-License-Identifier: Apache-2.0
#include "server/prevention/json_schema_document.h"

#include <algorithm>

namespace exhibit::prevention {
namespace {

constexpr std::pair<std::string_view, std::uint8_t> kTypes[] = {
    {"null", SchemaNode::Null},
    {"boolean", SchemaNode::Boolean},
    {"object", SchemaNode::Object},
    {"array", SchemaNode::Array},
    {"number", SchemaNode::Number},
    {"integer", SchemaNode::Integer},
    {"string", SchemaNode::String},
};
constexpr std::string_view kAnnotations[] = {"title",
                                             "description",
                                             "default",
                                             "examples",
                                             "$schema",
                                             "$comment",
                                             "$defs",
                                             "definitions",
                                             "deprecated",
                                             "readOnly",
                                             "writeOnly"};
constexpr std::string_view kCounts[]
    = {"minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties"};
constexpr std::string_view kBounds[]
    = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"};

template <std::size_t N>
bool isOneOf(std::string_view name, const std::string_view (&list)[N])
{
    return std::find(std::begin(list), std::end(list), name) != std::end(list);
}

tl::unexpected<Error> refuse(std::string message, const std::string& at)
{
    return fail(ErrorCode::InvalidInput, std::move(message), at);
}

class SchemaReader {
public:
    explicit SchemaReader(const Json& root)
        : m_root(root)
    {
    }

    Result<std::shared_ptr<const JsonSchema::Document>> run()
    {
        EXHIBIT_CHECK(read(m_root, "", 0));
        return std::shared_ptr<const JsonSchema::Document>(std::move(m_document));
    }

private:
    /// A schema is read once, also when it is referred to from within itself.
    Result<const SchemaNode*> read(const Json& schema, const std::string& at, std::size_t depth)
    {
        if (const auto known = m_known.find(&schema); known != m_known.end()) {
            return known->second;
        }
        if (depth > limits::kSchemaDepthMax) {
            return fail(ErrorCode::TooLarge, "schemas nest too deep", at);
        }
        auto& node = m_document->nodes.emplace_back();
        m_known.emplace(&schema, &node);
        if (schema.is_bool()) {
            node.never = !schema.get_bool();
            return &node;
        }
        const auto* object = schema.if_object();
        if (object == nullptr) {
            return refuse("a schema is an object, true or false", at);
        }
        for (const auto& member : *object) {
            m_depth = depth;
            const std::string_view name = member.key();
            EXHIBIT_CHECK(keyword(node, name, member.value(), appendPointer(at, name)));
        }
        return &node;
    }

    Result<void> keyword(SchemaNode& node,
                         std::string_view name,
                         const Json& value,
                         const std::string& at)
    {
        if (isOneOf(name, kAnnotations)) {
            return {};
        }
        if (isOneOf(name, kCounts)) {
            return count(node, name, value, at);
        }
        if (isOneOf(name, kBounds)) {
            return bound(node, name, value, at);
        }
        const std::pair<std::string_view, Reader> readers[] = {
            {"type", &SchemaReader::type},
            {"enum", &SchemaReader::enumeration},
            {"const", &SchemaReader::constant},
            {"properties", &SchemaReader::properties},
            {"required", &SchemaReader::required},
            {"additionalProperties", &SchemaReader::otherProperties},
            {"items", &SchemaReader::otherItems},
            {"prefixItems", &SchemaReader::firstItems},
            {"uniqueItems", &SchemaReader::uniqueItems},
            {"pattern", &SchemaReader::pattern},
            {"allOf", &SchemaReader::allOf},
            {"anyOf", &SchemaReader::anyOf},
            {"oneOf", &SchemaReader::oneOf},
            {"not", &SchemaReader::notOf},
            {"$ref", &SchemaReader::reference},
        };
        const auto found = std::find_if(std::begin(readers),
                                        std::end(readers),
                                        [name](const auto& each) { return each.first == name; });
        if (found == std::end(readers)) {
            return refuse("this keyword is not known here", at);
        }
        return (this->*found->second)(node, value, at);
    }

    using Reader = Result<void> (SchemaReader::*)(SchemaNode&, const Json&, const std::string&);

    Result<void> count(SchemaNode& node,
                       std::string_view name,
                       const Json& value,
                       const std::string& at)
    {
        if (!value.is_int64() || value.get_int64() < 0) {
            return refuse("expected a whole number from 0", at);
        }
        node.counts.emplace(name, static_cast<std::size_t>(value.get_int64()));
        return {};
    }
    Result<void> bound(SchemaNode& node,
                       std::string_view name,
                       const Json& value,
                       const std::string& at)
    {
        if (!value.is_number() || (name == "multipleOf" && value.to_number<double>() <= 0)) {
            return refuse("expected a number", at);
        }
        node.bounds.emplace(name, value.to_number<double>());
        return {};
    }
    Result<void> type(SchemaNode& node, const Json& value, const std::string& at)
    {
        const auto add = [&node](const Json& name) {
            const auto* text = name.if_string();
            const auto found
                = std::find_if(std::begin(kTypes), std::end(kTypes), [text](const auto& each) {
                      return text != nullptr && *text == each.first;
                  });
            const auto bit = found == std::end(kTypes) ? std::uint8_t{0} : found->second;
            node.types = static_cast<std::uint8_t>(node.types | bit);
            return bit != 0;
        };
        const auto* list = value.if_array();
        const bool good = list == nullptr
            ? add(value)
            : !list->empty() && std::all_of(list->begin(), list->end(), add);
        return good ? Result<void>{} : refuse("expected a type or a list of types", at);
    }
    Result<void> enumeration(SchemaNode& node, const Json& value, const std::string& at)
    {
        const auto* list = value.if_array();
        if (list == nullptr) {
            return refuse("expected a list of values", at);
        }
        return narrow(node, {list->begin(), list->end()}, at);
    }
    Result<void> constant(SchemaNode& node, const Json& value, const std::string& at)
    {
        return narrow(node, {value}, at);
    }
    static Result<void> narrow(SchemaNode& node, std::vector<Json> values, const std::string& at)
    {
        if (node.values) {
            return refuse("enum and const exclude each other here", at);
        }
        node.values = std::move(values);
        return {};
    }
    Result<void> properties(SchemaNode& node, const Json& value, const std::string& at)
    {
        const auto* object = value.if_object();
        if (object == nullptr) {
            return refuse("expected an object of schemas", at);
        }
        const auto depth = m_depth;
        for (const auto& member : *object) {
            EXHIBIT_TRY(const auto* schema,
                        read(member.value(), appendPointer(at, member.key()), depth + 1));
            node.properties.emplace(member.key(), schema);
        }
        return {};
    }
    Result<void> required(SchemaNode& node, const Json& value, const std::string& at)
    {
        const auto* list = value.if_array();
        const bool names
            = list != nullptr && std::all_of(list->begin(), list->end(), [](const Json& name) {
                  return name.is_string();
              });
        if (!names) {
            return refuse("expected a list of names", at);
        }
        for (const auto& name : *list) {
            node.required.emplace_back(name.get_string());
        }
        return {};
    }
    Result<void> otherProperties(SchemaNode& node, const Json& value, const std::string& at)
    {
        return one(node.otherProperties, value, at);
    }
    Result<void> otherItems(SchemaNode& node, const Json& value, const std::string& at)
    {
        return one(node.otherItems, value, at);
    }
    Result<void> notOf(SchemaNode& node, const Json& value, const std::string& at)
    {
        return one(node.notOf, value, at);
    }
    Result<void> firstItems(SchemaNode& node, const Json& value, const std::string& at)
    {
        return several(node.firstItems, value, at);
    }
    Result<void> allOf(SchemaNode& node, const Json& value, const std::string& at)
    {
        return several(node.allOf, value, at);
    }
    Result<void> anyOf(SchemaNode& node, const Json& value, const std::string& at)
    {
        return several(node.anyOf, value, at);
    }
    Result<void> oneOf(SchemaNode& node, const Json& value, const std::string& at)
    {
        return several(node.oneOf, value, at);
    }
    Result<void> uniqueItems(SchemaNode& node, const Json& value, const std::string& at)
    {
        if (!value.is_bool()) {
            return refuse("expected true or false", at);
        }
        node.uniqueItems = value.get_bool();
        return {};
    }
    Result<void> pattern(SchemaNode& node, const Json& value, const std::string& at)
    {
        const auto* text = value.if_string();
        if (text == nullptr) {
            return refuse("expected a pattern", at);
        }
        scan::PatternSpec spec;
        spec.pattern = std::string_view(*text);
        auto compiled = scan::PatternSet::compile(std::span(&spec, 1));
        if (!compiled) {
            return refuse(compiled.error().message, at);
        }
        node.pattern = *std::move(compiled);
        return {};
    }
    /// "#", "#/$defs/name" ...
    Result<void> reference(SchemaNode& node, const Json& value, const std::string& at)
    {
        const auto* text = value.if_string();
        if (text == nullptr || !text->starts_with('#')) {
            return refuse("expected a reference within the document, e.g. #/$defs/name", at);
        }
        boost::system::error_code error;
        const auto* target = m_root.find_pointer(std::string_view(*text).substr(1), error);
        if (target == nullptr) {
            return refuse("the reference leads nowhere", at);
        }
        EXHIBIT_TRY(const auto* schema, read(*target, at, m_depth + 1));
        node.allOf.push_back(schema);
        return {};
    }
    Result<void> one(const SchemaNode*& into, const Json& value, const std::string& at)
    {
        EXHIBIT_TRY(into, read(value, at, m_depth + 1));
        return {};
    }
    Result<void> several(std::vector<const SchemaNode*>& into,
                         const Json& value,
                         const std::string& at)
    {
        const auto* list = value.if_array();
        if (list == nullptr || list->empty()) {
            return refuse("expected a list of schemas", at);
        }
        const auto depth = m_depth;
        for (std::size_t i = 0; i < list->size(); ++i) {
            EXHIBIT_TRY(const auto* schema,
                        read((*list)[i], appendPointer(at, std::to_string(i)), depth + 1));
            into.push_back(schema);
        }
        return {};
    }

    const Json& m_root;
    std::shared_ptr<JsonSchema::Document> m_document = std::make_shared<JsonSchema::Document>();
    std::map<const Json*, const SchemaNode*> m_known;
    std::size_t m_depth = 0; ///< Of the schema whose keyword is being read.
};

} // namespace

Result<std::shared_ptr<const JsonSchema::Document>> readSchema(const Json& schema)
{
    if (printJson(schema).size() > limits::kSchemaBytesMax) {
        return fail(ErrorCode::TooLarge, "the schema is too large");
    }
    return SchemaReader(schema).run();
}

} // namespace exhibit::prevention
