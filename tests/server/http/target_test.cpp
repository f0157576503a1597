// SPDX-License-Identifier: Apache-2.0
#include "server/http/target.h"

#include <gtest/gtest.h>

namespace exhibit::http {

namespace {

Result<Request> decoded(std::string target)
{
    Request request;
    request.target = std::move(target);
    EXHIBIT_CHECK(decodeTarget(request));
    return request;
}

} // namespace

TEST(Target, decodesPathAndQuery)
{
    const auto request = decoded("/a%20b/%C3%A9?q=x+y%26z&q=2&empty=&flag&&=v");
    ASSERT_TRUE(request.has_value());
    EXPECT_EQ(request->path, "/a b/é");
    const auto [first, last] = request->query.equal_range("q");
    ASSERT_EQ(std::distance(first, last), 2);
    EXPECT_EQ(first->second, "x y&z");
    EXPECT_EQ(request->query.find("empty")->second, "");
    EXPECT_EQ(request->query.find("flag")->second, "");
    EXPECT_EQ(request->query.find("")->second, "v");
}

TEST(Target, keepsAPlusInThePath)
{
    EXPECT_EQ(decoded("/a+b")->path, "/a+b");
}

TEST(Target, takesTheAbsoluteForm)
{
    EXPECT_EQ(decoded("http://host:80/a?b=c")->path, "/a");
    EXPECT_EQ(decoded("HTTPS://host")->path, "/");
}

TEST(Target, refusesBrokenEscapes)
{
    for (const char* target : {"/%", "/%4", "/%g0", "/%0g", "/a?q=%", "/a?%zz=1", "/%%41"}) {
        EXPECT_FALSE(decoded(target).has_value()) << target;
    }
}

TEST(Target, refusesNulAndWhatIsNotUtf8)
{
    for (const char* target : {"/a%00b", "/a?q=%00", "/%ff", "/a?q=%c3%28", "/%ed%a0%80"}) {
        EXPECT_FALSE(decoded(target).has_value()) << target;
    }
}

TEST(Target, refusesOtherForms)
{
    for (const char* target : {"host:443", "ftp://x/", "", "a/b", "/a#b", "http://h?x"}) {
        EXPECT_FALSE(decoded(target).has_value()) << target;
    }
}

} // namespace exhibit::http
