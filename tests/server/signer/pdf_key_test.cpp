// SPDX-License-Identifier: Apache-2.0
// What the signature says to others: models.report.signed_pdf.
#include "server/signer/pdf_key.h"

#include "server/signer/keys_file.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <fstream>

namespace exhibit::signer {
namespace {

class PdfKeyOnTest : public ::testing::Test {
protected:
    PdfKeyOnTest() { EXPECT_TRUE(loadOrCreateKeys(m_folder.path(), unlock())); }
    std::filesystem::path unlock() const { return m_folder.path() / "unlock.key"; }
    test::TempDir m_folder;
};

TEST_F(PdfKeyOnTest, isMadeOnceAndLiesSealed)
{
    const auto made = PdfKey::loadOrCreate(m_folder.path(), unlock());
    ASSERT_TRUE(made) << made.error().message;
    const auto again = PdfKey::loadOrCreate(m_folder.path(), unlock());
    ASSERT_TRUE(again);
    EXPECT_EQ(made->certificate().value(), again->certificate().value());
    const auto mode = std::filesystem::status(m_folder.path() / "pdf.sealed").permissions();
    EXPECT_EQ(mode, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    std::ifstream file(m_folder.path() / "pdf.sealed", std::ios::binary);
    const std::string content(std::istreambuf_iterator<char>(file), {});
    EXPECT_EQ(content.find("certificate"), content.npos);
}

TEST_F(PdfKeyOnTest, isRefusedWhenItWasChangedOrItsUnlockFileIsGone)
{
    ASSERT_TRUE(PdfKey::loadOrCreate(m_folder.path(), unlock()));
    {
        std::fstream file(m_folder.path() / "pdf.sealed", std::ios::in | std::ios::out);
        file.seekp(60);
        file.put('x');
    }
    EXPECT_FALSE(PdfKey::loadOrCreate(m_folder.path(), unlock()));
    EXPECT_EQ(PdfKey::loadOrCreate(m_folder.path(), m_folder.path() / "none").error().code,
              ErrorCode::Corrupt);
}

TEST_F(PdfKeyOnTest, anOwnKeyTakesItsPlaceWhenItsCertificateIsThere)
{
    const auto write = [this](const char* name, const std::string& text) {
        std::ofstream(m_folder.path() / name) << text;
        std::filesystem::permissions(m_folder.path() / name,
                                     std::filesystem::perms::owner_read
                                         | std::filesystem::perms::owner_write);
    };
    const auto own = PdfKey::generate(utcNow()).value();
    write("pdf-certificate.pem", own.certificate().value());
    const auto alone = PdfKey::loadOrCreate(m_folder.path(), unlock());
    ASSERT_FALSE(alone) << "not silently the generated one";
    EXPECT_EQ(alone.error().subject, "pdf-certificate.pem");
    write("pdf-key.pem", "no key");
    EXPECT_EQ(PdfKey::loadOrCreate(m_folder.path(), unlock()).error().code,
              ErrorCode::InvalidInput);
    std::filesystem::permissions(m_folder.path() / "pdf-key.pem",
                                 std::filesystem::perms::others_read,
                                 std::filesystem::perm_options::add);
    EXPECT_EQ(PdfKey::loadOrCreate(m_folder.path(), unlock()).error().code, ErrorCode::Forbidden);
}

TEST_F(PdfKeyOnTest, makesAnotherSignatureEachTimeAndAnotherKey)
{
    const auto one = PdfKey::generate(utcNow()).value();
    const auto two = PdfKey::generate(utcNow()).value();
    EXPECT_NE(one.certificate().value(), two.certificate().value());
    EXPECT_NE(one.sign(sha256("a")).value(), one.sign(sha256("b")).value());
}

} // namespace
} // namespace exhibit::signer
