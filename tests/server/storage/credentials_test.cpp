// SPDX-License-Identifier: Apache-2.0
#include "server/storage/credentials.h"

#include "server/storage/connection_url.h"
#include "server/storage/private_file.h"
#include "server/storage/roles.h"
#include "tests/server/storage/test_database.h"

#include <gtest/gtest.h>

namespace exhibit::storage {
namespace {

TEST(ServingUrls, carryTheLoginsAndNameNoPasswordInErrors)
{
    const DatabaseCredentials credentials{Secret{"a"}, Secret{"it's\\w"}, Secret{"r"}};
    const auto urls
        = must(servingUrls(Secret{"postgresql://admin:pw@db.example:6432/app?sslmode=require"},
                           credentials,
                           Secret{"postgresql://admin:pw@direct.example/app"}));
    const auto writer = must(parseConnectionUrl(urls.writer));
    EXPECT_EQ(writer.at("user"), "exhibit_app_writer");
    EXPECT_EQ(writer.at("password"), "it's\\w");
    EXPECT_EQ(writer.at("host"), "db.example");
    EXPECT_EQ(writer.at("sslmode"), "require");
    EXPECT_EQ(must(parseConnectionUrl(urls.listener)).at("host"), "direct.example");
    EXPECT_EQ(must(parseConnectionUrl(urls.reader)).at("user"), "exhibit_app_reader");

    const auto bad = servingUrls(Secret{"postgresql://admin:hunter2@[bad"}, credentials, {});
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error().code, ErrorCode::InvalidInput);
    EXPECT_EQ(bad.error().message.find("hunter2"), std::string::npos);
    EXPECT_FALSE(servingUrls(Secret{"host=db"}, credentials, {}));
    EXPECT_TRUE(servingUrls(Secret{"dbname=" + std::string(48, 'd')}, credentials, {}));
    EXPECT_FALSE(servingUrls(Secret{"dbname=" + std::string(49, 'd')}, credentials, {}));
}

TEST(Credentials, replicasWithOneUrlDeriveTheSame)
{
    const test::TempDir first;
    const test::TempDir second;
    const Secret seed{"the administrator's"};
    const auto a = must(loadOrCreateCredentials(first.path(), seed));
    const auto b = must(loadOrCreateCredentials(second.path(), seed));
    EXPECT_EQ(a.writer.expose(), b.writer.expose());
    EXPECT_NE(a.writer.expose(), a.reader.expose());
    // Kept, also when the administrator's password changes.
    const auto again = must(loadOrCreateCredentials(first.path(), Secret{"another"}));
    EXPECT_EQ(again.writer.expose(), a.writer.expose());
    const test::TempDir third;
    const auto random = must(loadOrCreateCredentials(third.path(), Secret{}));
    EXPECT_NE(random.writer.expose(), a.writer.expose());
    must(writePrivateFile(third.path() / "database.secrets", "{"));
    EXPECT_EQ(loadOrCreateCredentials(third.path(), Secret{}).error().code, ErrorCode::Corrupt);
}

} // namespace
} // namespace exhibit::storage
