// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/messages_answer.h"

#include "server/gateway/answer_texts.h"

#include <algorithm>

namespace exhibit::gateway {
namespace {

// Members of blocks and deltas that hold their text.
constexpr std::string_view kTexts[] = {"text", "thinking", "signature", "data"};

// What clients put together of all blocks.
constexpr std::string_view kJoined = "content/~text";

class MessagesReader {
public:
    MessagesReader(const JsonWalk& walk, AnswerForm form)
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
            readEvent(m_walk.string(m_walk.find(0, "type")));
        }
        m_texts.addAsides();
        return std::move(m_parts);
    }

private:
    using Part = AnswerTexts::Part;

    [[nodiscard]] static Part partOf(std::int64_t index)
    {
        return {index, "content/" + std::to_string(index)};
    }

    void readWhole()
    {
        m_parts.usage = readUsage(m_walk, m_walk.find(0, "usage"));
        m_parts.finishReason = m_walk.string(m_walk.find(0, "stop_reason"));
        const std::size_t content = m_walk.find(0, "content");
        m_parts.hasChoices = m_walk.is(content, JsonKind::Array);
        if (!m_parts.hasChoices) {
            if (!m_walk.is(m_walk.find(0, "error"), JsonKind::Object)) {
                m_parts.problem = "The provider's answer has no content.";
            }
            return;
        }
        for (auto block = m_walk.firstChild(content); block != JsonWalk::kNone;
             block = m_walk.nextSibling(block)) {
            if (m_parts.choices.size() == limits::kAnswerChoicesMax) {
                m_parts.problem = "The provider's answer has too many content blocks.";
                return;
            }
            readBlock(addPart(m_walk[block].position, block), block);
        }
    }

    Part addPart(std::int64_t index, std::size_t node)
    {
        AnswerChoice choice;
        choice.index = index;
        choice.node = node;
        choice.ends = m_form == AnswerForm::Whole;
        m_parts.choices.push_back(std::move(choice));
        return partOf(index);
    }

    void readEvent(const std::string& type)
    {
        if (type == "content_block_delta") {
            readDelta(m_walk.find(0, "delta"));
        } else if (type == "content_block_start") {
            const std::size_t block = m_walk.find(0, "content_block");
            readBlock(addPart(m_texts.indexOf(0, "index"), block), block);
        } else if (type == "content_block_stop") {
            addPart(m_texts.indexOf(0, "index"), 0);
            m_parts.choices.back().ends = true;
        } else if (type == "message_start") {
            readStart(m_walk.find(0, "message"));
        } else if (type == "message_delta") {
            noteUsage(m_walk.find(0, "usage"));
            m_parts.finishReason
                = m_walk.string(m_walk.find(m_walk.find(0, "delta"), "stop_reason"));
        } else if (type == "message_stop") {
            m_parts.isLast = true;
        } else if (type == "ping") {
            m_parts.isAnywhere = true;
        } else if (type != "error") {
            m_texts.addUnknown(type);
        }
    }

    void readStart(std::size_t message)
    {
        noteUsage(m_walk.find(message, "usage"));
        if (m_parts.usage) {
            m_parts.usage->estimated = true; // Of the output it says how it began.
        }
        if (m_walk.firstChild(m_walk.find(message, "content")) != JsonWalk::kNone) {
            m_parts.problem = "The provider's stream begins with content.";
        }
    }

    void noteUsage(std::size_t node)
    {
        m_parts.usage = readUsage(m_walk, node);
        m_parts.usageIsPart = true;
    }

    void readDelta(std::size_t delta)
    {
        const Part part = addPart(m_texts.indexOf(0, "index"), delta);
        checkTexts(delta);
        if (const auto json = m_walk.find(delta, "partial_json"); m_texts.isText(json)) {
            m_texts.addToolText(part, json, "input");
            m_parts.choices.back().hasToolCalls = true;
        }
        // Readers put together what deltas have under one name; what lies deeper is whole.
        for (auto node = m_walk.firstChild(delta); node != JsonWalk::kNone;
             node = m_walk.nextSibling(node)) {
            if (m_walk.is(node, JsonKind::String) && !m_walk.nameIs(node, "type")
                && !m_walk.nameIs(node, "partial_json")) {
                auto& text = m_texts.addText(part, node, m_walk.name(node));
                text.isAnswer = text.field == "text";
                text.joins = text.isAnswer ? kJoined : std::string_view{};
            }
        }
    }

    void checkTexts(std::size_t holder)
    {
        for (const auto name : kTexts) {
            static_cast<void>(m_texts.isText(m_walk.find(holder, name)));
        }
    }

    void readBlock(const Part& part, std::size_t block)
    {
        if (!m_walk.is(block, JsonKind::Object)) {
            m_parts.problem = "A content block of the provider's answer is no object.";
            return;
        }
        checkTexts(block);
        if (isToolBlock(m_walk, block)) {
            m_parts.choices.back().hasToolCalls = true;
            readCall(part, block);
        }
        if (const auto text = m_walk.find(block, "text"); m_walk.is(text, JsonKind::String)) {
            auto& said = m_texts.addText(part, text, "text");
            said.isAnswer = true;
            said.joins = kJoined;
        }
        m_texts.addAll(part, block);
    }

    void readCall(const Part& part, std::size_t block)
    {
        if (const auto name = m_walk.find(block, "name"); m_texts.isText(name)) {
            m_texts.addToolText(part, name, "name");
        }
        // A stream begins with an empty object and brings the arguments in pieces.
        const auto input = m_walk.find(block, "input");
        const bool later
            = m_form == AnswerForm::Chunk && m_walk.firstChild(input) == JsonWalk::kNone;
        if (input != JsonWalk::kNone && !m_walk.is(input, JsonKind::Null) && !later) {
            m_texts.addToolText(part, input, "input").isRaw = true;
        }
    }

    const JsonWalk& m_walk;
    AnswerForm m_form;
    AnswerParts m_parts;
    AnswerTexts m_texts;
};

} // namespace

AnswerParts readMessagesAnswer(const JsonWalk& walk, AnswerForm form)
{
    return MessagesReader(walk, form).read();
}

bool isToolBlock(const JsonWalk& walk, std::size_t block)
{
    return walk.string(walk.find(block, "type")).ends_with("tool_use");
}

} // namespace exhibit::gateway
