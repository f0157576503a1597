// SPDX-License-Identifier: Apache-2.0
#include "models/domain/policy.h"

#include <algorithm>

namespace exhibit::domain {
namespace {

/// The position after the UTF-8 character at `at`.
std::size_t nextCharacter(std::string_view text, std::size_t at)
{
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U) {
        ++at;
    }
    return at;
}

} // namespace

OnError Policy::effectiveOnError() const
{
    return onError.value_or(mode == Mode::Block ? OnError::Block : OnError::Allow);
}

bool Policy::speaksOf(const PolicySubject& subject, Stage stage) const
{
    return std::find(stages.begin(), stages.end(), stage) != stages.end()
        && matchesAnyGlob(appliesTo.projects, subject.project)
        && (subject.model.empty() || matchesAnyGlob(appliesTo.models, subject.model))
        && matchesAnyGlob(appliesTo.users, subject.userId);
}

bool globMatches(std::string_view glob, std::string_view text)
{
    // Only the last '*' needs to be remembered: what an earlier one could still take, the last one
    // can take as well.
    std::size_t g = 0;
    std::size_t t = 0;
    std::size_t afterStar = std::string_view::npos;
    std::size_t starTook = 0;
    while (t < text.size()) {
        if (g < glob.size() && glob[g] == '*') {
            afterStar = ++g;
            starTook = t;
        } else if (g < glob.size() && glob[g] == '?') {
            ++g;
            t = nextCharacter(text, t);
        } else if (g < glob.size() && glob[g] == text[t]) {
            ++g;
            ++t;
        } else if (afterStar != std::string_view::npos) {
            g = afterStar;
            starTook = nextCharacter(text, starTook);
            t = starTook;
        } else {
            return false;
        }
    }
    return glob.find_first_not_of('*', g) == std::string_view::npos;
}

bool matchesAnyGlob(const std::vector<std::string>& globs, std::string_view text)
{
    return globs.empty() || std::any_of(globs.begin(), globs.end(), [text](const auto& glob) {
               return globMatches(glob, text);
           });
}

} // namespace exhibit::domain
