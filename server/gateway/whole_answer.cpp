// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/whole_answer.h"

#include "server/gateway/answer_rewrite.h"
#include "server/gateway/argument_strings.h"

#include <algorithm>

namespace exhibit::gateway {

WholeAnswer::WholeAnswer(prevention::CallGuard& guard, UsageMeter& meter, const Surface& surface)
    : m_guard(guard)
    , m_meter(meter)
    , m_surface(surface)
    , m_channels(guard)
{
}

void WholeAnswer::unreadable(std::string_view why)
{
    if (m_channels.isGuarded()) {
        m_guard.outputUnreadable(why);
    }
}

void WholeAnswer::judge(BytesView body, UtcTime now)
{
    begin(body);
    while (readSome()) { }
    conclude(now);
}

void WholeAnswer::begin(BytesView body)
{
    auto walk = JsonWalk::parse(body);
    if (!walk) {
        unreadable("The provider's answer is no JSON.");
        return;
    }
    m_walk = *std::move(walk);
    m_answer = m_surface.read(*m_walk, AnswerForm::Whole);
    m_readable = m_answer.problem.empty();
    if (!m_readable) {
        unreadable(m_answer.problem);
    }
}

bool WholeAnswer::readSome()
{
    Slice slice;
    while (nextText()) {
        if (!m_reading.read(m_channels, *m_walk, m_answer.texts[m_text], slice, m_pieces)) {
            return true;
        }
        m_meter.addAnswerText(m_pieces.back().end - m_pieces.back().begin);
        ++m_text;
    }
    return false;
}

// Each choice is judged to its end before the next begins: what a stop leaves is whole choices.
bool WholeAnswer::nextText()
{
    for (; m_choice < m_answer.choices.size(); ++m_choice, m_text = 0) {
        const auto index = m_answer.choices[m_choice].index;
        for (; m_text < m_answer.texts.size(); ++m_text) {
            if (m_answer.texts[m_text].choice == index) {
                return true;
            }
        }
        if (!m_guard.stop()) {
            m_channels.finishChoice(index);
        }
    }
    return false;
}

void WholeAnswer::conclude(UtcTime now)
{
    if (!m_walk) {
        return;
    }
    m_channels.finishSeams();
    const auto asides = m_channels.judgeAsides(*m_walk, m_answer, "answer");
    m_pieces.insert(m_pieces.end(), asides.begin(), asides.end());
    if (m_answer.usage) {
        m_meter.report(*m_answer.usage);
    }
    m_guard.usageChanged(m_meter.runCounters(), m_meter.usage().completionTokens, now);
}

std::optional<Bytes> WholeAnswer::rewritten() const
{
    const bool unchanged
        = std::all_of(m_pieces.begin(), m_pieces.end(), [this](const AnswerPiece& piece) {
              return m_channels.mayPass(piece) && !m_channels.isRedacted(piece);
          });
    if (!m_walk || unchanged) {
        return std::nullopt;
    }
    return rewriteAnswer(m_surface, *m_walk, AnswerForm::Whole, m_pieces, m_channels);
}

bool WholeAnswer::canBeCut() const
{
    // What was found beside the texts of the choices, or across them, cannot be cut out; nor can
    // what no policy could read.
    const auto& stop = m_guard.stop();
    const bool nowhere = stop && stop->decision.stage == domain::Stage::Output
        && (stop->channel.empty() || stop->channel.starts_with("answer/"));
    return m_readable && !nowhere;
}

void WholeAnswer::noteReleased()
{
    for (const auto& piece : m_pieces) {
        m_channels.noteReleased(piece);
    }
}

std::vector<std::string> WholeAnswer::finishReasons() const
{
    std::vector<std::string> reasons;
    for (const auto& choice : m_answer.choices) {
        if (!choice.finishReason.empty()) {
            reasons.push_back(choice.finishReason);
        }
    }
    if (!m_answer.finishReason.empty()) {
        reasons.push_back(m_answer.finishReason);
    }
    return reasons;
}

std::string WholeAnswer::model() const
{
    return m_walk ? m_walk->string(m_walk->find(0, "model")) : std::string{};
}

bool isMereError(prevention::CallGuard& guard, BytesView body, const Surface& surface)
{
    const auto walk = JsonWalk::parse(body);
    if (!walk) {
        // Lenient readers find texts in what is not quite JSON.
        return isValidUtf8(body) && body.find('\0') == BytesView::npos && guard.findsNothing(body)
            && guard.findsNothing(withoutEscapes(body));
    }
    const std::size_t said = walk->find(0, surface.traits().answerMember);
    if (said != JsonWalk::kNone && !walk->is(said, JsonKind::Null)) {
        return false;
    }
    for (std::size_t node = 0; node < walk->nodes().size(); ++node) {
        if (!guard.findsNothing(walk->string(node)) || !guard.findsNothing(walk->name(node))) {
            return false;
        }
    }
    return true;
}

} // namespace exhibit::gateway
