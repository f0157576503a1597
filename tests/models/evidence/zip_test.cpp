// SPDX-License-Identifier: Apache-2.0
#include "models/base/limits.h"
#include "models/evidence/zip_format.h"
#include "models/evidence/zip_reader.h"
#include "models/evidence/zip_writer.h"
#include "tests/models/evidence/vector_files.h"

#include <zlib.h>

using namespace exhibit;
using namespace exhibit::evidence;
using namespace exhibit::evidence::testing;

namespace {

Bytes archiveOf(const std::vector<std::pair<std::string, Bytes>>& files)
{
    Bytes archive;
    ZipWriter writer([&archive](BytesView bytes) -> Result<void> {
        archive += bytes;
        return {};
    });
    for (const auto& [name, content] : files) {
        EXPECT_TRUE(writer.add(name, content));
    }
    EXPECT_TRUE(writer.finish());
    return archive;
}

/// Says so in both headers of the file.
void setHeaders(Bytes& archive,
                std::string_view name,
                std::uint16_t method,
                std::uint16_t needed = zip::kVersion20)
{
    const std::size_t local = archive.find(name) - zip::kLocalBytes + 4;
    const std::size_t central = archive.rfind(name) - zip::kCentralBytes + 6;
    for (const std::size_t version : {local, central}) {
        archive[version] = static_cast<char>(needed);
        archive[version + 4] = static_cast<char>(method);
    }
}

/// Whether it can be opened and every file of it read.
bool isGood(BytesView bytes)
{
    const auto archive = ZipArchive::open(bytes);
    return archive
        && std::all_of(archive->files().begin(), archive->files().end(), [&](const auto& file) {
               return archive->read(file).has_value();
           });
}

} // namespace

TEST(Zip, refusesEveryHostileArchive)
{
    NEEDS_VECTORS();
    const auto folder = vectors() / "zip/hostile";
    const Json expected = readJson(folder / "expected.json");
    for (const auto& member : findMember(expected, "cases")->get_object()) {
        const std::string bytes = readFile(folder / std::string(member.key()));
        ASSERT_FALSE(bytes.empty());
        EXPECT_FALSE(isGood(bytes)) << member.key();
    }
}

TEST(Zip, refusesWhatGeneralReadersTakeWithoutReadingBeyondIt)
{
    NEEDS_VECTORS();
    for (const auto& file : filesIn(vectors() / "zip/go-archive-zip")) {
        if (file.extension() == ".zip") {
            EXPECT_FALSE(isGood(readFile(file))) << file;
        }
    }
}

TEST(Zip, readsWhatItWrites)
{
    const Bytes bytes = archiveOf({{"mimetype", "m"}, {"top/a", "alpha"}, {"top/b/c", ""}});
    const auto archive = ZipArchive::open(bytes).value();
    ASSERT_EQ(archive.files().size(), 3U);
    EXPECT_EQ(archive.read(*archive.find("top/a"))->view(), "alpha");
    EXPECT_EQ(archive.find("top"), nullptr);
    EXPECT_EQ(bytes, archiveOf({{"mimetype", "m"}, {"top/a", "alpha"}, {"top/b/c", ""}}));
}

TEST(Zip, findsEveryChangedByteOfItsStructure)
{
    const Bytes bytes = archiveOf({{"top/a", "alpha"}, {"top/b", "beta"}});
    EXPECT_TRUE(isGood(bytes) && ZipArchive::open(bytes)->headers() == ZipHeaders::AsWritten);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            Bytes changed = bytes;
            changed[i] = static_cast<char>(changed[i] ^ (1U << bit));
            EXPECT_TRUE(!isGood(changed)
                        || ZipArchive::open(changed)->headers() == ZipHeaders::Mixed)
                << i << " bit " << bit;
        }
    }
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_FALSE(isGood(BytesView(bytes).substr(0, size)));
    }
    EXPECT_FALSE(isGood(bytes + "x"));
    EXPECT_FALSE(isGood("x" + bytes));
}

TEST(Zip, methodsAndTheirVersionsAreNoSignThatHeadersWereChanged)
{
    constexpr std::uint16_t kVersion10 = 10;
    const Bytes ours = archiveOf({{"top/a", "alpha"}, {"top/b", "beta"}, {"top/c", "gamma"}});
    Bytes again = ours;
    setHeaders(again, "top/b", zip::kDeflated);
    EXPECT_EQ(ZipArchive::open(again)->headers(), ZipHeaders::OfAnother)
        << "stored where that is smaller, with the attributes that our writer gives";
    setHeaders(again, "top/a", zip::kStored, kVersion10);
    EXPECT_EQ(ZipArchive::open(again)->headers(), ZipHeaders::Mixed)
        << "two stored files that need different versions";
    EXPECT_EQ(ZipArchive::open(again)->changedHeader()->name, "top/a");
    setHeaders(again, "top/c", zip::kStored, kVersion10);
    EXPECT_EQ(ZipArchive::open(again)->headers(), ZipHeaders::OfAnother);
    Bytes changed = ours;
    setHeaders(changed, "top/b", zip::kStored, kVersion10);
    EXPECT_EQ(ZipArchive::open(changed)->headers(), ZipHeaders::Mixed);
    EXPECT_EQ(ZipArchive::open(changed)->changedHeader()->name, "top/b");
}

TEST(Zip, refusesNamesThatReadersUnderstandDifferently)
{
    EXPECT_FALSE(isGood(archiveOf({{"top/a", ""}, {"top/A", ""}})))
        << "one name when case is folded";
    EXPECT_FALSE(isGood(archiveOf({{"top/a", ""}, {"top/a/b", ""}}))) << "file and directory";
    EXPECT_FALSE(isGood(archiveOf({{"one/a", ""}, {"two/a", ""}}))) << "two top directories";
    EXPECT_FALSE(isGood(archiveOf({{"top/a", ""}, {"mimetype", ""}}))) << "mimetype not first";
    EXPECT_FALSE(isGood(archiveOf({})));
    for (const auto* name : {"", "/a", "a//b", "./a", "a/..", "a b", "a\\b", "\xc3\xa9"}) {
        EXPECT_FALSE(isPackName(name)) << name;
    }
}

TEST(Zip, countsFilesBeyond16Bits)
{
    Bytes archive;
    ZipWriter writer([&archive](BytesView bytes) -> Result<void> {
        archive += bytes;
        return {};
    });
    for (std::size_t i = 0; i < limits::kPackFilesMax; ++i) {
        ASSERT_TRUE(writer.add("top/" + std::to_string(i), "x"));
    }
    EXPECT_EQ(writer.add("top/more", "x").error().code, ErrorCode::TooLarge);
    ASSERT_TRUE(writer.finish());
    const auto read = ZipArchive::open(archive);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->files().size(), limits::kPackFilesMax);
    EXPECT_EQ(read->headers(), ZipHeaders::AsWritten);
    const std::size_t end64 = archive.rfind("PK\x06\x06");
    for (std::size_t i = end64 + 12; i < end64 + 16; ++i) { // The versions in it.
        archive[i] = static_cast<char>(archive[i] ^ 1);
        EXPECT_EQ(ZipArchive::open(archive)->headers(), ZipHeaders::Mixed) << i;
        archive[i] = static_cast<char>(archive[i] ^ 1);
    }
}

TEST(Zip, hasLimitsThatHoldBeforeAnythingIsAllocated)
{
    ZipWriter writer([](BytesView) -> Result<void> { return {}; });
    EXPECT_EQ(writer.add("top/a", BytesView("x", 0)).has_value(), true);
    const Bytes large(limits::kPackFileBytesMax + 1, '\0');
    EXPECT_EQ(writer.add("top/b", large).error().code, ErrorCode::TooLarge);
    EXPECT_FALSE(writer.add(std::string(limits::kPackNameBytesMax + 1, 'n'), ""));
}
