// SPDX-License-Identifier: Apache-2.0
#include "server/spool/key_wrapper.h"

#include "server/spool/aes_gcm.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <sys/stat.h>

namespace exhibit::spool {
namespace {

TEST(KeyWrapper, unwrapsWhatItWrappedAlsoAfterARestart)
{
    const test::TempDir dir;
    const Secret key = makeKey();
    Bytes wrapped;
    {
        auto wrapper = keyFileWrapper(dir.path() / "spool.key");
        ASSERT_TRUE(wrapper);
        wrapped = *(*wrapper)->wrap(key);
        EXPECT_NE(wrapped, *(*wrapper)->wrap(key)); // A nonce each.
    }
    EXPECT_EQ(wrapped.find(key.expose()), Bytes::npos);
    auto wrapper = keyFileWrapper(dir.path() / "spool.key");
    ASSERT_TRUE(wrapper);
    const auto unwrapped = (*wrapper)->unwrap(wrapped);
    ASSERT_TRUE(unwrapped);
    EXPECT_EQ(unwrapped->expose(), key.expose());
}

TEST(KeyWrapper, refusesAWrappedKeyThatWasChangedOrCut)
{
    const test::TempDir dir;
    auto wrapper = keyFileWrapper(dir.path() / "spool.key");
    ASSERT_TRUE(wrapper);
    const Bytes wrapped = *(*wrapper)->wrap(makeKey());
    for (std::size_t i = 0; i < wrapped.size(); ++i) {
        Bytes changed = wrapped;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        const auto unwrapped = (*wrapper)->unwrap(changed);
        ASSERT_FALSE(unwrapped) << i;
        EXPECT_EQ(unwrapped.error().code, ErrorCode::Corrupt);
        EXPECT_FALSE((*wrapper)->unwrap(BytesView(wrapped).substr(0, i)));
    }
    EXPECT_FALSE((*wrapper)->unwrap(wrapped + "x"));
}

TEST(KeyWrapper, makesAKeyFileForItsOwnerOnly)
{
    const test::TempDir dir;
    const auto file = dir.path() / "spool.key";
    ASSERT_TRUE(keyFileWrapper(file));
    struct stat status = {};
    ASSERT_EQ(::stat(file.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
    EXPECT_EQ(status.st_size, 32);
    EXPECT_FALSE(std::filesystem::exists(file.string() + ".draft"));
}

TEST(KeyWrapper, refusesAKeyFileThatOthersMayRead)
{
    const test::TempDir dir;
    const auto file = dir.path() / "spool.key";
    ASSERT_TRUE(keyFileWrapper(file));
    ASSERT_EQ(::chmod(file.c_str(), 0640), 0);
    const auto wrapper = keyFileWrapper(file);
    ASSERT_FALSE(wrapper);
    EXPECT_EQ(wrapper.error().code, ErrorCode::Forbidden);
    EXPECT_EQ(wrapper.error().subject, file.string());
}

TEST(KeyWrapper, refusesAKeyFileOfTheWrongLength)
{
    const test::TempDir dir;
    for (const std::size_t size : {std::size_t{0}, kKeyBytes - 1, kKeyBytes + 1}) {
        const std::string file = dir.write("k" + std::to_string(size), std::string(size, 'k'));
        ASSERT_EQ(::chmod(file.c_str(), 0600), 0);
        const auto wrapper = keyFileWrapper(file);
        ASSERT_FALSE(wrapper);
        EXPECT_EQ(wrapper.error().code, ErrorCode::Corrupt);
    }
}

TEST(KeyWrapper, saysWhyAFileCannotBeMade)
{
    const auto wrapper = keyFileWrapper("/nonexistent/spool.key");
    ASSERT_FALSE(wrapper);
    EXPECT_EQ(wrapper.error().code, ErrorCode::Unavailable);
}

} // namespace
} // namespace exhibit::spool
