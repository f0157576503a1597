// SPDX-License-Identifier: Apache-2.0
// Characters whose halves (surrogates, RFC 8259, 7) stand in two events, as writers leave them that
// cut strings by UTF-16 units: readers join them, and so does the guard. The first half goes out
// with the character or not at all.
#include "server/gateway/answer_channels.h"

#include <algorithm>
#include <utility>

namespace exhibit::gateway {
namespace {

constexpr std::size_t kJoinedBytes = 4; ///< In UTF-8, of every character that has halves.

} // namespace

std::uint16_t AnswerChannels::takeHalf(const AnswerText& text, bool otherFollows)
{
    if (m_halves == 0) {
        return 0;
    }
    const auto known = m_numbers.find(text.channel);
    if (known == m_numbers.end() || m_channels[known->second].half == 0) {
        return 0;
    }
    --m_halves;
    Channel& channel = m_channels[known->second];
    if (const auto split = channel.split.find(channel.fed); split != channel.split.end()) {
        split->second = channel.fed + (otherFollows ? kJoinedBytes : kLoneHalf.size());
    }
    return std::exchange(channel.half, 0);
}

void AnswerChannels::leaveHalf(const AnswerPiece& piece)
{
    Channel& channel = m_channels[piece.channel];
    channel.half = piece.tailHigh;
    channel.split[piece.end] = 0;
    ++m_halves;
}

/// Its other half does not come.
void AnswerChannels::endHalf(Channel& channel)
{
    if (channel.half == 0) {
        return;
    }
    --m_halves;
    channel.half = 0;
    scan::Pace endless;
    const auto begin = channel.fed;
    static_cast<void>(feedGuard(channel.guard, kLoneHalf, endless));
    channel.fed += kLoneHalf.size();
    channel.text.append(kLoneHalf);
    if (const auto split = channel.split.find(begin); split != channel.split.end()) {
        split->second = channel.fed;
    } else { // It went out already: nothing is held.
        channel.released = std::max(channel.released, channel.fed);
    }
}

/// With its piece: no other one has the bytes of a half that stays alone.
void AnswerChannels::releaseHalf(Channel& channel, std::size_t at) const
{
    const auto split = channel.split.find(at);
    if (split != channel.split.end()) {
        channel.released
            = std::max(channel.released, std::min(split->second, allowed(channel.number)));
        channel.split.erase(split);
    }
}

bool AnswerChannels::mayPassHalf(std::size_t number, std::size_t at) const
{
    const Channel& channel = m_channels[number];
    const auto half = channel.split.find(at);
    const bool known = half != channel.split.end() && half->second != 0;
    return (!m_guarded && !m_guard.stop()) || (known && half->second <= allowed(number));
}

bool AnswerChannels::isHalfLeft(std::size_t number, std::size_t at) const
{
    const auto& split = m_channels[number].split;
    const auto half = split.find(at);
    return mayPassHalf(number, at) && (half == split.end() || isLeft(number, at, half->second));
}

bool AnswerChannels::isLeft(std::size_t number, std::size_t begin, std::size_t end) const
{
    return end <= allowed(number) && replacementsWithin(m_channels[number], begin, end).empty();
}

} // namespace exhibit::gateway
