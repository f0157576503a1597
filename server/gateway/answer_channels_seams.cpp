// SPDX-License-Identifier: Apache-2.0
// Texts of several parts that clients put together.
#include "server/gateway/answer_channels.h"

#include <algorithm>
#include <tuple>

namespace exhibit::gateway {
namespace {

/// A sentence may have begun before what could still be a claim, and its hedge with it.
constexpr std::size_t kSentenceBytes = limits::kSentenceHoldBytesMax;

} // namespace

/// By what clients put together: the parts' numbers, then those of their texts. Of two names that
/// differ in a number the longer one has the higher.
bool AnswerChannels::comesBefore(const Channel& a, const Channel& b)
{
    const auto key = [](const Channel& channel) {
        return std::tuple(channel.choice, channel.name.size(), std::string_view(channel.name));
    };
    return key(a) < key(b);
}

/// More of a text comes: what was last said of the parts it is joined with has ended.
void AnswerChannels::join(Channel& channel)
{
    auto& joint = m_joints[channel.joins];
    if (!joint.last) {
        joint.last = channel.number;
        return;
    }
    Channel& last = m_channels[*joint.last];
    if (last.number == channel.number) {
        // It goes on behind its end, and its own channel reads the end again.
        if (auto* seam = openSeam(channel); seam != nullptr && !seam->hasBegun()) {
            seam->close();
        }
        return;
    }
    joint.several = true;
    if (comesBefore(channel, last)) {
        m_guard.outputUnreadable("Parts of the answer do not come in the order of their numbers.");
        return;
    }
    if (joint.differs) {
        m_guard.outputUnreadable("A part of the answer was repeated in other words.");
    }
    if (!last.finished && !finishChannel(last)) {
        return;
    }
    joint.last = channel.number;
    if (auto* seam = openSeam(last)) {
        channel.seams.push_back(last.seams.back());
        seam->begin(channel.number);
    }
}

/// Nobody knows which of the two a client puts together with the other parts.
void AnswerChannels::joinRepeated(const Channel& channel)
{
    if (!m_guarded || channel.joins.empty()) {
        return;
    }
    auto& joint = m_joints[channel.joins];
    joint.differs = true;
    if (joint.several) {
        m_guard.outputUnreadable("A part of the answer was repeated in other words.");
    }
}

TextSeam* AnswerChannels::openSeam(const Channel& channel)
{
    auto* seam = channel.seams.empty() ? nullptr : &m_seams[channel.seams.back()];
    return seam == nullptr || seam->isClosed() ? nullptr : seam;
}

/// How many of the bytes it took, the guard of the channel with it.
std::size_t AnswerChannels::feedSeam(const Channel& channel, std::string_view bytes)
{
    auto* seam = m_guarded ? openSeam(channel) : nullptr;
    if (seam == nullptr || m_joints[channel.joins].last != channel.number) {
        return 0;
    }
    std::size_t taken = 0;
    for (; !seam->isClosed() && taken < bytes.size() && !m_guard.stop(); ++taken) {
        m_guard.feed(channel.guard, bytes.substr(taken, 1));
        if (!m_guard.stop()) {
            seam->feed(bytes.substr(taken, 1));
        }
    }
    return taken;
}

void AnswerChannels::beginSeam(Channel& ended, std::size_t live)
{
    if (live >= ended.fed || openSeam(ended) != nullptr) {
        return;
    }
    const auto begin = std::min(live, ended.fed - std::min(ended.fed, kSentenceBytes));
    auto tail = ended.text.slice(begin, ended.fed);
    if (tail.size() < ended.fed - live) {
        m_guard.outputUnreadable("The answer is too long to be judged across its parts.");
        return;
    }
    auto name = std::string(ended.joins) + "/" + std::to_string(m_seams.size());
    ended.seams.push_back(m_seams.size());
    m_seams.emplace_back(
        m_guard, std::move(name), TextSeam::End{ended.number, ended.fed, live, std::move(tail)});
}

bool AnswerChannels::finishSeams()
{
    for (auto& [name, joint] : m_joints) {
        if (!joint.last) {
            continue;
        }
        Channel& last = m_channels[*joint.last];
        auto* seam = openSeam(last);
        if (seam != nullptr && !seam->finish()) {
            std::erase(m_finished, last.choice); // It does not come to its end.
            return false;
        }
    }
    return !m_guard.stop();
}

} // namespace exhibit::gateway
