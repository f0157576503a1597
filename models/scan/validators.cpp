// SPDX-License-Identifier: Apache-2.0
#include "models/scan/validators.h"

#include "models/scan/national_ids.h"
#include "models/scan/phone_plans.h"
#include "models/scan/text_digits.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace exhibit::scan {
namespace {

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

// Characters of an IBAN by country (SWIFT's registry and the national formats beside it).
constexpr std::string_view kIbanLengths
    = "AD24AE23AL28AO25AT20AZ28BA20BE16BF28BG22BH22BI27BJ28BR29BY28CF27CG27CH21CI28CM27CR22CV25CY28"
      "CZ24DE22DJ27DK18DO28DZ26EE20EG29ES24FI18FK18FO18FR27GA27GB22GE22GI23GL18GQ27GR27GT28GW25HN28"
      "HR21HU28IE22IL23IQ23IR26IS26IT27JO30KM27KW30KZ20LB28LC32LI21LT20LU20LV21LY25MA28MC27MD24ME22"
      "MG27MK19ML28MN20MR27MT31MU30MZ25NE28NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31"
      "SD18SE24SI19SK24SM27SN28SO23ST25SV28TD27TG28TL23TN24TR26UA29VA22VG24XK20";

/// Unknown countries may have any length the standard allows.
bool hasIbanLength(const std::string& iban)
{
    for (std::size_t at = 0; at < kIbanLengths.size(); at += 4) {
        if (iban.compare(0, 2, kIbanLengths.substr(at, 2)) == 0) {
            const auto tens = static_cast<std::size_t>(kIbanLengths[at + 2] - '0');
            const auto ones = static_cast<std::size_t>(kIbanLengths[at + 3] - '0');
            return iban.size() == 10 * tens + ones;
        }
    }
    return true;
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
        || !isDigit(iban[2]) || !isDigit(iban[3]) || !hasIbanLength(iban)) {
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

bool between(std::string_view digits, std::size_t count, int least, int most)
{
    int prefix = 0;
    for (const char c : digits.substr(0, count)) {
        prefix = prefix * 10 + (c - '0');
    }
    return digits.size() > count && prefix >= least && prefix <= most;
}

// Issuer ranges (ISO/IEC 7812) of the card brands, with the lengths they issue.
bool acceptsCard(std::string_view text)
{
    struct Range {
        std::size_t prefixDigits;
        int least;
        int most;
        std::size_t lengthMin;
        std::size_t lengthMax;
    };
    static constexpr Range kRanges[] = {
        {1, 4, 4, 13, 19}, // Visa
        {2, 51, 55, 16, 16}, // Mastercard
        {4, 2221, 2720, 16, 16}, {2, 34, 34, 15, 15}, // American Express
        {2, 37, 37, 15, 15},     {3, 300, 305, 14, 16}, // Diners
        {2, 36, 36, 14, 16},     {2, 38, 39, 14, 16},     {4, 6011, 6011, 16, 19}, // Discover
        {3, 644, 649, 16, 19},   {2, 65, 65, 16, 19},     {2, 62, 62, 16, 19}, // UnionPay
        {4, 8171, 8171, 16, 19}, {2, 35, 35, 16, 19}, // JCB
        {4, 2131, 2131, 15, 15}, {4, 1800, 1800, 15, 15}, {2, 50, 50, 12, 19}, // Maestro
        {2, 56, 58, 12, 19},     {2, 63, 63, 12, 19},     {2, 67, 67, 12, 19},
    };
    const auto digits = digitsOf(text);
    return digits.find_first_not_of(digits.front()) != std::string::npos
        && std::any_of(std::begin(kRanges),
                       std::end(kRanges),
                       [&digits](const Range& range) {
                           return digits.size() >= range.lengthMin
                               && digits.size() <= range.lengthMax
                               && between(digits, range.prefixDigits, range.least, range.most);
                       })
        && acceptsLuhn(digits);
}

struct NamedValidator {
    std::string_view name;
    Validator validator;
};

constexpr std::array<NamedValidator, 16> kValidators{{
    {"luhn", Validator::Luhn},
    {"mod97", Validator::Mod97},
    {"ssn", Validator::SsnRanges},
    {"entropy", Validator::Entropy},
    {"card", Validator::Card},
    {"phone", Validator::Phone},
    {"nif", Validator::Nif},
    {"cpf", Validator::Cpf},
    {"verhoeff", Validator::Verhoeff},
    {"pesel", Validator::Pesel},
    {"tckn", Validator::Tckn},
    {"abn", Validator::Abn},
    {"steuerid", Validator::SteuerId},
    {"german_id", Validator::GermanId},
    {"rrn", Validator::Rrn},
    {"brn", Validator::Brn},
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
    case Validator::Card:
        return acceptsCard(text);
    case Validator::Phone:
        return acceptsPhone(text);
    case Validator::Nif:
        return acceptsNif(text);
    case Validator::Cpf:
        return acceptsCpf(text);
    case Validator::Verhoeff:
        return acceptsVerhoeff(text);
    case Validator::Pesel:
        return acceptsPesel(text);
    case Validator::Tckn:
        return acceptsTckn(text);
    case Validator::Abn:
        return acceptsAbn(text);
    case Validator::SteuerId:
        return acceptsSteuerId(text);
    case Validator::GermanId:
        return acceptsGermanId(text);
    case Validator::Rrn:
        return acceptsRrn(text);
    case Validator::Brn:
        return acceptsBrn(text);
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
                "The validator is none of luhn, mod97, ssn, entropy, card, phone, nif, cpf, "
                "verhoeff, pesel, tckn, abn, steuerid, german_id, rrn, brn",
                std::string(name));
}

} // namespace exhibit::scan
