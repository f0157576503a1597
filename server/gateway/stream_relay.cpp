// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/stream_relay.h"

#include <algorithm>

namespace exhibit::gateway {

StreamRelay::StreamRelay(prevention::CallGuard& guard, UsageMeter& meter, Options options)
    : m_guard(guard)
    , m_meter(meter)
    , m_options(std::move(options))
    , m_channels(guard)
    , m_frame(m_options.surface.makeFrame())
    , m_shapes(m_options.surface)
{
}

Result<void> StreamRelay::feed(BytesView bytes)
{
    accept(bytes);
    for (bool more = true; more;) {
        EXHIBIT_TRY(more, readSome());
    }
    return {};
}

Result<bool> StreamRelay::readSome()
{
    Slice slice;
    m_isReading = false;
    while (!m_stopped && !m_overLimit) {
        if (slice.over() || (m_options.mustWait && m_options.mustWait())
            || (m_reading && !readChunk(slice))) {
            m_isReading = true;
            break;
        }
        if (m_reading) {
            endChunk();
            continue;
        }
        auto event = m_parser.next();
        if (!event) {
            takeUnreadable("An event of the provider's stream is too large.");
            checkStop();
            return m_stopped ? Result<bool>(false) : tl::make_unexpected(std::move(event).error());
        }
        if (!*event) {
            break;
        }
        take(**std::move(event));
    }
    return m_isReading;
}

void StreamRelay::finish()
{
    if (m_stopped) {
        return;
    }
    // Some readers also take an event that lacks its empty line.
    if (auto rest = m_parser.finish()) {
        take(*std::move(rest));
    }
    m_done = true;
    if (!m_stopped && !m_channels.finishAll()) {
        stop();
    }
    if (m_stopped) {
        return;
    }
    releaseReady();
    m_ended = true;
}

void StreamRelay::abandon()
{
    for (auto& held : m_held) {
        withhold(held);
    }
    m_held.clear();
    m_heldBytes = 0;
    m_heldTexts = 0;
    if (m_reading) {
        withhold(takeRead());
    }
    withholdRest();
}

void StreamRelay::checkStop()
{
    if (!m_guard.stop() || m_stopped) {
        return;
    }
    if (m_reading) { // Behind a stop its texts are only counted.
        for (Slice slice; !readChunk(slice);) {
            slice = {};
        }
        endChunk();
    }
    if (!m_stopped) {
        stop();
    }
}

void StreamRelay::take(SseEvent event)
{
    HeldEvent held;
    held.number = m_eventCount++;
    held.event = std::move(event);
    const bool asidePasses = mayPassAside(held);
    if (m_guard.stop()) {
        withhold(held);
        checkStop();
        return;
    }
    // Readers look no further than [DONE], and nothing behind it is judged.
    if (!held.event.hasData || m_done) {
        const bool judged = asidePasses && (!held.event.hasData || held.event.data() == "[DONE]");
        if (judged || !m_channels.isGuarded()) {
            release(held);
        } else {
            withhold(held);
        }
        return;
    }
    if (!asidePasses) {
        append(m_withheld, held.number, held.event.raw);
        held.event = withoutAside(held.event);
    }
    held.waitsForAll = true;
    if (held.event.data() == "[DONE]") {
        m_done = true;
        m_channels.finishAll();
        hold(std::move(held));
    } else {
        m_reading.emplace().held = std::move(held);
        beginChunk();
    }
}

/// Lines that are no data reach the client like any other text.
bool StreamRelay::mayPassAside(const HeldEvent& held)
{
    const auto& event = held.event;
    if (event.aside.empty() || !m_channels.isGuarded()) {
        return true;
    }
    if (m_done) {
        return !event.strange && m_guard.findsNothing(event.aside);
    }
    if (event.strange) {
        takeUnreadable("The provider's stream has lines that are no server-sent events.");
    }
    return m_channels.mayPassAside("events/" + std::to_string(held.number), event.aside);
}

void StreamRelay::takeUnreadable(std::string_view why)
{
    if (m_channels.isGuarded()) {
        m_guard.outputUnreadable(why);
    }
}

bool StreamRelay::isOurUsage(const AnswerParts& answer) const
{
    return m_options.hideUsage && answer.hasChoices && answer.choices.empty()
        && answer.usage.has_value();
}

void StreamRelay::beginChunk()
{
    auto parts = m_shapes.read(m_reading->held.event.data());
    if (!parts) {
        takeUnreadable("An event of the provider's stream is no JSON.");
        hold(takeRead());
        return;
    }
    m_reading->parts = *std::move(parts);
    const auto& answer = *m_reading->parts.answer;
    if (isOurUsage(answer)) {
        m_meter.report(*answer.usage);
        meter();
        withhold(takeRead());
        checkStop();
        return;
    }
    m_frame->learn(m_reading->parts.walk);
    if (!answer.problem.empty()) {
        takeUnreadable(answer.problem);
        m_reading->held.cannotBeCut = true;
    }
}

/// False when the slice is over before the event's texts.
bool StreamRelay::readChunk(Slice& slice)
{
    const auto& texts = m_reading->parts.answer->texts;
    for (auto& next = m_reading->text; next < texts.size(); ++next) {
        if (!m_reading->reading.read(
                m_channels, m_reading->parts.walk, texts[next], slice, m_reading->held.pieces)) {
            return false;
        }
    }
    return true;
}

/// What the event counts is known at its end only, however many slices it took.
void StreamRelay::endChunk()
{
    auto& held = m_reading->held;
    const auto& answer = *m_reading->parts.answer;
    for (std::size_t i = 0; i < answer.texts.size(); ++i) {
        const auto& piece = held.pieces[i];
        held.lanes.push_back(m_channels.lane(piece.channel));
        if (!answer.texts[i].repeats) {
            m_meter.addAnswerText(piece.end - piece.begin);
        }
    }
    noteChoices(held, answer);
    const std::string place = "events/" + std::to_string(held.number);
    const bool wasStopped = m_guard.stop().has_value();
    const auto asides = m_channels.judgeAsides(m_reading->parts.walk, answer, place);
    held.cannotBeCut = held.cannotBeCut || (!wasStopped && m_guard.stop());
    held.pieces.insert(held.pieces.end(), asides.begin(), asides.end());
    if (answer.usage) {
        if (answer.usageIsPart) {
            m_meter.add(*answer.usage);
        } else {
            m_meter.report(*answer.usage);
        }
    }
    meter();
    if (answer.isLast) {
        m_done = true;
        m_channels.finishAll();
    }
    hold(takeRead());
}

HeldEvent StreamRelay::takeRead()
{
    HeldEvent held = std::move(m_reading->held);
    m_reading.reset();
    return held;
}

void StreamRelay::noteChoices(HeldEvent& held, const AnswerParts& answer)
{
    held.inOrder = m_options.surface.traits().inOrder && !answer.isAnywhere;
    held.isAnywhere = answer.isAnywhere;
    held.isLast = answer.isLast;
    held.isToolCall = m_channels.isGuarded() && !held.inOrder && !answer.choices.empty()
        && std::all_of(answer.choices.begin(),
                       answer.choices.end(),
                       [](const AnswerChoice& c) { return c.hasToolCalls && !c.ends; })
        && std::all_of(held.pieces.begin(), held.pieces.end(), [this](const AnswerPiece& piece) {
                          return m_channels.isToolCall(piece.channel);
                      });
    held.waitsForAll = answer.choices.empty() && !answer.isAnywhere;
    held.waitsForChoices = held.pieces.empty();
    if (!answer.finishReason.empty()) {
        m_finishReasons.push_back(answer.finishReason);
    }
    for (const auto& choice : answer.choices) {
        held.choices.push_back(choice.index);
        if (choice.hasToolCalls) {
            held.toolChoices.push_back(choice.index);
        }
        const bool known = std::any_of(m_choices.begin(), m_choices.end(), [&](const Choice& c) {
            return c.index == choice.index;
        });
        if (!known && m_choices.size() < limits::kGuardChannelsMax) {
            m_choices.push_back({choice.index, false, false});
        }
        if (choice.ends) {
            held.waitsForChoices = true;
            held.ends.push_back(choice.index);
            if (!m_channels.isFinished(choice.index) && !choice.finishReason.empty()) {
                m_finishReasons.push_back(choice.finishReason);
            }
            m_channels.finishChoice(choice.index);
        }
    }
}

void StreamRelay::meter()
{
    if (m_guard.needsUsage()) {
        m_guard.usageChanged(
            m_meter.runCounters(), m_meter.usage().completionTokens, m_options.now());
    }
    m_overLimit = m_overLimit || (m_options.overLimit && m_options.overLimit());
}

void StreamRelay::hold(HeldEvent held)
{
    if (m_overLimit && !m_guard.stop()) {
        m_held.push_back(std::move(held)); // Until it is abandoned.
        return;
    }
    if (mayOvertake(held) && !m_guard.stop()) {
        letOut(held);
        return;
    }
    m_heldBytes += held.event.raw.size();
    m_heldTexts += held.isToolCall ? 0 : 1;
    const bool changesNothing = held.isToolCall && m_held.size() > m_heldTexts
        && m_closedCalls == m_channels.closedCalls();
    m_closedCalls = m_channels.closedCalls();
    m_held.push_back(std::move(held));
    if (m_heldBytes > limits::kStreamHeldBytesMax) {
        takeUnreadable("More of the answer was held back than can be kept.");
        m_channels.giveUp();
    }
    if (m_guard.stop()) {
        stop();
    } else if (m_options.surface.traits().inOrder) {
        releaseInOrder();
    } else if (!changesNothing) {
        releaseReady();
    }
}

/// What was held goes out as far as it is final; the event with the cut is rewritten.
void StreamRelay::stop()
{
    m_stopped = true;
    m_stopEvent = std::max<std::int64_t>(m_eventCount - 1, 0);
    EventOrder order;
    for (auto& held : m_held) {
        const bool open = !order.blocks(held) && !held.waitsForAll && !held.cannotBeCut;
        if (open && mayPass(held)) {
            letOut(held);
            continue;
        }
        order.stays(held);
        const bool something
            = std::any_of(held.pieces.begin(), held.pieces.end(), [this](const AnswerPiece& piece) {
                  return piece.begin < piece.end && m_channels.allowed(piece.channel) > piece.begin;
              });
        if (open && something) {
            releaseRewritten(held);
        } else {
            withhold(held);
        }
    }
    m_held.clear();
    m_heldBytes = 0;
    m_heldTexts = 0;
    withholdRest();
}

void StreamRelay::withholdRest()
{
    while (auto rest = m_parser.finish()) {
        append(m_withheld, m_eventCount++, rest->raw);
    }
}

void StreamRelay::withhold(const HeldEvent& held)
{
    append(m_withheld, held.number, held.event.raw);
}

std::vector<EventBytes> StreamRelay::takeReleased()
{
    return std::exchange(m_released, {});
}

std::vector<EventBytes> StreamRelay::takeWithheld()
{
    return std::exchange(m_withheld, {});
}

std::vector<std::int64_t> StreamRelay::openChoices() const
{
    std::vector<std::int64_t> open;
    for (const auto& choice : m_choices) {
        if (!choice.ended && (choice.begun || !m_options.surface.traits().inOrder)) {
            open.push_back(choice.index);
        }
    }
    return open;
}

std::vector<std::int64_t> StreamRelay::endedChoices() const
{
    std::vector<std::int64_t> ended;
    for (const auto& choice : m_choices) {
        if (choice.ended) {
            ended.push_back(choice.index);
        }
    }
    return ended;
}

} // namespace exhibit::gateway
