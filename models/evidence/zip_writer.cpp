// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/zip_writer.h"

#include "models/base/limits.h"
#include "models/evidence/zip_format.h"
#include "models/evidence/zip_reader.h"

#include <zlib.h>

#include <algorithm>

namespace exhibit::evidence {
namespace {

/// What local and central header share, from the version needed to the length of the extra field.
Bytes sharedHeader(const std::string& name, BytesView content)
{
    Bytes header;
    zip::put(header, zip::kVersion20, 2);
    zip::put(header, 0, 2); // Flags.
    zip::put(header, zip::kStored, 2);
    zip::put(header, 0, 2); // 00:00
    zip::put(header, zip::kDate1980, 2);
    zip::put(header, crc32_z(0, reinterpret_cast<const Bytef*>(content.data()), content.size()), 4);
    zip::put(header, content.size(), 4);
    zip::put(header, content.size(), 4);
    zip::put(header, name.size(), 2);
    zip::put(header, 0, 2); // No extra field.
    return header;
}

} // namespace

Result<void> ZipWriter::write(BytesView bytes)
{
    m_offset += bytes.size();
    if (m_offset > limits::kPackBytesMax) {
        return fail(ErrorCode::TooLarge, "the pack would be larger than packs may be");
    }
    return m_sink(bytes);
}

Result<void> ZipWriter::add(const std::string& name, BytesView content)
{
    if (!isPackName(name) || name.size() > limits::kPackNameBytesMax) {
        return fail(ErrorCode::InvalidInput, "no name for a file of a pack", name);
    }
    if (content.size() > limits::kPackFileBytesMax || m_count == limits::kPackFilesMax) {
        return fail(ErrorCode::TooLarge, "more, or larger, files than a pack may hold", name);
    }
    const Bytes shared = sharedHeader(name, content);
    zip::put(m_central, zip::kCentralMark, 4);
    zip::put(m_central, zip::kMadeByUnix20, 2);
    m_central += shared;
    zip::put(m_central, 0, 2); // No comment.
    zip::put(m_central, 0, 2); // Disk.
    zip::put(m_central, 0, 2); // Internal attributes.
    zip::put(m_central, zip::kRegularFile, 4);
    zip::put(m_central, m_offset, 4);
    m_central += name;
    ++m_count;
    Bytes local;
    zip::put(local, zip::kLocalMark, 4);
    EXHIBIT_CHECK(write(local + shared + name));
    return write(content);
}

Result<void> ZipWriter::finish()
{
    const std::uint64_t directory = m_offset;
    EXHIBIT_CHECK(write(m_central));
    Bytes end;
    const bool beyond = m_count >= zip::kCountBeyond;
    if (beyond) {
        const std::uint64_t end64 = m_offset;
        zip::put(end, zip::kEnd64Mark, 4);
        zip::put(end, zip::kEnd64Bytes - 12, 8);
        zip::put(end, zip::kVersion45, 2);
        zip::put(end, zip::kVersion45, 2);
        zip::put(end, 0, 8); // Disks.
        zip::put(end, m_count, 8);
        zip::put(end, m_count, 8);
        zip::put(end, m_central.size(), 8);
        zip::put(end, directory, 8);
        zip::put(end, zip::kLocator64Mark, 4);
        zip::put(end, 0, 4);
        zip::put(end, end64, 8);
        zip::put(end, 1, 4);
    }
    const std::uint64_t count = beyond ? zip::kCountBeyond : m_count;
    zip::put(end, zip::kEndMark, 4);
    zip::put(end, 0, 4); // Disks.
    zip::put(end, count, 2);
    zip::put(end, count, 2);
    zip::put(end, m_central.size(), 4);
    zip::put(end, directory, 4);
    zip::put(end, 0, 2); // No comment.
    return write(end);
}

} // namespace exhibit::evidence
