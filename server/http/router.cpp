// SPDX-License-Identifier: Apache-2.0
#include "server/http/router.h"

#include "models/base/assert.h"
#include "server/http/target.h"

#include <algorithm>

namespace exhibit::http {

namespace {

bool isParameter(std::string_view segment)
{
    return segment.starts_with('{');
}

std::vector<std::string_view> splitPath(std::string_view path)
{
    std::vector<std::string_view> segments;
    path.remove_prefix(path.starts_with('/') ? 1 : 0);
    for (;;) {
        const std::size_t slash = path.find('/');
        segments.push_back(path.substr(0, slash));
        if (slash == std::string_view::npos) {
            return segments;
        }
        path.remove_prefix(slash + 1);
    }
}

/// Where the first parameter stands; later means more literal.
std::size_t firstParameter(const std::vector<std::string>& segments)
{
    return static_cast<std::size_t>(std::ranges::find_if(segments, isParameter) - segments.begin());
}

bool matchSegments(const std::vector<std::string>& pattern,
                   const std::vector<std::string>& segments,
                   Router::Match& match)
{
    if (pattern.size() != segments.size()) {
        return false;
    }
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const bool fits
            = isParameter(pattern[i]) ? !segments[i].empty() : pattern[i] == segments[i];
        if (!fits) {
            return false;
        }
    }
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (isParameter(pattern[i])) {
            match.parameters.emplace(pattern[i].substr(1, pattern[i].size() - 2), segments[i]);
        }
    }
    return true;
}

} // namespace

void Router::add(Route route)
{
    EXHIBIT_ASSERT(route.pattern.starts_with('/'));
    const auto parts = splitPath(route.pattern);
    std::vector<std::string> segments(parts.begin(), parts.end());
    const std::size_t literal = firstParameter(segments);
    const std::string pattern = route.pattern;
    m_routes.push_back(std::move(route));
    const std::size_t index = m_routes.size() - 1;
    if (literal == segments.size()) {
        m_literal[pattern].routes.push_back(index);
        return;
    }
    const auto same = std::ranges::find(m_patterns, segments, &Pattern::segments);
    if (same != m_patterns.end()) {
        same->routes.push_back(index);
        return;
    }
    const auto place = std::ranges::find_if(m_patterns, [literal](const Pattern& other) {
        return firstParameter(other.segments) < literal;
    });
    m_patterns.insert(place, Pattern{std::move(segments), {index}});
}

const Router::Pattern* Router::findPattern(std::string_view path, Match& match) const
{
    if (const auto found = m_literal.find(std::string(path)); found != m_literal.end()) {
        return &found->second;
    }
    std::vector<std::string> segments;
    for (const std::string_view part : splitPath(path)) {
        auto segment = percentDecode(part);
        if (!segment) {
            return nullptr;
        }
        segments.push_back(*std::move(segment));
    }
    for (const Pattern& pattern : m_patterns) {
        if (matchSegments(pattern.segments, segments, match)) {
            return &pattern;
        }
    }
    if (path.find('%') == std::string_view::npos) {
        return nullptr;
    }
    // A literal path with needless escapes, e.g. /%76ersion. An encoded slash is no separator.
    std::string decoded;
    for (const std::string& segment : segments) {
        if (segment.find('/') != std::string::npos) {
            return nullptr;
        }
        decoded += '/' + segment;
    }
    const auto found = m_literal.find(decoded);
    return found != m_literal.end() ? &found->second : nullptr;
}

Router::Match Router::match(std::string_view method, std::string_view path) const
{
    Match match;
    const Pattern* pattern = findPattern(path, match);
    if (pattern == nullptr) {
        return match;
    }
    const Route* get = nullptr;
    for (const std::size_t index : pattern->routes) {
        const Route& route = m_routes[index];
        match.surface = route.surface;
        match.errorForm = route.errorForm ? &route.errorForm : nullptr;
        if (route.method == method) {
            match.route = &route;
            match.allowed.clear();
            return match;
        }
        get = route.method == "GET" ? &route : get;
        match.allowed += (match.allowed.empty() ? "" : ", ") + route.method;
    }
    if (get != nullptr) {
        if (method == "HEAD") {
            match.route = get;
            match.allowed.clear();
            return match;
        }
        match.allowed += ", HEAD";
    }
    return match;
}

} // namespace exhibit::http
