// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/zip_reader.h"

#include "models/base/limits.h"
#include "models/evidence/zip_format.h"

#include <zlib.h>

#include <algorithm>
#include <unordered_set>

namespace exhibit::evidence {
namespace {

constexpr std::string_view kMimetype = "mimetype";

tl::unexpected<Error> outside(std::string rule, std::string_view subject = {})
{
    return fail(ErrorCode::InvalidInput, std::move(rule), std::string(subject));
}

bool isPackCharacter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.'
        || c == '_' || c == '-';
}

std::string lowerCase(std::string_view name)
{
    std::string lower(name);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return lower;
}

struct Directory {
    std::uint64_t count = 0;
    std::uint64_t offset = 0;
    std::uint64_t end = 0; ///< Where the records that end the archive begin.
    bool asWritten = true;
};

/// ZIP64 is allowed for one purpose: more files than 16 bits can count.
Result<Directory> readEnd64(BytesView archive, std::size_t end)
{
    if (end < zip::kEnd64Bytes + zip::kLocator64Bytes) {
        return outside("the ZIP64 records are missing");
    }
    Directory directory;
    directory.end = end - zip::kLocator64Bytes - zip::kEnd64Bytes;
    zip::Fields locator(archive.substr(end - zip::kLocator64Bytes));
    const bool located = locator.u32() == zip::kLocator64Mark && locator.u32() == 0
        && locator.u64() == directory.end && locator.u32() == 1;
    zip::Fields record(archive.substr(directory.end));
    const bool whole = record.u32() == zip::kEnd64Mark && record.u64() == zip::kEnd64Bytes - 12;
    const std::uint16_t madeBy = record.u16();
    const std::uint16_t needed = record.u16();
    directory.asWritten = madeBy == zip::kVersion45 && needed == zip::kVersion45;
    const bool oneDisk = record.u32() == 0 && record.u32() == 0;
    directory.count = record.u64();
    const bool counted = record.u64() == directory.count && directory.count >= zip::kCountBeyond;
    const std::uint64_t bytes = record.u64();
    directory.offset = record.u64();
    if (!located || !whole || !oneDisk || !counted || directory.offset > directory.end
        || directory.end - directory.offset != bytes) {
        return outside("the ZIP64 records are inconsistent or not needed");
    }
    return directory;
}

Result<Directory> readEnd(BytesView archive)
{
    const std::size_t at = archive.size() - zip::kEndBytes;
    zip::Fields record(archive.substr(at));
    if (record.u32() != zip::kEndMark) {
        return outside("the archive does not end with its end record, or has a comment");
    }
    const bool oneDisk = record.u16() == 0 && record.u16() == 0;
    Directory directory;
    const std::uint16_t count = record.u16();
    const bool counted = record.u16() == count;
    const std::uint32_t bytes = record.u32();
    const std::uint32_t offset = record.u32();
    if (!oneDisk || !counted || record.u16() != 0) {
        return outside("the end record names several disks or a comment");
    }
    if (count == zip::kCountBeyond) {
        EXHIBIT_TRY(directory, readEnd64(archive, at));
    } else {
        directory = {count, offset, at, true};
    }
    if (directory.offset != offset || offset > directory.end || directory.end - offset != bytes) {
        return outside("the central directory does not end where the end record begins");
    }
    if (directory.count > limits::kPackFilesMax) {
        return fail(ErrorCode::TooLarge, "more files than a pack may hold");
    }
    return directory;
}

struct CentralHeader {
    ZipFile file;
    std::size_t localOffset = 0;
};

Result<CentralHeader> parseCentral(BytesView bytes)
{
    zip::Fields fields(bytes);
    if (bytes.size() < zip::kCentralBytes || fields.u32() != zip::kCentralMark) {
        return outside("the central directory is cut off");
    }
    const unsigned madeBy = fields.u16();
    const unsigned needed = fields.u16();
    const unsigned flags = fields.u16();
    CentralHeader header;
    header.file.method = fields.u16();
    const unsigned time = fields.u16(); // The local header's are compared with these.
    const unsigned date = fields.u16();
    header.file.crc = fields.u32();
    header.file.storedBytes = fields.u32();
    header.file.bytes = fields.u32();
    const std::size_t nameBytes = fields.u16();
    const bool plain = fields.u16() == 0 && fields.u16() == 0 && fields.u16() == 0;
    const unsigned internal = fields.u16(); // Whether it is text.
    const std::uint32_t attributes = fields.u32();
    header.localOffset = fields.u32();
    if (nameBytes == 0 || nameBytes > limits::kPackNameBytesMax
        || bytes.size() - zip::kCentralBytes < nameBytes) {
        return outside("a file has no name or one that is too long");
    }
    header.file.name = bytes.substr(zip::kCentralBytes, nameBytes);
    const std::string_view name = header.file.name;
    if (flags != 0 || !plain || needed > zip::kVersion20) {
        return outside("a file is encrypted, has a data descriptor, an extra field or a comment",
                       name);
    }
    const unsigned kind = attributes >> 28U;
    const bool regular = madeBy >> 8U == 3 ? kind == 8 || kind == 0 : (attributes & 0x10U) == 0;
    if (!regular) {
        return outside("not a regular file", name);
    }
    header.file.ourAttributes = madeBy == zip::kMadeByUnix20 && time == 0 && date == zip::kDate1980
        && internal == 0 && attributes == zip::kRegularFile;
    // Other programs choose method and version for each file: alone they are no sign of a change.
    header.file.asWritten = header.file.ourAttributes && header.file.method == zip::kStored
        && needed == zip::kVersion20;
    return header;
}

Result<void> checkSizes(const ZipFile& file)
{
    if (file.method != zip::kStored && file.method != zip::kDeflated) {
        return outside("a compression method other than stored and deflated", file.name);
    }
    if (file.method == zip::kStored && file.storedBytes != file.bytes) {
        return outside("a stored file has two sizes", file.name);
    }
    if (file.bytes > limits::kPackFileBytesMax
        || file.bytes > limits::kPackRatioMax * std::max<std::size_t>(file.storedBytes, 1)) {
        return fail(
            ErrorCode::TooLarge, "larger, or packed tighter, than a file may be", file.name);
    }
    return {};
}

Result<Bytes> inflateWhole(BytesView stored, std::size_t size, const std::string& name)
{
    Bytes out(size, '\0');
    z_stream stream{};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) {
        return fail(ErrorCode::Internal, "zlib cannot start");
    }
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(stored.data()));
    stream.avail_in = static_cast<uInt>(stored.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int ended = inflate(&stream, Z_FINISH);
    const bool whole = ended == Z_STREAM_END && stream.avail_in == 0 && stream.avail_out == 0;
    inflateEnd(&stream);
    if (!whole) {
        return fail(ErrorCode::Corrupt, "the content is not as long as announced", name);
    }
    return out;
}

} // namespace

bool isPackName(std::string_view name)
{
    while (true) {
        const std::size_t slash = name.find('/');
        const auto segment = name.substr(0, slash);
        if (segment.empty() || segment == "." || segment == ".."
            || !std::all_of(segment.begin(), segment.end(), isPackCharacter)) {
            return false;
        }
        if (slash == name.npos) {
            return true;
        }
        name.remove_prefix(slash + 1);
    }
}

Result<ZipArchive> ZipArchive::open(BytesView bytes)
{
    if (bytes.size() < zip::kEndBytes || zip::Fields(bytes).u32() != zip::kLocalMark) {
        return outside("not a ZIP archive that begins with its first file");
    }
    if (bytes.size() > limits::kPackBytesMax) {
        return fail(ErrorCode::TooLarge, "larger than a pack may be");
    }
    ZipArchive archive(bytes);
    EXHIBIT_CHECK(archive.readDirectory());
    EXHIBIT_CHECK(archive.checkNames());
    return archive;
}

Result<void> ZipArchive::readDirectory()
{
    EXHIBIT_TRY(const Directory directory, readEnd(m_archive));
    m_endAsWritten = directory.asWritten;
    std::size_t at = directory.offset;
    std::size_t content = 0; // Where the next file has to begin: no gaps, no overlaps.
    std::uint64_t total = 0;
    m_files.reserve(directory.count);
    for (std::uint64_t i = 0; i < directory.count; ++i) {
        const BytesView central = m_archive.substr(at, directory.end - at);
        EXHIBIT_TRY(CentralHeader header, parseCentral(central));
        ZipFile& file = header.file;
        EXHIBIT_CHECK(checkSizes(file));
        file.offset = header.localOffset + zip::kLocalBytes + file.name.size();
        total += file.bytes;
        if (header.localOffset != content || file.offset > directory.offset
            || directory.offset - file.offset < file.storedBytes) {
            return outside("files overlap, leave gaps or lie outside the archive", file.name);
        }
        if (total > limits::kPackBytesMax) {
            return fail(ErrorCode::TooLarge, "the files together are larger than a pack may be");
        }
        EXHIBIT_CHECK(checkLocal(file, central, header.localOffset));
        content = file.offset + file.storedBytes;
        at += zip::kCentralBytes + file.name.size();
        m_files.push_back(std::move(file));
    }
    if (at != directory.end || content != directory.offset) {
        return outside("the central directory or the files leave a gap");
    }
    return {};
}

Result<void> ZipArchive::checkLocal(const ZipFile& file, BytesView central, std::size_t at)
{
    // Version, flags, method, time, date, CRC, sizes and name length lie alike in both headers.
    constexpr std::size_t kAlike = 24;
    const BytesView local = m_archive.substr(at, zip::kLocalBytes + file.name.size());
    const bool alike = zip::Fields(local).u32() == zip::kLocalMark
        && local.substr(4, kAlike) == central.substr(6, kAlike)
        && zip::Fields(local.substr(28)).u16() == 0 && local.substr(zip::kLocalBytes) == file.name;
    if (!alike) {
        return outside("local and central header differ", file.name);
    }
    return {};
}

Result<void> ZipArchive::checkNames()
{
    std::unordered_set<std::string> folded;
    std::string_view top;
    for (std::size_t i = 0; i < m_files.size(); ++i) {
        const std::string& name = m_files[i].name;
        if (!isPackName(name)) {
            return outside("a name outside [A-Za-z0-9._-] segments", name);
        }
        if (!folded.insert(lowerCase(name)).second) {
            return outside("two files of one name", name);
        }
        m_byName.emplace(name, i);
        if (i == 0 && name == kMimetype) {
            continue;
        }
        const auto directory = std::string_view(name).substr(0, name.find('/'));
        if (directory.size() == name.size() || (!top.empty() && directory != top)) {
            return outside("not everything lies in one top directory", name);
        }
        top = directory;
    }
    for (const auto& file : m_files) {
        const std::string name = lowerCase(file.name);
        for (auto slash = name.find('/'); slash != name.npos; slash = name.find('/', slash + 1)) {
            if (folded.contains(name.substr(0, slash))) {
                return outside("a file is also a directory", file.name);
            }
        }
    }
    return {};
}

ZipHeaders ZipArchive::headers() const
{
    const auto count
        = [this](auto is) { return std::count_if(m_files.begin(), m_files.end(), is); };
    const auto all = static_cast<std::ptrdiff_t>(m_files.size());
    const auto ours = count([](const auto& file) { return file.ourAttributes; });
    const auto asWritten = count([](const auto& file) { return file.asWritten; });
    const auto stored = count([](const auto& file) { return file.method == zip::kStored; });
    if (asWritten == all) {
        return m_endAsWritten ? ZipHeaders::AsWritten : ZipHeaders::Mixed;
    }
    // Of files that are stored alike no program says that they need different versions.
    const bool one = ours == 0 || (ours == all && (asWritten == 0 || asWritten == stored));
    return one ? ZipHeaders::OfAnother : ZipHeaders::Mixed;
}

const ZipFile* ZipArchive::changedHeader() const
{
    const auto find = [this](auto is) {
        const auto found = std::find_if(m_files.begin(), m_files.end(), is);
        return found == m_files.end() ? nullptr : &*found;
    };
    const auto* const attributes = find([](const auto& file) { return !file.ourAttributes; });
    return attributes != nullptr
        ? attributes
        : find([](const auto& file) { return file.method == zip::kStored && !file.asWritten; });
}

const ZipFile* ZipArchive::find(std::string_view name) const
{
    const auto found = m_byName.find(name);
    return found == m_byName.end() ? nullptr : &m_files[found->second];
}

Result<ZipContent> ZipArchive::read(const ZipFile& file) const
{
    EXHIBIT_TRY(ZipContent content, readAgain(file));
    const BytesView bytes = content.view();
    const auto crc = crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
    if (crc != file.crc) {
        return fail(ErrorCode::Corrupt, "the CRC-32 does not fit", file.name);
    }
    return content;
}

Result<ZipContent> ZipArchive::readAgain(const ZipFile& file) const
{
    const BytesView stored = m_archive.substr(file.offset, file.storedBytes);
    if (file.method == zip::kStored) {
        return ZipContent(stored);
    }
    EXHIBIT_TRY(Bytes bytes, inflateWhole(stored, file.bytes, file.name));
    return ZipContent(std::move(bytes));
}

} // namespace exhibit::evidence
