// SPDX-License-Identifier: Apache-2.0
#include "server/storage/erased_keys.h"
#include "tests/support/must.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <fstream>

namespace exhibit::storage {
namespace {

class ErasedKeysTest : public ::testing::Test {
protected:
    [[nodiscard]] std::filesystem::path file() const { return m_folder.path() / "erased-keys"; }
    [[nodiscard]] std::unique_ptr<ErasedKeys> open() const
    {
        return test::must(ErasedKeys::open(file()));
    }
    void write(const std::string& text) const
    {
        std::ofstream(file(), std::ios::binary | std::ios::app) << text;
    }

    test::TempDir m_folder;
    TenantId m_tenant = TenantId::generate();
    Uuid m_key = Uuid::v7();
};

TEST_F(ErasedKeysTest, remembersWhoseKeyItWas)
{
    EXPECT_TRUE(open()->of(m_tenant).empty());
    ASSERT_TRUE(open()->add(m_tenant, m_key));
    const auto again = open();
    EXPECT_EQ(again->of(m_tenant), std::vector{m_key});
    EXPECT_TRUE(again->of(TenantId::generate()).empty());
    const auto size = std::filesystem::file_size(file());
    ASSERT_TRUE(again->add(m_tenant, m_key));
    EXPECT_EQ(std::filesystem::file_size(file()), size) << "once";
    EXPECT_EQ(std::filesystem::status(file()).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(ErasedKeysTest, passesOverALineThatACrashTore)
{
    ASSERT_TRUE(open()->add(m_tenant, m_key));
    write("0190");
    const Uuid other = Uuid::v7();
    const auto list = open();
    EXPECT_EQ(list->of(m_tenant), std::vector{m_key});
    ASSERT_TRUE(list->add(m_tenant, other));
    EXPECT_EQ(open()->of(m_tenant).size(), 2U);
}

TEST_F(ErasedKeysTest, refusesAListThatSomebodyWroteInto)
{
    write("nonsense\n");
    ASSERT_TRUE(std::filesystem::exists(file()));
    EXPECT_EQ(ErasedKeys::open(file()).error().code, ErrorCode::Corrupt);
}

} // namespace
} // namespace exhibit::storage
