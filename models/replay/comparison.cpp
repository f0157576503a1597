// SPDX-License-Identifier: Apache-2.0
#include "models/replay/comparison.h"

#include "models/base/canonical_json.h"
#include "models/replay/lexical_similarity.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::replay {
namespace {

/// Below it two answers count as different. Rewordings of one statement come out above it, answers
/// to other questions far below (tests/models/replay/comparison_test.cpp).
constexpr double kSemanticThreshold = 0.7;

std::string canonicalText(const std::string& text)
{
    if (const auto json = parseJson(text); json && (json->is_object() || json->is_array())) {
        if (auto canonical = canonicalJson(*json)) {
            return *std::move(canonical);
        }
        return printJson(*json); // Fractions have no restricted canonical form.
    }
    std::string normal;
    for (const char c : text) {
        const bool space = c == ' ' || (c >= '\t' && c <= '\r');
        if (!space) {
            normal += c;
        } else if (!normal.empty() && normal.back() != ' ') {
            normal += ' ';
        }
    }
    if (normal.ends_with(' ')) {
        normal.pop_back();
    }
    return normal;
}

using Texts = std::map<std::string, std::string>;

/// What is compared: without padding, and of a replay no more than a cut original has.
Texts comparable(const AnswerContent& content, const AnswerContent& original)
{
    Texts texts;
    for (const auto& [channel, text] : content.texts) {
        const auto begun = original.texts.find(channel);
        const bool cut = !original.whole && begun == original.texts.end();
        if (isPadding(channel) || cut || (original.whole && text.empty())) {
            continue;
        }
        texts[channel] = original.whole
            ? text
            : text.substr(0, characterStart(text, std::min(text.size(), begun->second.size())));
    }
    return texts;
}

bool equalCanonically(const Texts& a, const Texts& b)
{
    return a.size() == b.size() && std::all_of(a.begin(), a.end(), [&b](const auto& each) {
               const auto other = b.find(each.first);
               return other != b.end()
                   && canonicalText(each.second) == canonicalText(other->second);
           });
}

std::string joined(const Texts& texts)
{
    std::string all;
    for (const auto& [channel, text] : texts) {
        all.append(text).append("\n");
    }
    return all;
}

Match judged(std::string method, double score, double threshold)
{
    return {score >= threshold ? domain::MatchLevel::Semantic : domain::MatchLevel::Mismatch,
            {std::move(method), fmt::format("{:.4f}", score), fmt::format("{:.4f}", threshold)}};
}

Match compareMeanings(const std::string& a,
                      const std::string& b,
                      const std::optional<SemanticMeasure>& measure,
                      const std::string& extent)
{
    std::string missing;
    if (measure) {
        if (const auto score = measure->compare(a, b)) {
            return judged(measure->name + extent, *score, measure->threshold);
        }
        missing = " (" + measure->name + " could not be had)";
    }
    return judged("lexical: cosine of word and word-pair counts, not of meanings" + extent
                      + missing,
                  lexicalSimilarity(a, b),
                  kSemanticThreshold);
}

} // namespace

Match compareAnswers(const AnswerContent& original,
                     const AnswerContent& replayed,
                     const std::optional<SemanticMeasure>& measure)
{
    if (original.status != replayed.status) {
        return {domain::MatchLevel::Mismatch,
                {fmt::format("status of the answers: {} and {}", original.status, replayed.status),
                 "0",
                 "1"}};
    }
    if (original.digests != replayed.digests) {
        return {domain::MatchLevel::Mismatch, {"digests of what is no text", "0", "1"}};
    }
    if (!saysAnything(original)) {
        return {domain::MatchLevel::Mismatch, {"none: the original says nothing", "0", "1"}};
    }
    const Texts before = comparable(original, original);
    const Texts after = comparable(replayed, original);
    const bool endAlike = !original.whole || original.finishReasons == replayed.finishReasons;
    const std::string extent = original.whole ? "" : ", as far as the original goes";
    if (endAlike && before == after) {
        return {domain::MatchLevel::Exact,
                {"status, and bytes of every channel" + extent, "1", "1"}};
    }
    if (endAlike && equalCanonically(before, after)) {
        return {domain::MatchLevel::Logical,
                {"canonical JSON and white space of every channel" + extent, "1", "1"}};
    }
    return compareMeanings(joined(before), joined(after), measure, extent);
}

} // namespace exhibit::replay
