// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"

#include <cstdint>

namespace exhibit::report {

/// Writes a PDF 1.7 object by object and keeps nothing of them but where they stand: small ones a
/// hundred at a time in streams (ISO 32000-1, 7.5.7), the table of places as one (7.5.8). The same
/// calls give the same bytes.
class PdfWriter {
public:
    /// Objects without a number yet get those from `firstFree` on.
    explicit PdfWriter(std::size_t firstFree);

    [[nodiscard]] std::size_t newId() { return m_next++; }

    /// As it is, where a reader finds it without unpacking anything: streams, and what has to be
    /// found in the file's bytes.
    void writePlain(std::size_t id, BytesView object);
    /// Anything but a stream.
    void writePacked(std::size_t id, BytesView object);
    /// `members` of its dictionary beside length and filter.
    enum class Packing : std::uint8_t { None, Deflate };
    void writeStream(std::size_t id, std::string_view members, BytesView data, Packing packing);
    /// The whole file.
    [[nodiscard]] Bytes finish(std::size_t root, std::size_t info);

private:
    struct Place {
        enum class Kind : std::uint8_t { Free, Plain, Packed };
        Kind kind = Kind::Free;
        std::uint16_t index = 0xFFFF; ///< In the stream; free for ever.
        std::uint64_t at = 0; ///< In the file; the stream's number.
    };
    Place& placeOf(std::size_t id);
    void writePack();
    [[nodiscard]] Bytes places() const;

    Bytes m_file;
    std::vector<Place> m_places;
    std::size_t m_next;
    std::size_t m_packId = 0; ///< Of the stream that is begun.
    Bytes m_pack; ///< Its objects.
    Bytes m_packHead; ///< Their numbers and where each begins.
    std::uint16_t m_packed = 0;
};

} // namespace exhibit::report
