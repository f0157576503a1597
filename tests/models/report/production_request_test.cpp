// SPDX-License-Identifier: Apache-2.0
#include "models/report/production.h"

#include <gtest/gtest.h>

namespace exhibit::report {
namespace {

std::string refusedAt(const ProductionRequest& request)
{
    const auto checked = check(request, "/production");
    return checked ? std::string() : checked.error().subject;
}

TEST(ProductionRequest, aGroundThatWouldBreakAMarkIsRefused)
{
    ProductionRequest request;
    for (const char* ground : {"so \"called\"", "a\\b", "see [1]", "a\tb"}) {
        request.passages = {{"secret plan", ground, "notes"}};
        EXPECT_EQ(refusedAt(request), "/production/passages/0/basis") << ground;
    }
    request.passages = {{"secret plan", "privilege (FRE 502), Müller’s", "notes"}};
    EXPECT_EQ(refusedAt(request), "");
}

TEST(ProductionRequest, aPassageOfWhiteSpaceIsRefused)
{
    ProductionRequest request;
    request.passages = {{" \n\t ", "privilege", "notes"}};
    EXPECT_EQ(refusedAt(request), "/production/passages/0/text");
}

TEST(ProductionRequest, nothingEnteredSaysAPassage)
{
    ProductionRequest request;
    request.passages = {{"nobody knows", "privilege", "notes"}, {"secret plan", "privilege", "n"}};
    request.withheld = {{1, "privilege", "a letter"}};
    const auto entered = [&](const std::string& beside = {}) {
        const auto checked = checkEntered(request, {{"/case", beside}}, "/production");
        return checked ? std::string() : checked.error().subject;
    };
    EXPECT_EQ(entered(), "");
    EXPECT_EQ(entered("Doe v. the secret  plan"), "/case");
    const std::pair<std::string*, const char*> fields[]
        = {{&request.custodian, "/production/custodian"},
           {&request.confidentiality, "/production/confidentiality"},
           {&request.withheld[0].basis, "/production/withheld/0/basis"},
           {&request.withheld[0].description, "/production/withheld/0/description"},
           {&request.passages[0].basis, "/production/passages/0/basis"},
           {&request.passages[1].description, "/production/passages/1/description"}};
    for (const auto& [field, pointer] : fields) {
        const std::string before = std::exchange(*field, "of the secret plan");
        EXPECT_EQ(entered(), pointer);
        *field = before;
    }
}

} // namespace
} // namespace exhibit::report
