// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/answer_channels.h"

#include "server/gateway/replaced_text.h"

#include <algorithm>

namespace exhibit::gateway {
namespace {

constexpr std::size_t kReplacementsKept = 4096; ///< Then those that count no more are forgotten.
/// Of a text that goes on behind its end, what the guard reads again.
constexpr std::size_t kResumedBytes = 4096;

bool endsWithToken(std::string_view path, std::string_view token)
{
    return path.size() > token.size() && path.ends_with(token)
        && path[path.size() - token.size() - 1] == '/';
}

} // namespace

AnswerChannels::AnswerChannels(prevention::CallGuard& guard)
    : m_guard(guard)
    , m_guarded(!guard.outputUnguarded())
    , m_redacts(guard.redactsOutput())
{
}

std::size_t AnswerChannels::find(const AnswerText& text)
{
    const auto found = m_numbers.find(text.channel);
    if (found != m_numbers.end()) {
        return found->second;
    }
    // Beyond the limit all texts share one channel, which the guard says it cannot judge.
    const bool tooMany = m_channels.size() > limits::kGuardChannelsMax;
    return tooMany ? m_channels.size() - 1 : addChannel(text);
}

std::size_t AnswerChannels::addChannel(const AnswerText& text)
{
    const auto lane = m_lanes.try_emplace({text.choice, text.field}, m_lanes.size());
    Channel channel;
    channel.number = m_channels.size();
    channel.joins = text.joins;
    channel.name = text.channel;
    channel.choice = text.choice;
    channel.toolCall = text.toolCall;
    channel.arguments = text.toolCall
        && (endsWithToken(text.channel, "arguments") || endsWithToken(text.channel, "input"));
    channel.callIndex = text.callIndex;
    channel.toolName = text.toolCall && endsWithToken(text.channel, "name");
    channel.lane = lane.first->second;
    channel.role = text.isAnswer ? prevention::TextRole::Answer
        : text.toolCall          ? prevention::TextRole::ToolCall
                                 : prevention::TextRole::Other;
    channel.guard = m_guard.channel(text.channel, channel.role);
    channel.guardName = text.channel;
    channel.text = KeptText(text.toolCall ? KeptText::Keep::All : KeptText::Keep::Ends);
    m_channels.push_back(std::move(channel));
    m_numbers.emplace(text.channel, m_channels.size() - 1);
    return m_channels.size() - 1;
}

/// Of two nobody knows which a client reads. Some services send all members that there are, those
/// of other kinds of calls empty.
bool AnswerChannels::hasTwin(const Channel& channel) const
{
    return (channel.toolName || channel.arguments)
        && std::any_of(m_channels.begin(), m_channels.end(), [&channel](const Channel& other) {
               return &other != &channel && other.fed > 0 && other.toolCall
                   && other.choice == channel.choice && other.callIndex == channel.callIndex
                   && other.toolName == channel.toolName && other.arguments == channel.arguments;
           });
}

AnswerPiece AnswerChannels::feed(const JsonWalk& walk, const AnswerText& text)
{
    std::string decoded;
    const auto bytes = decodedText(walk, text, decoded);
    return text.repeats ? feedRepeated(text, bytes) : feedText(text, bytes);
}

AnswerPiece AnswerChannels::feedRepeated(const AnswerText& text, std::string_view bytes)
{
    const auto known = m_numbers.find(text.channel);
    if (known != m_numbers.end()) {
        endHalf(m_channels[known->second]);
    }
    // What was begun empty is said here for the first time.
    const bool unsaid
        = known != m_numbers.end() && !text.toolCall && m_channels[known->second].fed == 0;
    if (known == m_numbers.end() || unsaid) {
        return feedText(text, bytes);
    }
    const Channel& channel = m_channels[known->second];
    if (channel.text.size() == bytes.size() && channel.text.head() == bytes) {
        AnswerPiece piece{text.node, false, text.isRaw, known->second, 0, bytes.size()};
        return piece;
    }
    if (text.toolCall && m_guarded) {
        m_guard.outputUnreadable("A tool call is repeated in other words.");
    }
    joinRepeated(channel);
    AnswerText other = text;
    other.joins = {};
    other.toolCall = false;
    other.channel += "/~again/" + std::to_string(m_channels.size());
    const auto piece = feedText(other, bytes);
    finishChannel(m_channels[piece.channel]);
    return piece;
}

AnswerPiece AnswerChannels::feedText(const AnswerText& text, std::string_view bytes)
{
    scan::Pace endless;
    return feedSome(text, bytes, endless);
}

AnswerPiece AnswerChannels::feedSome(const AnswerText& text,
                                     std::string_view bytes,
                                     scan::Pace& pace)
{
    const std::size_t number = find(text);
    Channel& channel = m_channels[number];
    if (m_guarded && channel.finished && !bytes.empty() && !m_guard.stop()) {
        resume(channel);
    }
    if (m_guarded && !channel.joins.empty() && !bytes.empty() && !m_guard.stop()) {
        join(channel);
    }
    if (m_guarded && channel.fed == 0 && !bytes.empty() && hasTwin(channel)) {
        m_guard.outputUnreadable("A tool call has two names or two texts of arguments.");
    }
    const auto joined = feedSeam(channel, bytes);
    const auto consumed = joined + feedGuard(channel.guard, bytes.substr(joined), pace);
    bytes = bytes.substr(0, consumed);
    AnswerPiece piece{
        text.node, text.isName, text.isRaw, number, channel.fed, channel.fed + bytes.size()};
    channel.fed = piece.end;
    // Memory does not grow with a stream that never ends.
    m_keptBytes += bytes.size();
    if (m_keptBytes <= limits::kStreamHeldBytesMax) {
        channel.text.append(bytes);
    } else {
        channel.text.skip(bytes.size());
    }
    if (!bytes.empty() && isFinished(text.choice)) {
        std::erase(m_finished, text.choice);
    }
    takeReplacements(channel);
    followArguments(channel, bytes);
    return piece;
}

/// The provider goes on with a text that had ended. What is out cannot be called back, but readers
/// join it with what follows, and so does the guard.
void AnswerChannels::resume(Channel& channel)
{
    const auto begin = channel.fed - std::min(channel.fed, kResumedBytes);
    const bool kept = m_keptBytes <= limits::kStreamHeldBytesMax;
    const std::string before = kept ? channel.text.slice(begin, channel.fed) : std::string{};
    channel.finished = false;
    channel.guardName = channel.name + "/~resumed/" + std::to_string(channel.resumed++);
    channel.guard = m_guard.channel(channel.guardName, channel.role);
    channel.guardBegin = channel.fed - before.size();
    channel.resumedAt = channel.fed;
    m_guard.feed(channel.guard, before);
}

/// What comes behind a stop counts as consumed.
std::size_t AnswerChannels::feedGuard(std::size_t guardChannel,
                                      std::string_view text,
                                      scan::Pace& pace)
{
    std::size_t consumed = 0;
    while (consumed < text.size() && !m_guard.stop() && !(consumed > 0 && pace.over())) {
        const auto slice = text.substr(consumed, limits::kScanSliceBytes);
        consumed += m_guard.feed(guardChannel, slice, pace);
    }
    return m_guard.stop() ? text.size() : consumed;
}

bool AnswerChannels::isFinished(std::int64_t choice) const
{
    return std::find(m_finished.begin(), m_finished.end(), choice) != m_finished.end();
}

bool AnswerChannels::finishChoice(std::int64_t choice)
{
    if (isFinished(choice)) {
        return !m_guard.stop();
    }
    bool newCalls = false;
    for (auto& channel : m_channels) {
        const bool open = channel.choice == choice && !channel.finished;
        newCalls = newCalls || (open && channel.toolCall);
        if (open && !finishChannel(channel)) {
            return false;
        }
    }
    if (newCalls && m_guarded && m_guard.judgesToolCalls() && !judgeToolCalls(choice)) {
        return false;
    }
    m_finished.push_back(choice);
    return true;
}

bool AnswerChannels::finishAll()
{
    std::vector<std::int64_t> choices;
    for (const auto& channel : m_channels) {
        choices.push_back(channel.choice);
    }
    return std::all_of(choices.begin(),
                       choices.end(),
                       [this](std::int64_t choice) { return finishChoice(choice); })
        && finishSeams();
}

bool AnswerChannels::finishChannel(Channel& channel)
{
    if (m_guard.stop()) {
        return false;
    }
    endHalf(channel);
    if (m_guard.stop()) {
        return false;
    }
    channel.finished = true;
    const std::size_t live = channel.guardBegin + m_guard.settled(channel.guard);
    m_guard.finishChannel(channel.guard);
    takeReplacements(channel);
    if (m_guarded && !channel.joins.empty() && !m_guard.stop()) {
        beginSeam(channel, live);
    }
    if (channel.arguments && m_guarded && !m_guard.stop()) {
        judgeArguments(channel);
    }
    return !m_guard.stop();
}

std::size_t AnswerChannels::allowed(std::size_t number) const
{
    const Channel& channel = m_channels[number];
    if (!m_guarded && !m_guard.stop()) {
        return channel.fed;
    }
    if (channel.toolCall && !channel.closed && !isFinished(channel.choice)) {
        return channel.released;
    }
    const auto& stop = m_guard.stop();
    std::size_t settled = m_guard.settled(channel.guard);
    if (stop && stop->channel == channel.guardName) {
        settled = std::min(stop->cutAt, settled);
    }
    std::size_t end = channel.guardBegin + settled;
    for (const auto seam : channel.seams) {
        end = std::min(end, m_seams[seam].allowed(number));
    }
    return std::max(channel.released, end);
}

void AnswerChannels::takeReplacements(Channel& channel)
{
    if (!m_redacts) {
        return;
    }
    auto& known = channel.replacements;
    // What was read again has its redactions already.
    const std::size_t judged = channel.resumedAt;
    const auto placed = [&channel, judged](prevention::Replacement each) {
        each.begin = std::max(each.begin + channel.guardBegin, judged);
        each.end = std::max(each.end + channel.guardBegin, judged);
        return each;
    };
    for (auto& each : m_guard.takeReplacements(channel.guard)) {
        if (auto closed = placed(std::move(each)); closed.begin < closed.end) {
            known.push_back(std::move(closed));
        }
    }
    channel.open = m_guard.openReplacement(channel.guard);
    if (channel.open) {
        channel.open = placed(*std::move(channel.open));
    }
    if (known.size() > kReplacementsKept) {
        // Memory does not grow with a stream that never ends.
        std::erase_if(known, [&channel](const prevention::Replacement& each) {
            return each.begin >= limits::kRecordedTextBytesMax && each.end <= channel.released;
        });
    }
}

std::vector<prevention::Replacement> AnswerChannels::replacementsWithin(const Channel& channel,
                                                                        std::size_t begin,
                                                                        std::size_t end) const
{
    auto found = overlapping(channel.replacements, begin, end);
    if (channel.open && channel.open->begin < end && channel.open->end > begin) {
        found.push_back(*channel.open);
    }
    if (!m_redacts || channel.seams.empty()) {
        return found;
    }
    std::vector<prevention::Replacement> across;
    for (const auto seam : channel.seams) {
        m_seams[seam].addReplacements(channel.number, across);
    }
    across.insert(across.end(), found.begin(), found.end());
    return overlapping(united(std::move(across), Touching::One), begin, end);
}

std::string AnswerChannels::changed(const AnswerPiece& piece, std::string_view text) const
{
    const std::size_t end = std::clamp(allowed(piece.channel), piece.begin, piece.end);
    const auto inside = replacementsWithin(m_channels[piece.channel], piece.begin, end);
    return applyReplacements(text, piece.begin, end, inside);
}

bool AnswerChannels::isRedacted(const AnswerPiece& piece) const
{
    const auto& channel = m_channels[piece.channel];
    const auto half = channel.split.find(piece.end);
    const bool splits = piece.tailHigh != 0 && half != channel.split.end();
    return !replacementsWithin(channel, piece.begin, piece.end).empty()
        || (splits && !replacementsWithin(channel, half->first, half->second).empty());
}

void AnswerChannels::giveUp()
{
    m_guarded = false;
    m_redacts = false;
}

void AnswerChannels::noteReleased(const AnswerPiece& piece)
{
    Channel& channel = m_channels[piece.channel];
    channel.released = std::max(channel.released, std::min(piece.end, allowed(piece.channel)));
    if (piece.tailHigh != 0) {
        releaseHalf(channel, piece.end);
    }
}

} // namespace exhibit::gateway
