// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"
#include "models/base/result.h"

#include <optional>

namespace exhibit::report {

/// The objects of a file that Cairo wrote, where they lie in it: each cell of a table is one, so
/// that a long trace has hundreds of thousands, and none is worth more memory than its place. One
/// table of places, no stream that holds objects: see unpacked().
class CairoPages {
public:
    /// InvalidInput when it has another form. The file outlives what is read of it.
    [[nodiscard]] static Result<CairoPages> open(BytesView file);

    /// Ids are below it.
    [[nodiscard]] std::size_t size() const { return m_begins.size(); }
    /// Between its number and "endobj"; empty: there is none of that id.
    [[nodiscard]] BytesView object(std::size_t id) const;
    [[nodiscard]] std::size_t root() const { return m_root; }
    /// What the file says of itself.
    [[nodiscard]] std::size_t info() const { return m_info; }
    [[nodiscard]] std::size_t firstPage() const { return m_firstPage; }

private:
    [[nodiscard]] Result<void> readTable(BytesView lines, std::size_t count, std::size_t end);
    [[nodiscard]] Result<void> readTrailer(BytesView trailer);

    BytesView m_file;
    std::size_t m_root = 0;
    std::size_t m_info = 0;
    std::size_t m_firstPage = 0;
    std::vector<std::size_t> m_begins; ///< By id; 0: none.
    std::vector<std::size_t> m_borders; ///< Sorted: where another one begins, and the table.
};

/// The same file in that form. Cairo 1.18 packs objects by itself, Debian 12's 1.16 does not: what
/// qpdf needs for it is a kilobyte or two of memory for each object.
[[nodiscard]] Result<Bytes> unpacked(BytesView file);

/// "TD" of an element of the document's structure; empty for other objects.
[[nodiscard]] std::string_view roleOf(BytesView object);
/// The number of the object that the member refers to: 4 of "/P 4 0 R".
[[nodiscard]] std::optional<std::size_t> reference(BytesView object, std::string_view member);
/// The numbers that a list of references has: "/Kids [ 4 0 R 9 0 R ]"; empty for anything else.
[[nodiscard]] std::vector<std::size_t> references(BytesView object, std::string_view member);
/// The dictionary with one member more.
[[nodiscard]] Bytes withMember(BytesView dictionary, std::string_view member);

} // namespace exhibit::report
