// SPDX-License-Identifier: Apache-2.0
#include "models/scan/validators.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace exhibit::scan {
namespace {

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isUpper(char c)
{
    return c >= 'A' && c <= 'Z';
}

bool isLower(char c)
{
    return c >= 'a' && c <= 'z';
}

std::string digitsOf(std::string_view text)
{
    std::string digits;
    std::copy_if(text.begin(), text.end(), std::back_inserter(digits), isDigit);
    return digits;
}

// ISO/IEC 7812-1, annex B. Separators are ignored.
bool acceptsLuhn(std::string_view text)
{
    const auto digits = digitsOf(text);
    if (digits.size() < 2) {
        return false;
    }
    int sum = 0;
    bool doubled = false;
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, doubled = !doubled) {
        const int value = (*digit - '0') * (doubled ? 2 : 1);
        sum += value > 9 ? value - 9 : value;
    }
    return sum % 10 == 0;
}

// ISO 13616 (IBAN): country, two check digits, account; ISO/IEC 7064 mod 97-10. The shortest in
// use has 15 characters (Norway), the standard allows 34.
bool acceptsMod97(std::string_view text)
{
    std::string iban;
    for (const char c : text) {
        if (isLower(c)) {
            iban.push_back(static_cast<char>(c - 'a' + 'A'));
        } else if (isDigit(c) || isUpper(c)) {
            iban.push_back(c);
        } else if (c != ' ' && c != '-') {
            return false;
        }
    }
    if (iban.size() < 15 || iban.size() > 34 || !isUpper(iban[0]) || !isUpper(iban[1])
        || !isDigit(iban[2]) || !isDigit(iban[3])) {
        return false;
    }
    std::rotate(iban.begin(), iban.begin() + 4, iban.end());
    unsigned remainder = 0;
    for (const char c : iban) {
        remainder = isDigit(c) ? remainder * 10 + static_cast<unsigned>(c - '0')
                               : remainder * 100 + static_cast<unsigned>(c - 'A' + 10);
        remainder %= 97;
    }
    return remainder == 1;
}

// Numbers the US Social Security Administration never issues: area 000, 666 and 900 to 999, group
// 00, serial 0000 (the rule since randomisation in 2011).
bool acceptsSsn(std::string_view text)
{
    const auto digits = digitsOf(text);
    if (digits.size() != 9) {
        return false;
    }
    const auto area = digits.substr(0, 3);
    return area != "000" && area != "666" && area.front() != '9' && digits.substr(3, 2) != "00"
        && digits.substr(5) != "0000";
}

bool isHexadecimal(char c)
{
    return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// Random keys come near the entropy of their alphabet, words and placeholders do not. Bits per
// character; hexadecimal can reach 4, base64 6, but twenty characters at most log2(20) = 4.3.
bool acceptsEntropy(std::string_view text)
{
    constexpr double kHexadecimalBitsMin = 3.0;
    constexpr double kBitsMin = 3.5;
    if (text.empty()) {
        return false;
    }
    std::array<std::size_t, 256> counts{};
    for (const char c : text) {
        ++counts[static_cast<unsigned char>(c)];
    }
    const auto size = static_cast<double>(text.size());
    double bits = 0;
    for (const auto count : counts) {
        if (count > 0) {
            const double share = static_cast<double>(count) / size;
            bits -= share * std::log2(share);
        }
    }
    const bool hexadecimal = std::all_of(text.begin(), text.end(), isHexadecimal);
    return bits >= (hexadecimal ? kHexadecimalBitsMin : kBitsMin);
}

struct NamedValidator {
    std::string_view name;
    Validator validator;
};

constexpr std::array<NamedValidator, 4> kValidators{{
    {"luhn", Validator::Luhn},
    {"mod97", Validator::Mod97},
    {"ssn", Validator::SsnRanges},
    {"entropy", Validator::Entropy},
}};

} // namespace

bool accepts(Validator validator, std::string_view text)
{
    switch (validator) {
    case Validator::None:
        return true;
    case Validator::Luhn:
        return acceptsLuhn(text);
    case Validator::Mod97:
        return acceptsMod97(text);
    case Validator::SsnRanges:
        return acceptsSsn(text);
    case Validator::Entropy:
        return acceptsEntropy(text);
    }
    return false;
}

Result<Validator> validatorFromName(std::string_view name)
{
    for (const auto& known : kValidators) {
        if (known.name == name) {
            return known.validator;
        }
    }
    return fail(ErrorCode::InvalidInput,
                "The validator is none of luhn, mod97, ssn, entropy",
                std::string(name));
}

} // namespace exhibit::scan
