// SPDX-License-Identifier: Apache-2.0
#include "server/prevention/sentence_hold.h"

#include <algorithm>

namespace exhibit::prevention {
namespace {

constexpr std::string_view kTerminators = ".!?\n";
constexpr std::size_t kStride = 64; ///< Bytes between the boundaries inside a sentence.
/// A claim is taken up at most a stride after its confirmation.
constexpr std::size_t kTextKept = limits::kHedgeWindowBytesMax + 2 * kStride;

std::string_view lastPart(std::string_view text, std::size_t bytes)
{
    return text.substr(text.size() - std::min(text.size(), bytes));
}

} // namespace

SentenceHold::SentenceHold(std::shared_ptr<const StagePlan> plan)
    : m_plan(std::move(plan))
{
}

std::size_t SentenceHold::toBoundary(std::string_view delta) const
{
    const auto part = delta.substr(0, kStride - m_position % kStride);
    const auto terminator = part.find_first_of(kTerminators);
    return terminator == std::string_view::npos ? part.size() : terminator + 1;
}

void SentenceHold::append(std::string_view segment)
{
    if (m_text.size() + segment.size() > 2 * kTextKept) {
        m_text.erase(0, m_text.size() - std::min(m_text.size(), kTextKept));
    }
    m_text += segment;
    m_position += segment.size();
    for (auto& claims : m_claims) {
        if (claims.hedges) {
            lookForHedges(claims, segment);
        }
    }
}

bool SentenceHold::atBoundary() const
{
    return m_position % kStride == 0
        || (!m_text.empty() && kTerminators.find(m_text.back()) != std::string_view::npos);
}

SentenceHold::Claims& SentenceHold::claimsOf(std::uint32_t policy)
{
    const auto found = std::find_if(m_claims.begin(), m_claims.end(), [policy](const auto& claims) {
        return claims.policy == policy;
    });
    if (found != m_claims.end()) {
        return *found;
    }
    m_claims.emplace_back();
    m_claims.back().policy = policy;
    return m_claims.back();
}

void SentenceHold::lookForHedges(Claims& claims, std::string_view text)
{
    if (claims.hedged) {
        return;
    }
    m_matches.clear();
    claims.hedges->feed(text, m_matches);
    claims.hedged = !m_matches.empty();
    m_exhausted = m_exhausted || claims.hedges->exhausted();
}

bool SentenceHold::previousSentenceHedges(std::uint32_t policy)
{
    const auto& hedges = m_plan->hedges[policy];
    if (hedges == nullptr) {
        return false;
    }
    const auto found = scanWithin(
        scan::WorkBudget::limited(), hedges, lastPart(m_previous, limits::kHedgeWindowBytesMax));
    m_exhausted = m_exhausted || !found;
    return found && !found->empty();
}

std::optional<UnhedgedClaim> SentenceHold::add(std::uint32_t policy, const scan::Match& claim)
{
    // A claim that ends with the sentence and waited for its right edge is confirmed one byte into
    // the next sentence.
    if (claim.end == m_sentenceBegin) {
        if (previousSentenceHedges(policy)) {
            return std::nullopt;
        }
        return unhedged(policy, {claim.begin, claim.end, claim.start, claim.pattern});
    }
    auto& claims = claimsOf(policy);
    claims.pending.add(claim);
    if (!claims.hedges && m_plan->hedges[policy] != nullptr) {
        // From a byte that depends on the text alone, not on how much of it is at hand.
        const auto strideBegin = claim.confirmedAt - claim.confirmedAt % kStride;
        const auto windowBegin = std::max(
            m_sentenceBegin,
            strideBegin - std::min(strideBegin, std::size_t{limits::kHedgeWindowBytesMax}));
        claims.hedges.emplace(m_plan->hedges[policy], scan::WorkBudget::limited());
        lookForHedges(claims, lastPart(m_text, m_position - std::min(windowBegin, m_position)));
    }
    return std::nullopt;
}

std::vector<UnhedgedClaim> SentenceHold::decide()
{
    if (!m_text.empty() && kTerminators.find(m_text.back()) != std::string_view::npos) {
        return finish();
    }
    std::vector<UnhedgedClaim> decided;
    // What would be held too long at the next boundary is decided at this one.
    const auto next = m_position + kStride;
    const auto due = next - std::min(next, limits::kSentenceHoldBytesMax);
    for (auto& claims : m_claims) {
        for (const auto& run : claims.pending.takeBefore(due)) {
            if (!claims.hedged) {
                decided.push_back(unhedged(claims.policy, run));
            }
        }
    }
    return decided;
}

UnhedgedClaim SentenceHold::unhedged(std::uint32_t policy, const MatchRun& run) const
{
    const bool before = run.end <= m_sentenceBegin;
    const std::string_view kept = before ? m_previous : m_text;
    const auto first = (before ? m_sentenceBegin : m_position) - kept.size();
    const auto begin = std::max(run.start, first);
    return {policy, run, std::string(kept.substr(begin - first, run.end - begin))};
}

std::vector<UnhedgedClaim> SentenceHold::finish()
{
    std::vector<UnhedgedClaim> decided;
    for (auto& claims : m_claims) {
        if (claims.hedges && !claims.hedged) {
            m_matches.clear();
            claims.hedges->finish(m_matches);
            claims.hedged = !m_matches.empty();
            m_exhausted = m_exhausted || claims.hedges->exhausted();
        }
        if (!claims.hedged) {
            for (const auto& run : claims.pending.all()) {
                decided.push_back(unhedged(claims.policy, run));
            }
        }
    }
    startSentence();
    return decided;
}

void SentenceHold::startSentence()
{
    m_claims.clear();
    m_sentenceBegin = m_position;
    m_previous = std::move(m_text);
    m_text.clear();
}

std::size_t SentenceHold::held() const
{
    std::size_t least = std::string_view::npos;
    for (const auto& claims : m_claims) {
        if (!claims.pending.empty()
            && m_plan->policies[claims.policy]->mode == domain::Mode::Block) {
            least = std::min(least, claims.pending.all().front().begin);
        }
    }
    return least;
}

} // namespace exhibit::prevention
