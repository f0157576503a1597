// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/responses_answer.h"

#include "server/gateway/answer_texts.h"

#include <algorithm>

namespace exhibit::gateway {
namespace {

// What the client itself said and reads again.
constexpr std::string_view kEchoes[] = {"conversation",
                                        "instructions",
                                        "metadata",
                                        "previous_response_id",
                                        "prompt",
                                        "prompt_cache_key",
                                        "reasoning",
                                        "safety_identifier",
                                        "text",
                                        "tool_choice",
                                        "tools",
                                        "user"};

// What clients put together of all items: what is said, and what is thought.
constexpr std::string_view kJoinedAnswer = "output/~text";
constexpr std::string_view kJoinedThoughts = "output/~thoughts";

/// Where the text of a kind of event stands in its item, and what the event that ends it calls it.
struct TextEvent {
    std::string_view kind; ///< "response.KIND.delta", "response.KIND.done"
    std::string_view index; ///< The member that numbers the part; empty: the text is the item's.
    std::string_view list; ///< The item's member that has the parts.
    std::string_view name; ///< Of the text in its part or item, and in the event that ends it.
    bool toolCall = false;
    bool isAnswer = false;
};
constexpr TextEvent kTextEvents[] = {
    {"output_text", "content_index", "content", "text", false, true},
    {"refusal", "content_index", "content", "refusal"},
    {"reasoning_text", "content_index", "content", "text"},
    {"reasoning_summary_text", "summary_index", "summary", "text"},
    {"function_call_arguments", "", "", "arguments", true},
    {"mcp_call_arguments", "", "", "arguments", true},
    {"custom_tool_call_input", "", "", "input", true},
    {"code_interpreter_call_code", "", "", "code"},
};

// Events that bring the whole answer as it is by then: "response.completed".
constexpr std::string_view kWholePhases[]
    = {"created", "queued", "in_progress", "completed", "incomplete", "failed"};

// Calls that have a kind and no name.
constexpr std::string_view kNamelessCalls[]
    = {"apply_patch_call", "computer_call", "local_shell_call", "shell_call"};

/// "response.output_text.delta" has the kind "output_text" and the phase "delta".
std::pair<std::string_view, std::string_view> kindAndPhase(std::string_view type)
{
    constexpr std::string_view kPrefix = "response.";
    if (!type.starts_with(kPrefix)) {
        return {};
    }
    type.remove_prefix(kPrefix.size());
    const auto dot = type.rfind('.');
    return dot == std::string_view::npos ? std::pair(std::string_view{}, type)
                                         : std::pair(type.substr(0, dot), type.substr(dot + 1));
}

class ResponsesReader {
public:
    ResponsesReader(const JsonWalk& walk, AnswerForm form)
        : m_walk(walk)
        , m_form(form)
        , m_texts(walk, m_parts)
    {
    }

    AnswerParts read()
    {
        if (!m_walk.is(0, JsonKind::Object)) {
            m_parts.problem = "The provider's answer is no JSON object.";
            return std::move(m_parts);
        }
        if (m_walk.hasDuplicateNames(0)) {
            m_parts.problem = "The provider's answer has two members of one name.";
        }
        if (m_form == AnswerForm::Whole) {
            readWhole();
        } else {
            m_type = m_walk.string(m_walk.find(0, "type"));
            readEvent();
        }
        m_texts.addAsides();
        return std::move(m_parts);
    }

private:
    using Part = AnswerTexts::Part;

    void readWhole()
    {
        const std::size_t output = m_walk.find(0, "output");
        m_parts.hasChoices = m_walk.is(output, JsonKind::Array);
        if (!m_parts.hasChoices && !m_walk.is(m_walk.find(0, "error"), JsonKind::Object)) {
            m_parts.problem = "The provider's answer has no output.";
        }
        readResponse(0);
    }

    /// The whole answer, alone or within an event that begins or ends a stream.
    void readResponse(std::size_t response)
    {
        m_parts.usage = readUsage(m_walk, m_walk.find(response, "usage"));
        const auto status = m_walk.string(m_walk.find(response, "status"));
        if (status != "in_progress" && status != "queued") {
            const auto reason
                = m_walk.string(m_walk.find(m_walk.find(response, "incomplete_details"), "reason"));
            m_parts.finishReason = reason.empty() ? status : reason;
        }
        for (const auto echo : kEchoes) {
            m_texts.leaveOut(m_walk.find(response, echo));
        }
        const std::size_t output = m_walk.find(response, "output");
        for (auto item = m_walk.firstChild(output); item != JsonWalk::kNone;
             item = m_walk.nextSibling(item)) {
            if (m_walk[item].position == limits::kAnswerChoicesMax) {
                m_parts.problem = "The provider's answer has too many output items.";
                return;
            }
            if (m_form == AnswerForm::Whole) {
                readItem(addPart(m_walk[item].position, item, true), item);
            } else {
                readItem(partOf(m_walk[item].position), item);
            }
        }
    }

    [[nodiscard]] static Part partOf(std::int64_t index)
    {
        return {index, "output/" + std::to_string(index)};
    }

    Part addPart(std::int64_t index, std::size_t node, bool ends)
    {
        AnswerChoice choice;
        choice.index = index;
        choice.node = node;
        choice.ends = ends;
        m_parts.choices.push_back(std::move(choice));
        return partOf(index);
    }

    void readEvent()
    {
        const auto [kind, phase] = kindAndPhase(m_type);
        const std::size_t response = m_walk.find(0, "response");
        const bool whole = kind.empty() && m_walk.is(response, JsonKind::Object)
            && std::find(std::begin(kWholePhases), std::end(kWholePhases), phase)
                != std::end(kWholePhases);
        m_repeats = phase == "done" || whole;
        if (whole) {
            readResponse(response);
            m_parts.isLast = phase == "completed" || phase == "incomplete" || phase == "failed";
        } else if (m_type == "keepalive") {
            m_parts.isAnywhere = true;
        } else if (m_walk.find(0, "output_index") != JsonWalk::kNone) {
            readPiece(kind, phase);
        } else if (kind == "output_item" || textEvent(kind) != nullptr) {
            m_parts.problem = "A part of the provider's answer has no index.";
        } else if (m_type != "error") {
            m_texts.addUnknown(m_type);
        }
    }

    /// nullptr: of no kind that brings a text.
    [[nodiscard]] static const TextEvent* textEvent(std::string_view kind)
    {
        const auto known = std::find_if(std::begin(kTextEvents),
                                        std::end(kTextEvents),
                                        [&](const TextEvent& event) { return event.kind == kind; });
        return known == std::end(kTextEvents) ? nullptr : known;
    }

    void readPiece(std::string_view kind, std::string_view phase)
    {
        const auto part = addPart(m_texts.indexOf(0, "output_index"), 0, phase == "done");
        if (const std::size_t item = m_walk.find(0, "item"); item != JsonWalk::kNone) {
            readItem(part, item);
            return;
        }
        const auto* known = textEvent(kind);
        if (known != nullptr && (phase == "delta" || phase == "done")) {
            readText(part, *known, phase);
        } else if (const std::size_t inner = m_walk.find(0, "part"); inner != JsonWalk::kNone) {
            const bool summary = kind == "reasoning_summary_part";
            readContent({part.index,
                         part.prefix
                             + (summary ? "/summary/" + number("summary_index")
                                        : "/content/" + number("content_index"))},
                        inner);
        } else if (const std::size_t delta = m_walk.find(0, "delta"); m_texts.isText(delta)) {
            m_texts.addText(part, delta, "~" + std::string(kind));
        }
    }

    [[nodiscard]] std::string number(std::string_view name)
    {
        return std::to_string(m_texts.indexOf(0, name));
    }

    void readText(const Part& part, const TextEvent& event, std::string_view phase)
    {
        Part place = part;
        if (!event.index.empty()) {
            place.prefix.append("/").append(event.list).append("/").append(number(event.index));
        }
        const std::size_t said = m_walk.find(0, phase == "delta" ? "delta" : event.name);
        if (m_texts.isText(said)) {
            auto& text = event.toolCall ? m_texts.addToolText(place, said, event.name)
                                        : m_texts.addText(place, said, event.name);
            text.repeats = m_repeats;
            text.isAnswer = event.isAnswer;
            text.joins = event.isAnswer ? kJoinedAnswer
                : event.name == "text"  ? kJoinedThoughts
                                        : std::string_view{};
            m_parts.choices.back().hasToolCalls = event.toolCall;
        }
        readTokens(place, 0);
    }

    void readItem(const Part& part, std::size_t item)
    {
        if (!m_walk.is(item, JsonKind::Object)) {
            m_parts.problem = "An output item of the provider's answer is no object.";
            return;
        }
        const std::size_t first = m_parts.texts.size();
        if (isCallItem(m_walk, item)) {
            readCall(part, item);
        }
        for (const std::string_view list : {"content", "summary"}) {
            const std::size_t contents = m_walk.find(item, list);
            for (auto each = m_walk.firstChild(contents); each != JsonWalk::kNone;
                 each = m_walk.nextSibling(each)) {
                readContent({part.index,
                             part.prefix + "/" + std::string(list) + "/"
                                 + std::to_string(m_walk[each].position)},
                            each);
            }
        }
        m_texts.addAll(part, item);
        markRepeated(first);
    }

    void readCall(const Part& part, std::size_t item)
    {
        const auto add = [&](std::string_view member, std::string_view name) {
            const std::size_t node = m_walk.find(item, member);
            if (node != JsonWalk::kNone && !m_walk.is(node, JsonKind::Null)) {
                m_texts.addToolText(part, node, name);
            }
        };
        const bool named = m_walk.find(item, "name") != JsonWalk::kNone;
        add(named ? "name" : "type", "name");
        add("arguments", "arguments");
        add("input", "input");
        if (!named) {
            add("action", "arguments");
            add("operation", "arguments");
        }
        if (!m_parts.choices.empty()) {
            m_parts.choices.back().hasToolCalls = true;
        }
    }

    /// A part of a message or of a summary.
    void readContent(const Part& place, std::size_t content)
    {
        const std::size_t first = m_parts.texts.size();
        for (const std::string_view name : {"text", "refusal"}) {
            static_cast<void>(m_texts.isText(m_walk.find(content, name)));
        }
        if (const auto text = m_walk.find(content, "text"); m_walk.is(text, JsonKind::String)) {
            auto& said = m_texts.addText(place, text, "text");
            said.isAnswer = m_walk.string(m_walk.find(content, "type")) == "output_text";
            said.joins = said.isAnswer ? kJoinedAnswer : kJoinedThoughts;
        }
        readTokens(place, content);
        m_texts.addAll(place, content);
        markRepeated(first);
    }

    /// What repeats the tokens cannot be compared piece by piece: it is a text of its own.
    void readTokens(const Part& place, std::size_t holder)
    {
        const std::string again = m_repeats ? "~" + m_type + "/" : std::string{};
        m_texts.addTokens(place, m_walk.find(holder, "logprobs"), again + "logprobs/token");
    }

    void markRepeated(std::size_t first)
    {
        for (std::size_t i = first; i < m_parts.texts.size(); ++i) {
            auto& text = m_parts.texts[i];
            text.repeats = m_repeats && !text.field.ends_with("logprobs/token");
        }
    }

    const JsonWalk& m_walk;
    AnswerForm m_form;
    AnswerParts m_parts;
    AnswerTexts m_texts;
    std::string m_type; ///< Of the event.
    bool m_repeats = false; ///< Its texts came before, in pieces.
};

} // namespace

AnswerParts readResponsesAnswer(const JsonWalk& walk, AnswerForm form)
{
    return ResponsesReader(walk, form).read();
}

bool isCallItem(const JsonWalk& walk, std::size_t item)
{
    const auto type = walk.string(walk.find(item, "type"));
    const bool named = type.ends_with("_call") && walk.find(item, "name") != JsonWalk::kNone;
    return named
        || std::find(std::begin(kNamelessCalls), std::end(kNamelessCalls), type)
        != std::end(kNamelessCalls);
}

} // namespace exhibit::gateway
