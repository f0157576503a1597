// SPDX-License-Identifier: Apache-2.0
#include "server/storage/call_text.h"

#include "server/storage/ingest_insert.h"

#include <algorithm>
#include <array>

namespace exhibit::storage {
namespace {

/// The gateway cuts texts to this size, at a character.
constexpr std::size_t kCutFrom = limits::kRecordedTextBytesMax - 3;

/// One side of a call, filled until it is full.
class Side {
public:
    Side(const scan::RedactionPack& pack, bool& complete)
        : m_pack(pack)
        , m_complete(complete)
    {
    }

    [[nodiscard]] bool full() const { return m_text.size() >= limits::kCallTextBytesMax; }

    void add(std::string_view text, bool cut)
    {
        if (text.empty()) {
            return;
        }
        m_complete = m_complete && !cut && !full();
        if (full()) {
            return;
        }
        scan::Redactor redactor(m_pack);
        redactor.feed(text, m_text);
        if (!cut) {
            redactor.finish(m_text); // Else what has not settled could be part of a value.
        }
        if (m_text.size() > limits::kCallTextBytesMax) {
            m_complete = false;
            m_text.resize(characterStart(m_text, limits::kCallTextBytesMax));
        }
        m_text += '\n';
    }

    void miss() { m_complete = false; }

    [[nodiscard]] std::string take()
    {
        auto text = storable(std::move(m_text));
        text.resize(characterStart(text, std::min(text.size(), limits::kCallTextBytesMax)));
        return text;
    }

private:
    const scan::RedactionPack& m_pack;
    bool& m_complete;
    std::string m_text;
};

/// The beginning of a JSON text that ingest cut, with the escapes of its strings as spaces: words
/// must not begin with the n of a line's end.
std::string withoutEscapes(std::string_view text)
{
    std::string plain(text);
    for (std::size_t at = plain.find('\\'); at != std::string::npos && at + 1 < plain.size();
         at = plain.find('\\', at + 2)) {
        if (plain[at + 1] != 'u') {
            plain[at] = ' ';
            plain[at + 1] = ' ';
        }
    }
    return plain;
}

void addValue(Side& side, const Json& value);

/// JSON within a string is read as such: its escapes could hide what is to be redacted. Embedded
/// files are no text.
void addString(Side& side, std::string_view text)
{
    const bool looksLikeJson = text.starts_with('{') || text.starts_with('[');
    const auto parsed = looksLikeJson ? parseJson(text) : Result<Json>(Json(nullptr));
    if (looksLikeJson && parsed) {
        addValue(side, *parsed);
    } else if (!text.starts_with("data:")) {
        side.add(text, false);
    }
}

void addObject(Side& side, const Json& value)
{
    const auto& object = value.get_object();
    const auto beginning = stringMember(value, "beginning");
    if (!beginning.empty() && object.size() == 2 && object.contains("bytes")) {
        const bool isJson = beginning.front() == '[' || beginning.front() == '{';
        side.add(isJson ? withoutEscapes(beginning) : std::string(beginning), true);
        return;
    }
    constexpr std::array kNames = {"role", "type", "id", "tool_call_id"};
    for (const auto& member : object) {
        if (std::find(kNames.begin(), kNames.end(), std::string_view(member.key()))
            == kNames.end()) {
            addValue(side, member.value());
        }
    }
}

/// Every text and number below a value of a request. What ingest shortened is
/// {"beginning": text, "bytes": of the whole}.
void addValue(Side& side, const Json& value)
{
    if (side.full()) {
        side.miss();
    } else if (value.is_string()) {
        addString(side, value.get_string());
    } else if (value.is_number()) {
        side.add(printJson(value), false);
    } else if (const auto* array = value.if_array()) {
        for (const auto& element : *array) {
            addValue(side, element);
        }
    } else if (value.is_object()) {
        addObject(side, value);
    }
}

void addRequest(Side& side, const Json& input, bool& complete)
{
    if (const Json* messages = findMember(input, "messages");
        messages != nullptr && messages->is_array()) {
        const auto& all = messages->get_array();
        std::for_each(
            all.rbegin(), all.rend(), [&side](const Json& message) { addValue(side, message); });
    }
    for (const char* name : {"input", "prompt", "system"}) {
        if (const Json* value = findMember(input, name)) {
            addValue(side, *value);
        }
    }
    complete = complete && findMember(input, "messages_before") == nullptr
        && findMember(input, "unreadable") == nullptr;
}

/// A value that began in what was released and ended in what was not is no part of either.
void addChannel(Side& side, const scan::RedactionPack& pack, const Json& text)
{
    const Json* original = findMember(text, "original"); // Placeholders are no words of anybody.
    std::string released(stringMember(text, original != nullptr ? "original" : "released"));
    std::string withheld(stringMember(text, "withheld"));
    const bool releasedCut = released.size() >= kCutFrom;
    const bool withheldCut = withheld.size() >= kCutFrom;
    if (!releasedCut && !withheld.empty()) {
        const std::size_t seam = released.size();
        for (const auto& run :
             scan::coveredRuns(scan::scanWhole(pack.patterns, released + withheld))) {
            if (run.begin < seam && seam < run.end) {
                withheld.erase(0, run.end - seam);
                released.replace(run.begin, seam - run.begin, pack.placeholders[run.pattern]);
                break;
            }
        }
    }
    side.add(released, releasedCut);
    side.add(withheld, withheldCut);
}

void addToolCall(Side& side, const Json& tool)
{
    const auto arguments = stringMember(tool, "arguments");
    side.add(stringMember(tool, "name"), false);
    if (arguments.size() >= kCutFrom) {
        side.add(withoutEscapes(arguments), true);
    } else {
        addString(side, arguments);
    }
}

} // namespace

CallText callText(const scan::RedactionPack& pack, const CallTextSteps& steps)
{
    CallText text;
    Side asked(pack, text.complete);
    addRequest(asked, steps.input, text.complete);
    Side answered(pack, text.complete);
    const Json* texts = findMember(steps.output, "texts");
    if (texts != nullptr && texts->is_array()) {
        for (const auto& channel : texts->get_array()) {
            addChannel(answered, pack, channel);
        }
    }
    for (const auto& tool : steps.toolCalls) {
        addToolCall(answered, tool);
    }
    text.asked = asked.take();
    text.answered = answered.take();
    return text;
}

} // namespace exhibit::storage
