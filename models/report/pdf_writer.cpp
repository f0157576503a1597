// SPDX-License-Identifier: Apache-2.0
#include "models/report/pdf_writer.h"

#include "models/base/sha256.h"

#include <fmt/format.h>
#include <zlib.h>

namespace exhibit::report {
namespace {

constexpr std::uint16_t kPackedMax = 100; ///< As qpdf does; readers unpack one to see one.
constexpr std::size_t kIdBytes = 16;
/// Of a line of the table: kind, place, index.
constexpr std::size_t kPlaceBytes = 5;
constexpr std::size_t kLineBytes = 1 + kPlaceBytes + 2;

Bytes deflated(BytesView data)
{
    uLongf size = compressBound(data.size());
    Bytes packed(size, '\0');
    // Fails for lack of room alone, of which there is enough.
    compress2(reinterpret_cast<Bytef*>(packed.data()),
              &size,
              reinterpret_cast<const Bytef*>(data.data()),
              data.size(),
              Z_DEFAULT_COMPRESSION);
    packed.resize(size);
    return packed;
}

void appendBigEndian(Bytes& bytes, std::uint64_t value, std::size_t count)
{
    for (std::size_t i = count; i > 0; --i) {
        bytes += static_cast<char>(value >> (8 * (i - 1)) & 0xFFU);
    }
}

/// Each line as its difference from the one above (PNG's "up"): places grow evenly.
Bytes differences(BytesView lines)
{
    Bytes all;
    all.reserve(lines.size() + lines.size() / kLineBytes);
    for (std::size_t at = 0; at < lines.size(); ++at) {
        if (at % kLineBytes == 0) {
            all += '\x02';
        }
        const char above = at < kLineBytes ? '\0' : lines[at - kLineBytes];
        all += static_cast<char>(lines[at] - above);
    }
    return all;
}

} // namespace

PdfWriter::PdfWriter(std::size_t firstFree)
    : m_file("%PDF-1.7\n%\xBF\xF7\xA2\xFE\n")
    , m_places(firstFree)
    , m_next(firstFree)
{
}

PdfWriter::Place& PdfWriter::placeOf(std::size_t id)
{
    if (id >= m_places.size()) {
        m_places.resize(id + 1);
    }
    return m_places[id];
}

void PdfWriter::writePlain(std::size_t id, BytesView object)
{
    placeOf(id) = {Place::Kind::Plain, 0, m_file.size()};
    m_file.append(std::to_string(id)).append(" 0 obj\n").append(object).append("\nendobj\n");
}

void PdfWriter::writePacked(std::size_t id, BytesView object)
{
    if (m_packed == 0) {
        m_packId = newId();
    }
    placeOf(id) = {Place::Kind::Packed, m_packed, m_packId};
    m_packHead += fmt::format("{} {} ", id, m_pack.size());
    m_pack.append(object).append("\n");
    if (++m_packed == kPackedMax) {
        writePack();
    }
}

void PdfWriter::writeStream(std::size_t id,
                            std::string_view members,
                            BytesView data,
                            Packing packing)
{
    const Bytes packed = packing == Packing::Deflate ? deflated(data) : Bytes();
    const BytesView written = packing == Packing::Deflate ? BytesView(packed) : data;
    placeOf(id) = {Place::Kind::Plain, 0, m_file.size()};
    m_file.append(fmt::format("{} 0 obj\n<< {} /Length {}{} >>\nstream\n",
                              id,
                              members,
                              written.size(),
                              packing == Packing::Deflate ? " /Filter /FlateDecode" : ""));
    m_file.append(written).append("\nendstream\nendobj\n");
}

void PdfWriter::writePack()
{
    if (m_packed == 0) {
        return;
    }
    const std::string members
        = fmt::format("/Type /ObjStm /N {} /First {}", m_packed, m_packHead.size());
    writeStream(m_packId, members, m_packHead + m_pack, Packing::Deflate);
    m_packed = 0;
    m_pack.clear();
    m_packHead.clear();
}

Bytes PdfWriter::places() const
{
    Bytes lines;
    lines.reserve(m_places.size() * kLineBytes);
    for (const auto& place : m_places) {
        lines += static_cast<char>(place.kind);
        appendBigEndian(lines, place.at, kPlaceBytes);
        appendBigEndian(lines, place.index, 2);
    }
    return lines;
}

Bytes PdfWriter::finish(std::size_t root, std::size_t info)
{
    writePack();
    const std::size_t begin = m_file.size();
    const std::size_t table = newId();
    placeOf(table) = {Place::Kind::Plain, 0, begin};
    const std::string id = toHex(asView(sha256(m_file)).substr(0, kIdBytes));
    const std::string members
        = fmt::format("/Type /XRef /Size {} /W [1 {} 2] /Root {} 0 R /Info {} 0 R /ID [<{}> <{}>] "
                      "/DecodeParms << /Predictor 12 /Columns {} >>",
                      m_places.size(),
                      kPlaceBytes,
                      root,
                      info,
                      id,
                      id,
                      kLineBytes);
    writeStream(table, members, differences(places()), Packing::Deflate);
    m_file += fmt::format("startxref\n{}\n%%EOF\n", begin);
    return std::move(m_file);
}

} // namespace exhibit::report
