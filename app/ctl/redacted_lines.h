// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/redaction/redaction_pack.h"

#include <deque>
#include <istream>
#include <ostream>
#include <string>
#include <vector>

namespace exhibit::ctl {

/// A redacted place of a text, or of the string at `path` of a JSON text.
struct RedactedSpan {
    scan::MatchRun run;
    std::string path; ///< JSON pointer; empty for the text itself.
};

/// {"text":…,"spans":[{"start","end","type","subtype","path"}]} and a line break.
void writeRedacted(std::ostream& out,
                   const redaction::NamedPack& named,
                   std::string_view text,
                   const std::vector<RedactedSpan>& spans);

/// Redacts one text and writes an object for each of its lines, as it comes, in memory that depends
/// on the longest line only. What is redacted over several lines belongs to the first of them: its
/// span ends that many bytes behind the line's begin, and of the lines behind only what is left
/// stands in theirs.
class RedactedLines {
public:
    /// `named` and `out` outlive this. TooLarge above `lineBytesMax` of one line or span.
    RedactedLines(const redaction::NamedPack& named, std::ostream& out, std::size_t lineBytesMax);

    [[nodiscard]] Result<void> feed(std::string_view bytes);
    [[nodiscard]] Result<void> finish();

private:
    [[nodiscard]] Result<void> advance(std::size_t end);
    void takeText(std::string_view text);
    void takeRun(scan::MatchRun run, std::string_view covered);
    void endLine(std::size_t next);
    [[nodiscard]] bool isTooLong(std::size_t more) const;

    const redaction::NamedPack& m_named;
    std::ostream& m_out;
    std::size_t m_lineBytesMax;
    scan::Redactor m_redactor;
    std::deque<scan::MatchRun> m_runs; ///< Behind m_at.
    std::string m_pending; ///< The input from m_at on.
    std::size_t m_at = 0;
    std::size_t m_position = 0; ///< Of the input.
    std::size_t m_lineBegin = 0;
    std::size_t m_lineNumber = 1;
    std::string m_text; ///< Of the line, redacted.
    bool m_tooLong = false; ///< A line was.
    std::vector<RedactedSpan> m_spans;
};

/// The next line without its break; false at the end. TooLarge above `bytesMax`, of which no more
/// is read.
[[nodiscard]] Result<bool> readLine(std::istream& in, std::string& line, std::size_t bytesMax);

} // namespace exhibit::ctl
