// SPDX-License-Identifier: Apache-2.0
#include "models/replay/lexical_similarity.h"

#include <cmath>
#include <string>
#include <unordered_map>
#include <utility>

namespace exhibit::replay {
namespace {

using Counts = std::unordered_map<std::string, double>;

bool isWordByte(char c)
{
    return static_cast<unsigned char>(c) >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z');
}

Counts countWords(std::string_view text)
{
    Counts counts;
    std::string word;
    std::string before;
    const auto take = [&] {
        if (!word.empty()) {
            counts[word] += 1;
            if (!before.empty()) {
                counts[before + ' ' + word] += 1;
            }
            before = std::exchange(word, {});
        }
    };
    for (const char c : text) {
        if (isWordByte(c)) {
            word += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
        } else {
            take();
        }
    }
    take();
    return counts;
}

double squares(const Counts& counts)
{
    double sum = 0;
    for (const auto& [word, count] : counts) {
        sum += count * count;
    }
    return sum;
}

} // namespace

double lexicalSimilarity(std::string_view a, std::string_view b)
{
    const Counts first = countWords(a);
    const Counts second = countWords(b);
    if (first.empty() || second.empty()) {
        return first.empty() && second.empty() ? 1 : 0;
    }
    double product = 0;
    for (const auto& [word, count] : first) {
        const auto other = second.find(word);
        product += other == second.end() ? 0 : count * other->second;
    }
    return product / std::sqrt(squares(first) * squares(second));
}

} // namespace exhibit::replay
