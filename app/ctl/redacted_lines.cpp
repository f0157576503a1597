// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/redacted_lines.h"

#include "models/base/json_walk.h"

#include <algorithm>
#include <utility>

namespace exhibit::ctl {
namespace {

/// Of one line: a text of 16 MiB may have millions.
constexpr std::size_t kSpansMax = 100'000;

Json spansJson(const redaction::NamedPack& named, const std::vector<RedactedSpan>& spans)
{
    JsonArray list;
    for (const auto& [run, path] : spans) {
        JsonObject span{{"start", run.begin}, {"end", run.end}, {"type", named.types[run.pattern]}};
        if (!named.subtypes[run.pattern].empty()) {
            span["subtype"] = named.subtypes[run.pattern];
        }
        if (!path.empty()) {
            span["path"] = path;
        }
        list.push_back(std::move(span));
    }
    return list;
}

} // namespace

void writeRedacted(std::ostream& out,
                   const redaction::NamedPack& named,
                   std::string_view text,
                   const std::vector<RedactedSpan>& spans)
{
    out << R"({"text":)" << quoteJson(text) << R"(,"spans":)" << printJson(spansJson(named, spans))
        << "}\n";
}

RedactedLines::RedactedLines(const redaction::NamedPack& named,
                             std::ostream& out,
                             std::size_t lineBytesMax)
    : m_named(named)
    , m_out(out)
    , m_lineBytesMax(lineBytesMax)
    , m_redactor(named.pack)
{
}

Result<void> RedactedLines::feed(std::string_view bytes)
{
    std::string unused;
    m_redactor.feed(bytes, unused);
    m_pending += bytes;
    m_position += bytes.size();
    return advance(m_redactor.decided());
}

Result<void> RedactedLines::finish()
{
    std::string unused;
    m_redactor.finish(unused);
    EXHIBIT_CHECK(advance(m_position));
    if (m_lineBegin < m_position) {
        endLine(m_position);
    }
    return {};
}

Result<void> RedactedLines::advance(std::size_t end)
{
    const auto runs = m_redactor.takeRuns();
    m_runs.insert(m_runs.end(), runs.begin(), runs.end());
    const std::size_t from = m_at;
    while (m_at < end) {
        const auto textEnd = m_runs.empty() ? end : std::min(m_runs.front().begin, end);
        if (m_at < textEnd) {
            takeText(std::string_view(m_pending).substr(m_at - from, textEnd - m_at));
        } else {
            const auto run = m_runs.front();
            m_runs.pop_front();
            takeRun(run, std::string_view(m_pending).substr(m_at - from, run.end - m_at));
        }
        if (m_tooLong || isTooLong(0)) {
            break;
        }
    }
    m_pending.erase(0, m_at - from);
    const auto rest = std::min(m_pending.size(), m_pending.find('\n'));
    if (m_tooLong || isTooLong(rest) || m_pending.size() > 2 * m_lineBytesMax) {
        return fail(ErrorCode::TooLarge, "Line " + std::to_string(m_lineNumber) + " is too long.");
    }
    return {};
}

void RedactedLines::takeText(std::string_view text)
{
    m_at += text.size();
    const auto textBegin = m_at - text.size();
    std::size_t from = 0;
    for (auto at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', from)) {
        m_text += text.substr(from, at - from);
        from = at + 1;
        endLine(textBegin + from);
    }
    m_text += text.substr(from);
}

void RedactedLines::takeRun(scan::MatchRun run, std::string_view covered)
{
    m_text += m_named.pack.placeholders[run.pattern];
    const std::size_t begin = std::exchange(m_at, run.end);
    run.begin = begin - m_lineBegin;
    run.end -= m_lineBegin;
    m_spans.push_back({run, {}});
    for (std::size_t at = covered.find('\n'); at != std::string_view::npos;
         at = covered.find('\n', at + 1)) {
        endLine(begin + at + 1);
    }
}

bool RedactedLines::isTooLong(std::size_t more) const
{
    return m_text.size() + more > m_lineBytesMax || m_spans.size() > kSpansMax;
}

void RedactedLines::endLine(std::size_t next)
{
    if (m_tooLong || isTooLong(0)) {
        m_tooLong = true;
        return;
    }
    writeRedacted(m_out, m_named, m_text, m_spans);
    m_text.clear();
    m_spans.clear();
    m_lineBegin = next;
    ++m_lineNumber;
}

Result<bool> readLine(std::istream& in, std::string& line, std::size_t bytesMax)
{
    line.clear();
    for (int c = in.get(); c != std::istream::traits_type::eof(); c = in.get()) {
        if (c == '\n') {
            return true;
        }
        if (line.size() == bytesMax) {
            return fail(ErrorCode::TooLarge, "A line is too long.");
        }
        line += static_cast<char>(c);
    }
    return !line.empty();
}

} // namespace exhibit::ctl
