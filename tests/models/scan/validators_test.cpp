// SPDX-License-Identifier: Apache-2.0
#include "models/scan/validators.h"

#include <gtest/gtest.h>

namespace exhibit::scan {
namespace {

TEST(Validators, luhnAcceptsCardNumbersWithAndWithoutSeparators)
{
    EXPECT_TRUE(accepts(Validator::Luhn, "4539578763621486"));
    EXPECT_TRUE(accepts(Validator::Luhn, "4539 5787-6362 1486"));
    EXPECT_FALSE(accepts(Validator::Luhn, "4539578763621487"));
    EXPECT_FALSE(accepts(Validator::Luhn, "4359578763621486"));
    EXPECT_FALSE(accepts(Validator::Luhn, "0"));
    EXPECT_FALSE(accepts(Validator::Luhn, ""));
}

TEST(Validators, mod97AcceptsAccountNumbersInEverySpelling)
{
    EXPECT_TRUE(accepts(Validator::Mod97, "GB82WEST12345698765432"));
    EXPECT_TRUE(accepts(Validator::Mod97, "gb82 west 1234 5698 7654 32"));
    EXPECT_TRUE(accepts(Validator::Mod97, "NO9386011117947"));
    EXPECT_FALSE(accepts(Validator::Mod97, "GB82WEST12345698765423"));
    EXPECT_FALSE(accepts(Validator::Mod97, "NO938601111794"));
    EXPECT_FALSE(accepts(Validator::Mod97, "1282WEST12345698765432"));
    EXPECT_FALSE(accepts(Validator::Mod97, "GB82WEST1234569876543200000000000000000"));
    EXPECT_FALSE(accepts(Validator::Mod97, "GB82/WEST/12345698765432"));
    EXPECT_FALSE(accepts(Validator::Mod97, ""));
}

TEST(Validators, ssnRefusesNumbersNeverIssued)
{
    EXPECT_TRUE(accepts(Validator::SsnRanges, "123-45-6789"));
    EXPECT_TRUE(accepts(Validator::SsnRanges, "899456789"));
    EXPECT_FALSE(accepts(Validator::SsnRanges, "000-45-6789"));
    EXPECT_FALSE(accepts(Validator::SsnRanges, "666-45-6789"));
    EXPECT_FALSE(accepts(Validator::SsnRanges, "900-45-6789"));
    EXPECT_FALSE(accepts(Validator::SsnRanges, "123-00-6789"));
    EXPECT_FALSE(accepts(Validator::SsnRanges, "123-45-0000"));
    EXPECT_FALSE(accepts(Validator::SsnRanges, "123-45-678"));
}

TEST(Validators, entropyTellsKeysFromWords)
{
    EXPECT_TRUE(accepts(Validator::Entropy, "Zk3vQ9xT1mWb7LhR2sYc"));
    EXPECT_TRUE(accepts(Validator::Entropy, "9f86d081884c7d659a2feaa0c55ad015"));
    EXPECT_FALSE(accepts(Validator::Entropy, "xxxxxxxxxxxxxxxxxxxx"));
    EXPECT_FALSE(accepts(Validator::Entropy, "00000000111111112222222233333333"));
    EXPECT_FALSE(accepts(Validator::Entropy, "your_token_your_token"));
    EXPECT_FALSE(accepts(Validator::Entropy, ""));
}

TEST(Validators, cardsHaveAnIssuersPrefixAndLength)
{
    for (const auto* card : {"4111 1111 1111 1111",
                             "5555-5555-5555-4444",
                             "378282246310005",
                             "30569309025904",
                             "6011111111111117",
                             "3530111333300000",
                             "2223003122003222"}) {
        EXPECT_TRUE(accepts(Validator::Card, card)) << card;
    }
    EXPECT_FALSE(accepts(Validator::Card, "4111111111111112")) << "check digit";
    EXPECT_FALSE(accepts(Validator::Card, "9111111111111112")) << "nobody's prefix";
    EXPECT_FALSE(accepts(Validator::Card, "37828224631000")) << "too short";
    EXPECT_FALSE(accepts(Validator::Card, "0000000000000000"));
}

TEST(Validators, phoneNumbersFollowThePlanOfTheirCallingCode)
{
    for (const auto* number : {"+49 30 1234567 x 123456789",
                               "+1 650-253-0000",
                               "001 650 253 0000",
                               "+44 (0)20 7946 0958",
                               "+442079460958",
                               "0044 20 7946 0958",
                               "+39 06 1234 5678",
                               "+358 9 1234567",
                               "+229 01 20 21 12 34",
                               "020 7946 0958",
                               "(212) 555-0199",
                               "0123 456789"}) {
        EXPECT_TRUE(accepts(Validator::Phone, number)) << number;
    }
    for (const auto* number : {"(000) 000-0000",
                               "+999 1234567890",
                               "+1 111 111 1111",
                               "+1 054 353 1726",
                               "+1 650 253 000",
                               "+49",
                               "+0 1234567",
                               "0044-9912-33",
                               "00 000 0000",
                               "0000 0000",
                               "111 1111 111",
                               "+44 000 000 0000",
                               "+442222222222",
                               "+12345678901234567890123456789012345678901234567890",
                               "12-34-56",
                               "1234567890123456",
                               ""}) {
        EXPECT_FALSE(accepts(Validator::Phone, number)) << number;
    }
}

TEST(Validators, numbersOfPeopleHaveTheirCheckDigits)
{
    EXPECT_TRUE(accepts(Validator::Nif, "12345678Z"));
    EXPECT_TRUE(accepts(Validator::Nif, "X1234567L"));
    EXPECT_FALSE(accepts(Validator::Nif, "12345678A"));
    EXPECT_TRUE(accepts(Validator::Cpf, "529.982.247-25"));
    EXPECT_FALSE(accepts(Validator::Cpf, "529.982.247-26"));
    EXPECT_FALSE(accepts(Validator::Cpf, "111.111.111-11"));
    EXPECT_TRUE(accepts(Validator::Verhoeff, "2363"));
    EXPECT_FALSE(accepts(Validator::Verhoeff, "2364"));
}

TEST(Validators, identityNumbersHaveTheCheckDigitsOfTheirCountry)
{
    struct Case {
        Validator validator;
        const char* right;
        const char* wrong;
    };
    for (const auto& each : {Case{Validator::Pesel, "44051401458", "44051401459"},
                             Case{Validator::Tckn, "10000000146", "10000000147"},
                             Case{Validator::Tckn, "36493665440", "36493665450"},
                             Case{Validator::Abn, "51 824 753 556", "51 824 753 565"},
                             Case{Validator::SteuerId, "98765432106", "98765432107"},
                             Case{Validator::SteuerId, "12345678903", "12345678930"},
                             Case{Validator::GermanId, "L01X00T44", "L01X00T45"},
                             Case{Validator::GermanId, "l01x00t44", "L01X00T4X"},
                             Case{Validator::Brn, "104-86-56659", "104-86-56658"},
                             Case{Validator::Nif, "12345678z", "12345678a"},
                             Case{Validator::Nif, "1111111-G", "1111111-H"}}) {
        EXPECT_TRUE(accepts(each.validator, each.right)) << each.right;
        EXPECT_FALSE(accepts(each.validator, each.wrong)) << each.wrong;
        EXPECT_FALSE(accepts(each.validator, "1")) << "too short";
    }
    EXPECT_FALSE(accepts(Validator::SteuerId, "11111111111")) << "one digit only";
    EXPECT_TRUE(accepts(Validator::Rrn, "9601211021413"));
    EXPECT_FALSE(accepts(Validator::Rrn, "960121-1021417"));
}

TEST(Validators, areFoundByTheNamesPoliciesUse)
{
    EXPECT_EQ(validatorFromName("luhn").value(), Validator::Luhn);
    EXPECT_EQ(validatorFromName("mod97").value(), Validator::Mod97);
    EXPECT_EQ(validatorFromName("ssn").value(), Validator::SsnRanges);
    EXPECT_EQ(validatorFromName("entropy").value(), Validator::Entropy);
    for (const auto* name : {"card",
                             "phone",
                             "nif",
                             "cpf",
                             "verhoeff",
                             "pesel",
                             "tckn",
                             "abn",
                             "steuerid",
                             "german_id",
                             "rrn",
                             "brn"}) {
        EXPECT_TRUE(validatorFromName(name)) << name;
    }
    const auto unknown = validatorFromName("checksum");
    ASSERT_FALSE(unknown.has_value());
    EXPECT_EQ(unknown.error().subject, "checksum");
    EXPECT_NE(unknown.error().message.find("luhn, mod97, ssn, entropy"), std::string::npos);
}

} // namespace
} // namespace exhibit::scan
