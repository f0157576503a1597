// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/chat_answer.h"

#include "models/base/json.h"
#include "server/gateway/known_names.h"

#include <algorithm>

namespace exhibit::gateway {
namespace {

// Ids and enums; a string that is too long to be one is text all the same.
constexpr std::string_view kNotText[]
    = {"id", "type", "role", "object", "finish_reason", "native_finish_reason"};

// Those of the answer itself.
constexpr std::string_view kAnswerIds[]
    = {"id", "object", "model", "system_fingerprint", "service_tier"};

/// Fields that stand in the choice itself and not in its delta or message. No member name can be
/// mistaken for this token, because a '~' in names is escaped.
constexpr std::string_view kChoiceItself = "~choice";

/// The index of `function_call`, which is none of `tool_calls`.
constexpr std::int64_t kOldCall = -1;

/// Reads the choices of one answer.
class AnswerReader {
public:
    AnswerReader(const JsonWalk& walk, AnswerForm form)
        : m_walk(walk)
        , m_form(form)
    {
    }

    AnswerParts read()
    {
        if (!m_walk.is(0, JsonKind::Object)) {
            m_answer.problem = "The provider's answer is no JSON object.";
            return std::move(m_answer);
        }
        if (m_walk.hasDuplicateNames(0)) {
            m_answer.problem = "The provider's answer has two members of one name.";
        }
        const std::size_t choices = m_walk.find(0, "choices");
        readChoices(choices);
        readAsides(choices);
        noteUsage(m_walk.find(m_walk.find(0, "x_groq"), "usage"));
        noteUsage(m_walk.find(0, "usage"));
        return std::move(m_answer);
    }

private:
    void readChoices(std::size_t choices)
    {
        if (choices == JsonWalk::kNone || m_walk.is(choices, JsonKind::Null)) {
            return;
        }
        if (!m_walk.is(choices, JsonKind::Array)) {
            m_answer.problem = "The provider's choices are no array.";
            return;
        }
        m_answer.hasChoices = true;
        for (auto choice = m_walk.firstChild(choices); choice != JsonWalk::kNone;
             choice = m_walk.nextSibling(choice)) {
            if (m_answer.choices.size() == limits::kAnswerChoicesMax) {
                m_answer.problem = "The provider's answer has too many choices.";
                return;
            }
            readChoice(choice);
        }
    }

    void readAsides(std::size_t choices)
    {
        for (std::size_t node = 1; node < m_walk.nodes().size(); ++node) {
            noteUnknownName(m_answer, m_walk, node);
        }
        const std::size_t names = m_answer.asides.size();
        for (std::size_t node = 1; node < m_walk.nodes().size(); ++node) {
            if (node == choices) {
                node = m_walk[node].next - 1U;
                continue;
            }
            const bool known = m_walk[node].parent == 0 && isIdOrEnum(m_walk, node, kAnswerIds);
            if (m_walk.is(node, JsonKind::String) && !known) {
                noteAside(m_answer, node, m_walk.path(node));
            }
        }
        const bool error = m_walk.is(m_walk.find(0, "error"), JsonKind::Object);
        if (!m_answer.hasChoices && !error && m_answer.asides.size() > names) {
            // Nobody knows how a reader puts these texts together.
            m_answer.problem = "The provider's answer has no choices.";
        }
    }

    void readChoice(std::size_t node)
    {
        if (!m_walk.is(node, JsonKind::Object)) {
            m_answer.problem = "A choice of the provider's answer is no object.";
            return;
        }
        AnswerChoice choice;
        choice.node = node;
        choice.index = indexOf(node);
        choice.finishReason = m_walk.string(m_walk.find(node, "finish_reason"));
        choice.ends = !choice.finishReason.empty();
        const std::size_t said
            = m_walk.find(node, m_form == AnswerForm::Chunk ? "delta" : "message");
        choice.hasToolCalls = isThere(m_walk.find(said, "tool_calls"))
            || isThere(m_walk.find(said, "function_call"));
        const bool twice
            = std::any_of(m_answer.choices.begin(),
                          m_answer.choices.end(),
                          [&](const AnswerChoice& c) { return c.index == choice.index; });
        if (twice) {
            m_answer.problem = "The provider's answer has two choices of one index.";
        }
        for (std::size_t at = node + 1; at < m_walk[node].next; ++at) {
            if (m_walk.is(at, JsonKind::String) && !isIdOrEnum(m_walk, at, kNotText)) {
                noteText(choice, at);
            }
        }
        checkShape(node, said);
        noteParts(choice.index, m_walk.find(said, "content"));
        noteUsage(m_walk.find(node, "usage"));
        m_answer.choices.push_back(std::move(choice));
    }

    /// Texts that are numbers are read by no policy, but maybe by clients; of objects, which some
    /// providers send as structured content, names and strings are judged.
    void checkShape(std::size_t choice, std::size_t said)
    {
        bool fits = true;
        for (const std::string_view name :
             {"content", "refusal", "reasoning", "reasoning_content"}) {
            const std::size_t text = m_walk.find(said, name);
            fits = fits
                && (isText(text) || m_walk.is(text, JsonKind::Array)
                    || m_walk.is(text, JsonKind::Object));
        }
        const auto call = [&](std::size_t holder) {
            fits = fits && isText(m_walk.find(m_walk.find(holder, "function"), "arguments"))
                && isText(m_walk.find(m_walk.find(holder, "custom"), "input"));
        };
        const std::size_t calls = m_walk.find(said, "tool_calls");
        for (auto each = m_walk.firstChild(calls); each != JsonWalk::kNone;
             each = m_walk.nextSibling(each)) {
            call(each);
        }
        fits = fits && isText(m_walk.find(m_walk.find(said, "function_call"), "arguments"))
            && isText(m_walk.find(choice, "text"));
        if (!fits) {
            m_answer.problem = "A text of the provider's answer is no string.";
        }
    }

    [[nodiscard]] bool isText(std::size_t node) const
    {
        return !isThere(node) || m_walk.is(node, JsonKind::String);
    }

    void noteParts(std::int64_t choice, std::size_t content)
    {
        if (!m_walk.is(content, JsonKind::Array)) {
            return;
        }
        JoinedParts joined{"choices/" + std::to_string(choice) + "/content", {}};
        for (auto part = m_walk.firstChild(content); part != JsonWalk::kNone;
             part = m_walk.nextSibling(part)) {
            const std::size_t text
                = m_walk.is(part, JsonKind::String) ? part : m_walk.find(part, "text");
            const bool object = m_walk.is(part, JsonKind::Object);
            if (m_walk.is(text, JsonKind::String)) {
                joined.nodes.push_back(text);
            } else if (!object || !isText(text)) {
                m_answer.problem = "A text of the provider's answer is no string.";
            }
        }
        if (joined.nodes.size() > 1) {
            m_answer.joined.push_back(std::move(joined));
        }
    }

    [[nodiscard]] bool isThere(std::size_t node) const
    {
        return node != JsonWalk::kNone && !m_walk.is(node, JsonKind::Null);
    }

    void noteText(const AnswerChoice& choice, std::size_t node)
    {
        m_way.clear();
        for (std::size_t at = node; at != choice.node; at = m_walk[at].parent) {
            m_way.push_back(at);
        }
        const std::size_t top = m_way.back();
        const bool inside = m_way.size() > 1
            && m_walk.nameIs(top, m_form == AnswerForm::Chunk ? "delta" : "message");
        const bool logprobs = !inside && m_walk.nameIs(top, "logprobs");
        if (logprobs && isAlternative()) {
            return;
        }
        if (inside) {
            m_way.pop_back();
        }
        AnswerText text;
        text.node = node;
        text.choice = choice.index;
        text.field = inside ? m_walk.name(m_way.back()) : std::string(kChoiceItself);
        text.toolCall = inside && (text.field == "tool_calls" || text.field == "function_call");
        if (text.field == "function_call") {
            text.callIndex = kOldCall;
        } else if (text.toolCall && m_way.size() > 1 && m_walk.is(m_way.back(), JsonKind::Array)) {
            text.callIndex = indexOf(m_way[m_way.size() - 2]);
        }
        text.isAnswer = inside ? isContent() : m_way.size() == 1 && m_walk.nameIs(node, "text");
        text.channel = "choices/" + std::to_string(choice.index);
        if (!inside) {
            text.channel.append("/").append(kChoiceItself);
        }
        for (auto step = m_way.rbegin(); step != m_way.rend(); ++step) {
            appendStep(text.channel, *step, logprobs);
        }
        m_answer.texts.push_back(std::move(text));
    }

    /// The message's content, or the text of one of its parts.
    [[nodiscard]] bool isContent() const
    {
        const bool part
            = m_way.size() == 2 || (m_way.size() == 3 && m_walk.nameIs(m_way.front(), "text"));
        return m_walk.nameIs(m_way.back(), "content")
            && (m_way.size() == 1 || (part && m_walk.is(m_way.back(), JsonKind::Array)));
    }

    /// Tokens that the model did not choose are no text of the answer.
    [[nodiscard]] bool isAlternative() const
    {
        return std::any_of(m_way.begin(), m_way.end(), [this](std::size_t node) {
            return m_walk.nameIs(node, "top_logprobs");
        });
    }

    /// Elements are told apart by their `index` member, as SDKs join them; tokens of logprobs are
    /// pieces of one text.
    void appendStep(std::string& channel, std::size_t node, bool logprobs)
    {
        if (m_walk.is(m_walk[node].parent, JsonKind::Object)) {
            channel = appendPointer(channel, m_walk.name(node));
        } else if (!logprobs) {
            channel.append("/").append(std::to_string(indexOf(node)));
        }
    }

    /// An element's `index`, or its position. Readers make one of 1, 1.0 and "1", or not.
    std::int64_t indexOf(std::size_t element)
    {
        const std::size_t index = m_walk.find(element, "index");
        if (index != JsonWalk::kNone && !isPlainIndex(m_walk.raw(index))) {
            m_answer.problem = "An index of the provider's answer is no plain number.";
        }
        return m_walk.integer(index, m_walk[element].position);
    }

    void noteUsage(std::size_t node)
    {
        if (auto usage = readUsage(m_walk, node)) {
            m_answer.usage = usage;
        }
    }

    const JsonWalk& m_walk;
    AnswerForm m_form;
    AnswerParts m_answer;
    std::vector<std::size_t> m_way; ///< From a string up to its choice, exclusive.
};

} // namespace

AnswerParts readChatAnswer(const JsonWalk& walk, AnswerForm form)
{
    return AnswerReader(walk, form).read();
}

} // namespace exhibit::gateway
