// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/request_texts.h"

#include "server/gateway/known_names.h"
#include "server/gateway/replaced_text.h"

#include <algorithm>
#include <utility>

namespace exhibit::gateway {
namespace {

using prevention::Replacement;

constexpr std::size_t kTokenBytes = 4; // What a token counts for where texts are estimated.

// Members that name things, as long as they look like it.
constexpr std::string_view kIds[] = {"role",
                                     "type",
                                     "id",
                                     "tool_call_id",
                                     "tool_use_id",
                                     "call_id",
                                     "media_type",
                                     "format",
                                     "encoding_format",
                                     "detail",
                                     "model"};

/// A string without its quotes, escapes as they are.
std::string_view inner(const JsonWalk& walk, std::size_t node)
{
    const auto raw = walk.raw(node);
    return raw.substr(1, raw.size() - 2);
}

bool isId(const JsonWalk& walk, std::size_t node)
{
    return hasIdForm(inner(walk, node))
        && std::any_of(std::begin(kIds),
                       std::end(kIds),
                       [&](std::string_view name) { return walk.nameIs(node, name); })
        && !isFreeForm(walk, node);
}

/// Megabytes of pictures, sound and files, where they belong and when they are nothing else.
bool isMedia(const JsonWalk& walk, std::size_t node)
{
    const std::size_t parent = walk[node].parent;
    const auto isIn = [&](std::string_view name, std::string_view holder) {
        return walk.nameIs(node, name) && walk.nameIs(parent, holder);
    };
    const bool url = isIn("url", "image_url") || walk.nameIs(node, "image_url");
    const bool encoded
        = isIn("data", "source") && walk.string(walk.find(parent, "type")) == "base64";
    const bool data = isIn("data", "input_audio") || encoded || walk.nameIs(node, "file_data");
    return (data || (url && inner(walk, node).starts_with("data:")))
        && isEncodedMedia(inner(walk, node));
}

bool areArguments(const JsonWalk& walk, std::size_t node)
{
    return walk.nameIs(node, "arguments")
        || (walk.nameIs(node, "input") && walk.nameIs(walk[node].parent, "custom"));
}

/// The content whose part has this string as its text; JsonWalk::kNone for all others.
std::size_t contentOf(const JsonWalk& walk, std::size_t node)
{
    const std::size_t content = walk[walk[node].parent].parent;
    const bool part = walk.nameIs(node, "text") && walk.is(content, JsonKind::Array)
        && (walk.nameIs(content, "content") || walk.nameIs(content, "system"));
    return part ? content : JsonWalk::kNone;
}

} // namespace

void RequestTexts::collect(const JsonWalk& walk, const std::vector<std::size_t>& skipped)
{
    m_walk = &walk;
    for (std::size_t node = 1; node < walk.nodes().size(); ++node) {
        if (std::binary_search(skipped.begin(), skipped.end(), node)) {
            node = walk[node].next - 1U;
            continue;
        }
        addName(node);
        if (walk.is(node, JsonKind::String) && !isId(walk, node) && !isMedia(walk, node)) {
            addValue(node);
        }
    }
    addTokens();
    addJoined();
}

/// Completions and embeddings also take token numbers, alone or in lists.
void RequestTexts::addTokens()
{
    const auto& walk = *m_walk;
    for (const std::string_view name : {"input", "prompt"}) {
        const std::size_t list = walk.find(0, name);
        if (!walk.is(list, JsonKind::Array)) {
            continue;
        }
        std::size_t numbers = 0;
        for (std::size_t node = list + 1; node < walk[list].next; ++node) {
            const std::size_t parent = walk[node].parent;
            const bool direct = parent == list || walk[parent].parent == list;
            const bool inList = walk.is(parent, JsonKind::Array);
            numbers += direct && inList && walk.is(node, JsonKind::Number) ? 1 : 0;
        }
        if (numbers > 0) {
            add({Kind::Value, list, 0}, walk.path(list), {});
            m_texts.back().unreadable = true;
            m_tokens += numbers;
        }
    }
}

void RequestTexts::addValue(std::size_t node)
{
    std::string_view text = inner(*m_walk, node);
    if ((*m_walk)[node].escaped) {
        text = m_decoded.emplace_back(decodeJsonString(text));
    }
    add({Kind::Value, node, 0}, m_walk->path(node), text);
    if (areArguments(*m_walk, node)) {
        addArguments(m_texts.size() - 1);
    }
}

void RequestTexts::addName(std::size_t node)
{
    const auto& value = (*m_walk)[node];
    if (!m_walk->is(value.parent, JsonKind::Object)) {
        return;
    }
    auto name = m_walk->text().substr(value.nameBegin, value.nameEnd - value.nameBegin);
    if (value.nameEscaped) {
        name = m_decoded.emplace_back(m_walk->name(node));
    }
    if (!isKnownName(name)) {
        add({Kind::Name, node, 0}, m_walk->path(node) + "/~name", name);
    }
}

/// What the tool reads; the text itself is judged too.
void RequestTexts::addArguments(std::size_t text)
{
    const auto node = m_places[text].node;
    const auto name = m_texts[text].name;
    for (auto& part : escapedStrings(m_texts[text].text)) {
        const auto& decoded = m_decoded.emplace_back(part.decoded);
        m_arguments.push_back(std::move(part));
        add({Kind::Argument, node, m_arguments.size() - 1},
            name + "/" + m_arguments.back().path,
            decoded);
    }
}

void RequestTexts::addJoined()
{
    const std::size_t count = m_texts.size();
    for (std::size_t first = 0; first < count;) {
        const std::size_t content = m_places[first].kind == Kind::Value
            ? contentOf(*m_walk, m_places[first].node)
            : JsonWalk::kNone;
        if (content == JsonWalk::kNone) {
            ++first;
            continue;
        }
        std::vector<Part> parts;
        std::string joined;
        for (; first < count && m_places[first].node < (*m_walk)[content].next; ++first) {
            const auto& place = m_places[first];
            if (place.kind == Kind::Value && contentOf(*m_walk, place.node) == content) {
                const auto begin = joined.size();
                joined += m_texts[first].text;
                parts.push_back({place.node, begin, joined.size()});
            }
        }
        if (parts.size() > 1) {
            m_joined.push_back(std::move(parts));
            add({Kind::Joined, content, m_joined.size() - 1},
                m_walk->path(content),
                m_decoded.emplace_back(std::move(joined)));
        }
    }
}

void RequestTexts::add(Place place, std::string name, std::string_view text)
{
    m_texts.push_back({std::move(name), text});
    m_places.push_back(place);
}

std::size_t RequestTexts::bytes() const
{
    std::size_t bytes = m_tokens * kTokenBytes;
    for (std::size_t i = 0; i < m_texts.size(); ++i) {
        bytes += m_places[i].kind == Kind::Value ? m_texts[i].text.size() : 0;
    }
    return bytes;
}

std::vector<Edit> RequestTexts::edits(const Replacements& replacements) const
{
    std::map<std::size_t, Change> values;
    std::map<std::size_t, std::vector<Replacement>> names;
    for (const auto& [text, replacement] : replacements) {
        const auto& place = m_places[text];
        if (place.kind == Kind::Value) {
            values[place.node].replacements.push_back(replacement);
        } else if (place.kind == Kind::Name) {
            names[place.node].push_back(replacement);
        } else if (place.kind == Kind::Joined) {
            changeParts(m_joined[place.more], replacement, values);
        } else {
            auto& finding = values[place.node].found[place.more];
            finding.where = m_arguments[place.more];
            finding.replacements.push_back(replacement);
        }
    }
    std::vector<Edit> edits;
    for (const auto& [node, change] : values) {
        edits.push_back(valueEdit(node, change));
    }
    for (const auto& [node, changes] : names) {
        const auto name = m_walk->name(node);
        const auto& value = (*m_walk)[node];
        edits.push_back({value.nameBegin - 1U,
                         value.nameEnd + 1U,
                         quoteJson(applyReplacements(name, 0, name.size(), changes))});
    }
    return edits;
}

/// The placeholder stands in the first part that a match covers; the rest of it goes.
void RequestTexts::changeParts(const std::vector<Part>& parts,
                               const Replacement& replacement,
                               std::map<std::size_t, Change>& values) const
{
    std::string placeholder = replacement.placeholder;
    for (const auto& part : parts) {
        const auto begin = std::max(part.begin, replacement.begin);
        const auto end = std::min(part.end, replacement.end);
        if (begin < end) {
            values[part.node].replacements.push_back(
                {begin - part.begin, end - part.begin, std::exchange(placeholder, {})});
        }
    }
}

Edit RequestTexts::valueEdit(std::size_t node, const Change& change) const
{
    const auto text = m_walk->string(node);
    auto replacements = united(change.replacements);
    if (areArguments(*m_walk, node)) {
        std::vector<ArgumentFinding> found;
        for (const auto& each : change.found) {
            found.push_back(each.second);
        }
        replacements = argumentReplacements(text, std::move(replacements), found);
    }
    return {(*m_walk)[node].begin,
            (*m_walk)[node].end,
            quoteJson(applyReplacements(text, 0, text.size(), replacements))};
}

} // namespace exhibit::gateway
