// SPDX-License-Identifier: Apache-2.0
#include "models/scan/redactor.h"

#include <algorithm>

namespace exhibit::scan {
namespace {

// More than a pending run can be told apart in: each match takes a byte, each gap too.
constexpr std::size_t kPieceBytes = limits::kMatchRunsPerTextMax;

} // namespace

Redactor::Redactor(const RedactionPack& pack)
    : m_pack(pack)
    , m_scanner(pack.patterns)
{
}

void Redactor::feed(std::string_view bytes, std::string& out)
{
    while (!bytes.empty()) {
        const auto piece = bytes.substr(0, kPieceBytes);
        bytes.remove_prefix(piece.size());
        m_text += piece;
        m_matches.clear();
        m_scanner.feed(piece, m_matches);
        take(m_scanner.settled(), false, out);
    }
}

void Redactor::finish(std::string& out)
{
    m_matches.clear();
    m_scanner.finish(m_matches);
    take(m_scanner.position(), true, out);
}

void Redactor::take(std::size_t settled, bool ended, std::string& out)
{
    for (const auto& match : m_matches) {
        m_runs.add(match);
    }
    for (const auto& run : m_runs.takeEndedBefore(ended ? std::string_view::npos : settled)) {
        emit(run.begin, out);
        if (run.begin >= m_emitted) {
            out += m_pack.placeholders[run.pattern];
        }
        m_text.erase(0, run.end - m_emitted);
        m_emitted = run.end;
        m_ended.push_back(run);
    }
    // A run that may still grow: its placeholder is final once its first byte is.
    if (!m_runs.empty() && m_runs.all().front().begin < settled) {
        const auto& open = m_runs.all().front();
        emit(open.begin, out);
        if (open.begin >= m_emitted) {
            out += m_pack.placeholders[open.pattern];
        }
        m_text.erase(0, std::min(open.end, settled) - m_emitted);
        m_emitted = std::min(open.end, settled);
    } else {
        emit(settled, out);
    }
}

void Redactor::emit(std::size_t end, std::string& out)
{
    if (end > m_emitted) {
        out.append(m_text, 0, end - m_emitted);
        m_text.erase(0, end - m_emitted);
        m_emitted = end;
    }
}

std::size_t Redactor::decided() const
{
    return m_runs.empty() ? m_emitted : std::min(m_emitted, m_runs.all().front().begin);
}

std::vector<MatchRun> Redactor::takeRuns()
{
    return std::exchange(m_ended, {});
}

std::string redacted(const RedactionPack& pack, std::string_view text)
{
    std::string out;
    Redactor redactor(pack);
    redactor.feed(text, out);
    redactor.finish(out);
    return out;
}

} // namespace exhibit::scan
