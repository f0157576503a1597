// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"
#include "models/base/enum_names.h"

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

/// The strict ZIP profile of packs (evidence-format.md, 2.10): one reading of the bytes, or none.
namespace exhibit::evidence {

struct ZipFile {
    std::string name;
    std::uint16_t method = 0;
    std::uint32_t crc = 0;
    std::size_t offset = 0; ///< Of the content.
    std::size_t storedBytes = 0;
    std::size_t bytes = 0;
    bool asWritten = false; ///< What its headers say beside that is what ZipWriter says.
    bool ourAttributes = false; ///< The same of what no way of packing it alters.
};

/// Who wrote the headers, by what in them says nothing of the files: versions, dates, attributes.
enum class ZipHeaders : std::uint8_t {
    AsWritten, ///< Every byte of the archive is what ZipWriter writes of these files.
    OfAnother, ///< One program may have written all of them, and it was not ZipWriter.
    Mixed, ///< Some are ZipWriter's and some are not: bytes were changed since.
};

/// The content of one file: a view into the archive, or bytes of its own.
class ZipContent {
public:
    explicit ZipContent(BytesView stored)
        : m_view(stored)
    {
    }
    explicit ZipContent(Bytes inflated)
        : m_owned(std::move(inflated))
        , m_isOwned(true)
    {
    }
    [[nodiscard]] BytesView view() const { return m_isOwned ? BytesView(m_owned) : m_view; }

private:
    BytesView m_view;
    Bytes m_owned;
    bool m_isOwned = false;
};

/// An archive in memory (usually a memory map), which must outlive the object. Nothing is unpacked
/// before it is read, nothing ever to disk.
class ZipArchive {
public:
    ZipArchive(ZipArchive&&) = default;
    ZipArchive& operator=(ZipArchive&&) = default;
    ZipArchive(const ZipArchive&) = delete; ///< The index points into the list of files.
    ZipArchive& operator=(const ZipArchive&) = delete;
    ~ZipArchive() = default;

    /// InvalidInput with the rule that is broken, TooLarge with the limit.
    [[nodiscard]] static Result<ZipArchive> open(BytesView archive);

    [[nodiscard]] const std::vector<ZipFile>& files() const { return m_files; }
    [[nodiscard]] ZipHeaders headers() const;
    /// Of Mixed headers a file whose are not ZipWriter's; nullptr where it is the archive's end.
    [[nodiscard]] const ZipFile* changedHeader() const;
    /// nullptr when there is none.
    [[nodiscard]] const ZipFile* find(std::string_view name) const;
    /// Inflates within the announced size and checks length and CRC-32: Corrupt.
    [[nodiscard]] Result<ZipContent> read(const ZipFile& file) const;
    /// The same without the CRC, for a file that was read before.
    [[nodiscard]] Result<ZipContent> readAgain(const ZipFile& file) const;

private:
    explicit ZipArchive(BytesView archive)
        : m_archive(archive)
    {
    }
    [[nodiscard]] Result<void> readDirectory();
    [[nodiscard]] Result<void> checkLocal(const ZipFile& file, BytesView central, std::size_t at);
    [[nodiscard]] Result<void> checkNames();

    BytesView m_archive;
    bool m_endAsWritten = false; ///< As in a file's headers.
    std::vector<ZipFile> m_files;
    std::unordered_map<std::string_view, std::size_t> m_byName;
};

/// A relative path of [A-Za-z0-9._-] segments, none of them empty, "." or "..".
[[nodiscard]] bool isPackName(std::string_view name);

} // namespace exhibit::evidence

template <>
struct exhibit::EnumNames<exhibit::evidence::ZipHeaders> {
    using E = exhibit::evidence::ZipHeaders;
    static constexpr std::string_view kType = "headers of an archive";
    static constexpr std::pair<E, std::string_view> kNames[]
        = {{E::AsWritten, "as_written"}, {E::OfAnother, "of_another"}, {E::Mixed, "mixed"}};
};
