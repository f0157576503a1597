// SPDX-License-Identifier: Apache-2.0
#include "models/replay/embeddings.h"

#include "models/base/json.h"

#include <gtest/gtest.h>

namespace exhibit::replay {
namespace {

std::string reply(const std::string& a, const std::string& b)
{
    return R"({"object":"list","data":[{"index":0,"embedding":)" + a
        + R"(},{"index":1,"embedding":)" + b + "}]}";
}

TEST(Embeddings, theRequestHoldsBothTextsAsTheyAre)
{
    const auto request = parseJson(embeddingRequest("some-model", "a \"quote\"", "b")).value();
    EXPECT_EQ(stringMember(request, "model"), "some-model");
    EXPECT_EQ(request.at("input").at(0).as_string(), "a \"quote\"");
    EXPECT_EQ(request.at("input").at(1).as_string(), "b");
}

TEST(Embeddings, theSimilarityIsTheCosine)
{
    EXPECT_NEAR(embeddingSimilarity(reply("[1,0]", "[2,0]")).value(), 1, 1e-12);
    EXPECT_NEAR(embeddingSimilarity(reply("[1,0]", "[0,3.5]")).value(), 0, 1e-12);
    EXPECT_NEAR(embeddingSimilarity(reply("[1,1]", "[-1,-1]")).value(), -1, 1e-12);
    EXPECT_NEAR(embeddingSimilarity(reply("[3,4]", "[4,3]")).value(), 0.96, 1e-12);
}

TEST(Embeddings, aReplyThatIsNoneIsRefused)
{
    for (const auto& bad : {reply("[1,0]", "[1]"),
                            reply("[]", "[]"),
                            reply("[0,0]", "[1,0]"),
                            reply("[1,\"x\"]", "[1,0]"),
                            reply("[1e308,1e308]", "[1e308,1e308]"),
                            reply("{}", "[1]"),
                            std::string("{}"),
                            std::string(R"({"data":[{"embedding":[1]}]})"),
                            std::string("not json")}) {
        EXPECT_FALSE(embeddingSimilarity(bad)) << bad;
    }
    const auto vector = [](std::size_t size) {
        std::string text = "[1";
        for (std::size_t i = 1; i < size; ++i) {
            text += ",1";
        }
        return text + "]";
    };
    EXPECT_TRUE(embeddingSimilarity(reply(vector(16384), vector(16384))));
    EXPECT_FALSE(embeddingSimilarity(reply(vector(16385), vector(16385))));
}

} // namespace
} // namespace exhibit::replay
