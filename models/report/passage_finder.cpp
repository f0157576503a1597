// SPDX-License-Identifier: Apache-2.0
#include "models/report/passage_finder.h"

#include "models/report/production.h"

#include <algorithm>

namespace exhibit::report {
namespace {

/// Of a passage of which a part stands: less would be found wherever it stands by chance.
constexpr std::size_t kPartBytesMin = 8;
constexpr std::string_view kEllipsis = "…";
constexpr std::size_t kPlaceholderBytesMax = 40;
/// In one passage; what stands behind more of them is found from a later one on.
constexpr std::size_t kPlaceholdersMax = 64;
/// JSON in a string of JSON in a string: each level is twice as long.
constexpr int kEscapesDeepMax = 8;

std::size_t withoutBlanks(std::string_view text)
{
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) > ' '; }));
}

/// "[EMAIL]", whichever policy wrote it.
std::size_t usualPlaceholderAt(std::string_view rest)
{
    if (!rest.starts_with('[')) {
        return 0;
    }
    const auto end = rest.substr(0, kPlaceholderBytesMax).find(']');
    if (end == rest.npos || end < 3) {
        return 0;
    }
    const auto name = rest.substr(1, end - 1);
    return std::all_of(
               name.begin(),
               name.end(),
               [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; })
        ? end + 1
        : 0;
}

} // namespace

PassageFinder::PassageFinder(const std::vector<std::string>& passages)
    : m_written(passages)
{
    m_opens.set('[');
    for (std::size_t i = 0; i < m_written.size(); ++i) {
        m_passages.push_back(TracedText(m_written[i]).folded().text());
        addForm(m_written[i], i);
    }
}

void PassageFinder::addForm(std::string_view written, std::size_t passage)
{
    auto text = TracedText(written).folded().text();
    const bool known = std::any_of(m_forms.begin(), m_forms.end(), [&](const Form& form) {
        return form.passage == passage && form.text == text;
    });
    if (!known) {
        m_byFirst.at(static_cast<unsigned char>(text.front())).push_back(m_forms.size());
        m_forms.push_back({std::move(text), passage});
    }
}

void PassageFinder::addRedaction(const scan::RedactionPack& pack)
{
    for (const auto& placeholder : pack.placeholders) {
        const bool known = std::find(m_placeholders.begin(), m_placeholders.end(), placeholder)
            != m_placeholders.end();
        if (!placeholder.empty() && !known) {
            m_opens.set(static_cast<unsigned char>(placeholder.front()));
            m_placeholders.push_back(placeholder);
        }
    }
    const auto wasSeen = [&pack](const std::string& passage) {
        return std::any_of(
            pack.placeholders.begin(), pack.placeholders.end(), [&](const auto& placeholder) {
                return !placeholder.empty() && passage.find(placeholder) != passage.npos;
            });
    };
    if (std::any_of(m_written.begin(), m_written.end(), wasSeen)) {
        m_seen.push_back(pack);
    }
    for (std::size_t i = 0; i < m_written.size(); ++i) {
        // One of placeholders alone would stand for anything that was ever replaced.
        if (staysWhereRedacted(i, pack)) {
            addForm(scan::redacted(pack, m_written[i]), i);
        }
    }
}

bool PassageFinder::staysWhereRedacted(std::size_t passage, const scan::RedactionPack& pack) const
{
    scan::Redactor redactor(pack);
    std::string scratch;
    redactor.feed(m_written[passage], scratch);
    redactor.finish(scratch);
    std::string rest = m_written[passage];
    const auto runs = redactor.takeRuns();
    std::for_each(runs.rbegin(), runs.rend(), [&](const auto& run) {
        rest.erase(run.begin, run.end - run.begin);
    });
    return withoutBlanks(rest) >= kPassageBytesMin;
}

/// `search` appends what it finds in a text; where placeholders stand in passages, also in what the
/// policies would have left of it.
template <class Search>
std::vector<PassageRange> PassageFinder::atEachDepth(std::string_view text,
                                                     const Search& search) const
{
    std::vector<PassageRange> found;
    const auto look = [&found, &search](const TracedText& view, bool asSeen) {
        std::vector<PassageRange> here;
        search(view.text(), asSeen, here);
        for (const auto& range : here) {
            found.push_back({view.rawAt(range.begin), view.rawAt(range.end), range.passage});
        }
    };
    std::optional<TracedText> view = TracedText(text);
    for (int depth = 0; view && depth <= kEscapesDeepMax; ++depth) {
        look(view->folded(), false);
        for (const auto& pack : m_seen) {
            look(view->redacted(pack).folded(), true);
        }
        view = view->unescaped();
    }
    return found;
}

std::vector<PassageRange> PassageFinder::find(std::string_view text) const
{
    return atEachDepth(text, [this](std::string_view view, bool asSeen, auto& found) {
        findForms(view, found);
        findAtEdges(view, found);
        if (!asSeen) {
            findAroundPlaceholders(view, found);
        }
    });
}

std::vector<PassageRange> PassageFinder::findWhole(std::string_view text) const
{
    return atEachDepth(
        text, [this](std::string_view view, bool, auto& found) { findForms(view, found); });
}

std::vector<PassageRange> PassageFinder::findAround(std::string_view text) const
{
    return atEachDepth(text, [this](std::string_view view, bool, auto& found) {
        auto part = view;
        part.remove_prefix(part.starts_with(' ') ? 1 : 0);
        part.remove_suffix(part.ends_with(' ') ? 1 : 0);
        for (const auto& form : m_forms) {
            if (part.size() >= kPartBytesMin && form.text.find(part) != form.text.npos) {
                found.push_back({0, view.size(), form.passage});
            }
        }
    });
}

void PassageFinder::findForms(std::string_view text, std::vector<PassageRange>& found) const
{
    for (std::size_t at = 0; at < text.size(); ++at) {
        for (const auto index : m_byFirst.at(static_cast<unsigned char>(text[at]))) {
            const auto& form = m_forms[index];
            if (text.substr(at).starts_with(form.text)) {
                found.push_back({at, at + form.text.size(), form.passage});
            }
        }
    }
}

void PassageFinder::findAtEdges(std::string_view text, std::vector<PassageRange>& found) const
{
    const bool cutBefore = text.starts_with(kEllipsis);
    const bool cutBehind = text.size() > kEllipsis.size() && text.ends_with(kEllipsis);
    const std::size_t begin = cutBefore ? kEllipsis.size() : 0;
    const std::size_t end = text.size() - (cutBehind ? kEllipsis.size() : 0);
    if (end < begin + kPartBytesMin) {
        return;
    }
    const auto part = text.substr(begin, end - begin);
    for (const auto& form : m_forms) {
        const std::string_view whole = form.text;
        const std::size_t longest = std::min(part.size(), whole.size() - 1);
        for (std::size_t bytes = longest; bytes >= kPartBytesMin; --bytes) {
            if (part.starts_with(whole.substr(whole.size() - bytes))) {
                found.push_back({begin, begin + bytes, form.passage});
                break;
            }
        }
        for (std::size_t bytes = longest; bytes >= kPartBytesMin; --bytes) {
            if (part.ends_with(whole.substr(0, bytes))) {
                found.push_back({end - bytes, end, form.passage});
                break;
            }
        }
        if ((cutBefore || cutBehind) && whole.find(part) != whole.npos) {
            found.push_back({begin, end, form.passage});
        }
    }
}

std::size_t PassageFinder::placeholderAt(std::string_view rest) const
{
    std::size_t longest = usualPlaceholderAt(rest);
    for (const auto& placeholder : m_placeholders) {
        longest = rest.starts_with(placeholder) ? std::max(longest, placeholder.size()) : longest;
    }
    return longest;
}

std::vector<PassageFinder::Span> PassageFinder::placeholdersIn(std::string_view text) const
{
    std::vector<Span> holes;
    for (std::size_t at = 0; at < text.size();) {
        const bool may = m_opens.test(static_cast<unsigned char>(text[at]));
        const auto bytes = may ? placeholderAt(text.substr(at)) : 0;
        if (bytes > 0 && !holes.empty() && holes.back().end == at) {
            holes.back().end += bytes; // Nothing between them could tell where one ends.
        } else if (bytes > 0) {
            holes.push_back({at, at + bytes});
        }
        at += std::max<std::size_t>(bytes, 1);
    }
    return holes;
}

/// A placeholder may stand for any part of the passage, and for what is around it: what is literal
/// between placeholders has to follow the passage.
PassageFinder::Aligned PassageFinder::align(std::string_view text,
                                            const std::vector<Span>& holes,
                                            std::size_t first,
                                            std::string_view passage,
                                            std::size_t before)
{
    std::size_t literal = withoutBlanks(passage.substr(0, before));
    Aligned best{holes[first].end, literal};
    std::size_t at = before; // In the passage.
    for (std::size_t i = first; i < std::min(holes.size(), first + kPlaceholdersMax); ++i) {
        const bool last = i + 1 == holes.size();
        const std::size_t end = last ? text.size() : holes[i + 1].begin;
        const auto between = text.substr(holes[i].end, end - holes[i].end);
        for (std::size_t bytes = std::min(between.size(), passage.size() - at); bytes > 0;
             --bytes) {
            if (between.starts_with(passage.substr(passage.size() - bytes))) {
                const auto tells = literal + withoutBlanks(between.substr(0, bytes));
                best = tells > best.literal ? Aligned{holes[i].end + bytes, tells} : best;
                break;
            }
        }
        const auto inside = passage.find(between, at);
        if (inside == passage.npos) {
            break;
        }
        literal += withoutBlanks(between);
        at = inside + between.size();
        const std::size_t reached = last ? end : holes[i + 1].end;
        best = literal > best.literal ? Aligned{reached, literal} : best;
    }
    return best;
}

void PassageFinder::findAroundPlaceholders(std::string_view text,
                                           std::vector<PassageRange>& found) const
{
    const auto holes = placeholdersIn(text);
    for (std::size_t i = 0; i < holes.size(); ++i) {
        const std::size_t from = i == 0 ? 0 : holes[i - 1].end;
        const auto before = text.substr(from, holes[i].begin - from);
        for (std::size_t p = 0; p < m_passages.size(); ++p) {
            const std::string_view passage = m_passages[p];
            std::size_t bytes = std::min(before.size(), passage.size() - 1);
            while (bytes > 0 && !before.ends_with(passage.substr(0, bytes))) {
                --bytes;
            }
            const auto aligned = align(text, holes, i, passage, bytes);
            if (aligned.literal >= kPartBytesMin) {
                found.push_back({holes[i].begin - bytes, aligned.end, p});
            }
        }
    }
}

} // namespace exhibit::report
