// SPDX-License-Identifier: Apache-2.0
#include "server/prevention/text_judge.h"

#include "server/prevention/contradiction.h"
#include "server/prevention/facts.h"

#include <algorithm>
#include <tuple>

namespace exhibit::prevention {
namespace {

/// More than one slice of a stream can have; beyond it, in whole texts, the last run takes in what
/// follows: rather too much is redacted than too little.
constexpr std::size_t kClosedRedactionsMax = limits::kScanSliceBytes;

} // namespace

TextJudge::TextJudge(std::shared_ptr<const StagePlan> plan, const Json* facts)
    : m_plan(std::move(plan))
    , m_facts(facts)
    , m_scanner(m_plan->patterns, scan::WorkBudget::limited())
{
    if (m_plan->judgesSentences) {
        m_sentences.emplace(m_plan);
    }
}

void TextJudge::feed(std::string_view delta)
{
    scan::Pace endless;
    while (!delta.empty()) {
        delta.remove_prefix(feed(delta, endless));
    }
}

std::size_t TextJudge::feed(std::string_view delta, scan::Pace& pace)
{
    std::size_t consumed = 0;
    while (consumed < delta.size() && !m_stop && !m_exhausted && !(consumed > 0 && pace.over())) {
        consumed += read(delta.substr(consumed), pace);
    }
    if (m_exhausted) {
        m_scanner.feed(delta.substr(consumed), m_matches); // Only counts.
    }
    return m_stop || m_exhausted ? delta.size() : consumed;
}

/// Up to the next boundary; returns how many bytes that were.
std::size_t TextJudge::read(std::string_view delta, scan::Pace& pace)
{
    auto segment = delta.substr(0, m_sentences ? m_sentences->toBoundary(delta) : delta.size());
    m_matches.clear();
    segment = segment.substr(0, m_scanner.feed(segment, m_matches, pace));
    if (m_sentences) {
        m_sentences->append(segment);
    }
    Candidates candidates;
    judge(candidates);
    const bool stoppedEarlier = !candidates.list.empty() && candidates.byte < m_scanner.position();
    if (m_sentences && m_sentences->atBoundary() && !stoppedEarlier && !m_scanner.exhausted()) {
        candidates.settled = m_scanner.settled();
        noteClaims(m_sentences->decide(), candidates);
    }
    stopAt(candidates);
    noteExhaustion();
    return segment.size();
}

void TextJudge::finish()
{
    if (m_finished) {
        return;
    }
    m_finished = true;
    if (m_stop || m_exhausted) {
        return;
    }
    m_matches.clear();
    m_scanner.finish(m_matches);
    Candidates candidates;
    judge(candidates);
    candidates.settled = m_scanner.position();
    if (m_sentences && !m_scanner.exhausted()) {
        noteClaims(m_sentences->finish(), candidates);
    }
    stopAt(candidates);
    noteExhaustion();
}

/// A stop before it counts; nobody can tell what would have come behind it. The work of hedges is
/// looked at where sentences are decided, which depends on the text alone.
void TextJudge::noteExhaustion()
{
    const bool hedges
        = m_sentences && m_sentences->exhausted() && (m_finished || m_sentences->atBoundary());
    m_exhausted = !m_stop && (m_scanner.exhausted() || hedges);
    if (m_exhausted && !m_finished) {
        m_scanner.silence();
    }
}

std::size_t TextJudge::settled() const
{
    if (m_stop) {
        return m_stop->cutAt;
    }
    const auto settled = m_scanner.settled();
    return m_sentences && !m_exhausted ? std::min(settled, m_sentences->held()) : settled;
}

void TextJudge::judge(Candidates& candidates)
{
    for (const auto& match : m_matches) {
        if (!candidates.list.empty() && match.confirmedAt != candidates.byte) {
            return;
        }
        candidates.byte = match.confirmedAt;
        candidates.settled = match.settled;
        note(match, candidates);
    }
}

void TextJudge::note(const scan::Match& match, Candidates& candidates)
{
    const auto policy = m_plan->uses[match.pattern].policy;
    if (m_plan->isClaim(policy)) {
        if (const auto claim = m_sentences->add(policy, match)) {
            noteClaim(*claim, candidates);
        }
        return;
    }
    record(policy, match);
    const auto mode = m_plan->policies[policy]->mode;
    if (mode == domain::Mode::Block) {
        candidates.list.push_back({policy, match.start});
    } else if (mode == domain::Mode::Redact) {
        redact(match);
    }
}

void TextJudge::redact(const scan::Match& match)
{
    // Another match of the same byte may begin below what that byte settled.
    if (match.confirmedAt != m_redactedAt) {
        closeRedactions(m_redactedSettled);
        m_redactedAt = match.confirmedAt;
        m_redactedSettled = match.settled;
    }
    m_redactions.add(match);
}

void TextJudge::closeRedactions(std::size_t settled)
{
    for (const auto& run : m_redactions.takeEndedBefore(settled)) {
        if (m_closedRedactions.size() < kClosedRedactionsMax) {
            m_closedRedactions.push_back(run);
        } else {
            m_closedRedactions.back().end = run.end;
        }
    }
}

std::vector<MatchRun> TextJudge::takeRedactions()
{
    const auto end = settled();
    const bool whole = m_finished || m_stop;
    closeRedactions(whole ? std::string_view::npos : end);
    auto& closed = m_closedRedactions;
    // A sentence may hold back what no match can extend any more.
    const auto kept = std::partition_point(
        closed.begin(), closed.end(), [end](const MatchRun& run) { return run.end <= end; });
    std::vector<MatchRun> taken(closed.begin(), kept);
    closed.erase(closed.begin(), kept);
    if (whole) {
        if (const auto open = openRedaction()) {
            taken.push_back(*open);
        }
        closed.clear();
    }
    return taken;
}

std::optional<MatchRun> TextJudge::openRedaction() const
{
    const auto end = settled();
    for (const auto* runs : {&m_closedRedactions, &m_redactions.all()}) {
        for (auto run : *runs) {
            if (run.begin < end && run.end >= end) {
                run.end = end;
                return run;
            }
        }
    }
    return std::nullopt;
}

void TextJudge::noteClaims(const std::vector<UnhedgedClaim>& claims, Candidates& candidates)
{
    for (const auto& claim : claims) {
        noteClaim(claim, candidates);
    }
}

/// A claim about a fact that is not there is broken as it stands; one about a fact that is there
/// only when it states something else.
bool TextJudge::isBroken(const UnhedgedClaim& claim) const
{
    const auto& policy = *m_plan->policies[claim.policy];
    const auto* rule = std::get_if<domain::ContradictsContextRule>(&policy.rule);
    if (rule == nullptr) {
        return true;
    }
    const auto* fact = findFact(m_facts, rule->fact);
    const auto pattern = claim.run.pattern;
    return fact != nullptr
        && contradicts(rule->claims[m_plan->uses[pattern].ordinal],
                       m_plan->statements[pattern],
                       claim.text,
                       *fact);
}

void TextJudge::noteClaim(const UnhedgedClaim& claim, Candidates& candidates)
{
    if (!isBroken(claim)) {
        return;
    }
    scan::Match match;
    match.pattern = claim.run.pattern;
    match.begin = claim.run.begin;
    match.end = claim.run.end;
    match.start = claim.run.start;
    record(claim.policy, match);
    if (m_plan->policies[claim.policy]->mode == domain::Mode::Block) {
        candidates.list.push_back({claim.policy, claim.run.start});
    }
}

void TextJudge::record(std::uint32_t policy, const scan::Match& match)
{
    auto found = std::find_if(m_findings.begin(), m_findings.end(), [policy](const auto& finding) {
        return finding.policy == policy;
    });
    if (found == m_findings.end()) {
        found = m_findings.insert(found, Finding{policy, {}, {}, utcNow()});
    }
    found->runs.add(match);
    const auto ordinal = m_plan->uses[match.pattern].ordinal;
    if (found->patterns.size() <= ordinal) {
        found->patterns.resize(ordinal + 1);
    }
    found->patterns[ordinal] = true;
}

// Several policies may match on one byte: the text ends before the earliest of their matches, and
// the stop is named after the one that starts first, then the gravest, then the first listed.
void TextJudge::stopAt(const Candidates& candidates)
{
    if (candidates.list.empty()) {
        return;
    }
    const auto rank = [this](const Candidate& candidate) {
        const auto gravity = static_cast<int>(m_plan->policies[candidate.policy]->severity);
        return std::tuple(candidate.start, -gravity, candidate.policy);
    };
    const auto first
        = std::min_element(candidates.list.begin(),
                           candidates.list.end(),
                           [&rank](const auto& a, const auto& b) { return rank(a) < rank(b); });
    auto cutAt = std::min(first->start, candidates.settled);
    if (m_sentences) {
        cutAt = std::min(cutAt, m_sentences->held());
    }
    m_stop = TextStop{first->policy, cutAt};
}

} // namespace exhibit::prevention
