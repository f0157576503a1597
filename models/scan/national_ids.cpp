// SPDX-License-Identifier: Apache-2.0
#include "models/scan/national_ids.h"

#include "models/scan/text_digits.h"

#include <array>
#include <cstddef>
#include <initializer_list>

namespace exhibit::scan {
namespace {

/// The sum of the digits, each times its weight.
int weighted(std::string_view digits, std::initializer_list<int> weights)
{
    int sum = 0;
    auto digit = digits.begin();
    for (const int weight : weights) {
        sum += weight * (*digit++ - '0');
    }
    return sum;
}

} // namespace

bool acceptsNif(std::string_view text)
{
    static constexpr std::string_view kLetters = "TRWAGMYFPDXBNJZSQVHLCKE";
    constexpr std::string_view kForeign = "XYZ";
    const auto digits = digitsOf(text);
    const auto foreign = kForeign.find(upper(text.front()));
    const bool isForeign = foreign != std::string_view::npos;
    if (digits.size() != 7U && (isForeign || digits.size() != 8U)) {
        return false; // A leading zero is left out now and then.
    }
    std::size_t number = isForeign ? foreign : 0;
    for (const char c : digits) {
        number = number * 10 + static_cast<std::size_t>(c - '0');
    }
    return kLetters[number % kLetters.size()] == upper(text.back());
}

bool acceptsCpf(std::string_view text)
{
    const auto digits = digitsOf(text);
    if (digits.size() != 11 || digits.find_first_not_of(digits.front()) == std::string::npos) {
        return false;
    }
    for (const std::size_t count : {std::size_t{9}, std::size_t{10}}) {
        std::size_t sum = 0;
        for (std::size_t i = 0; i < count; ++i) {
            sum += static_cast<std::size_t>(digits[i] - '0') * (count + 1 - i);
        }
        if (sum * 10 % 11 % 10 != static_cast<std::size_t>(digits[count] - '0')) {
            return false;
        }
    }
    return true;
}

// The dihedral group of order ten (Verhoeff 1969).
bool acceptsVerhoeff(std::string_view text)
{
    static constexpr int kProduct[10][10] = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9},
                                             {1, 2, 3, 4, 0, 6, 7, 8, 9, 5},
                                             {2, 3, 4, 0, 1, 7, 8, 9, 5, 6},
                                             {3, 4, 0, 1, 2, 8, 9, 5, 6, 7},
                                             {4, 0, 1, 2, 3, 9, 5, 6, 7, 8},
                                             {5, 9, 8, 7, 6, 0, 4, 3, 2, 1},
                                             {6, 5, 9, 8, 7, 1, 0, 4, 3, 2},
                                             {7, 6, 5, 9, 8, 2, 1, 0, 4, 3},
                                             {8, 7, 6, 5, 9, 3, 2, 1, 0, 4},
                                             {9, 8, 7, 6, 5, 4, 3, 2, 1, 0}};
    static constexpr int kPermutation[8][10] = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9},
                                                {1, 5, 7, 6, 2, 8, 3, 0, 9, 4},
                                                {5, 8, 0, 3, 7, 9, 6, 1, 4, 2},
                                                {8, 9, 1, 6, 0, 4, 3, 5, 2, 7},
                                                {9, 4, 5, 3, 1, 2, 6, 8, 7, 0},
                                                {4, 2, 8, 6, 5, 7, 3, 9, 0, 1},
                                                {2, 7, 9, 3, 8, 0, 6, 4, 1, 5},
                                                {7, 0, 4, 6, 9, 1, 3, 2, 5, 8}};
    const auto digits = digitsOf(text);
    int check = 0;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        const auto digit = digits[digits.size() - 1 - i] - '0';
        check = kProduct[check][kPermutation[i % 8][digit]];
    }
    return !digits.empty() && check == 0;
}

bool acceptsPesel(std::string_view text)
{
    const auto digits = digitsOf(text);
    return digits.size() == 11 && weighted(digits, {1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1}) % 10 == 0;
}

bool acceptsTckn(std::string_view text)
{
    const auto digits = digitsOf(text);
    if (digits.size() != 11 || digits.front() == '0') {
        return false;
    }
    const int tenth = weighted(digits, {7, 9, 7, 9, 7, 9, 7, 9, 7}) % 10;
    const int eleventh = weighted(digits, {1, 1, 1, 1, 1, 1, 1, 1, 1, 1}) % 10;
    return digits[9] - '0' == tenth && digits[10] - '0' == eleventh;
}

bool acceptsAbn(std::string_view text)
{
    const auto digits = digitsOf(text);
    return digits.size() == 11 && digits.front() != '0'
        && (weighted(digits, {10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19}) - 10) % 89 == 0;
}

// ISO/IEC 7064 mod 11,10; of the first ten digits one stands two or three times, the others once.
bool acceptsSteuerId(std::string_view text)
{
    const auto digits = digitsOf(text);
    if (digits.size() != 11 || digits.front() == '0') {
        return false;
    }
    std::array<int, 10> counts{};
    int product = 10;
    for (const char c : digits.substr(0, 10)) {
        ++counts[static_cast<std::size_t>(c - '0')];
        const int sum = (c - '0' + product) % 10;
        product = (sum == 0 ? 10 : sum) * 2 % 11;
    }
    const auto repeated = std::count_if(counts.begin(), counts.end(), [](int n) { return n > 1; });
    return repeated <= 1 && *std::max_element(counts.begin(), counts.end()) <= 3
        && (11 - product) % 10 == digits.back() - '0';
}

// ICAO 9303: weights 7, 3, 1 over nine characters, then the check digit; or without it.
bool acceptsGermanId(std::string_view text)
{
    if (text.size() != 9 && text.size() != 10) {
        return false;
    }
    static constexpr int kWeights[] = {7, 3, 1};
    const auto valueOf = [](char c) { return isDigit(c) ? c - '0' : upper(c) - 'A' + 10; };
    const auto sumOf = [&](std::size_t count) {
        int sum = 0;
        for (std::size_t index = 0; index < count; ++index) {
            sum += kWeights[index % 3] * valueOf(text[index]);
        }
        return sum % 10;
    };
    const auto last = text.size() - 1;
    return isDigit(text[last]) && sumOf(last) == text[last] - '0';
}

bool acceptsRrn(std::string_view text)
{
    const auto digits = digitsOf(text);
    return digits.size() == 13
        && (11 - weighted(digits, {2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5}) % 11) % 10
        == digits.back() - '0';
}

bool acceptsBrn(std::string_view text)
{
    const auto digits = digitsOf(text);
    return digits.size() == 10
        && (weighted(digits, {1, 3, 7, 1, 3, 7, 1, 3, 5, 1}) + (digits[8] - '0') * 5 / 10) % 10
        == 0;
}

} // namespace exhibit::scan
