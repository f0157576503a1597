// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"
#include "models/base/enum_names.h"

#include <string>
#include <string_view>
#include <vector>

/// Load files of a production. They are conventions, not standards; as written here:
///
///   dat  := [BOM] row*          row := value (0x14 value)* CR LF      (Concordance)
///   value := thorn text thorn   a line break inside a text is the registered sign
///   opt  := line*               line := key,volume,path,[Y],,,[pages] CR LF   (Opticon)
///
/// Thorn (U+00FE), registered sign (U+00AE) and U+0014 are in the file's encoding: one byte each in
/// windows-1252, two, two and one in UTF-8. A receiver has to be told which.
namespace exhibit::report {

enum class TextEncoding : std::uint8_t { Utf8, Windows1252 };

/// The byte order mark of UTF-8; nothing for windows-1252.
[[nodiscard]] Bytes datStart(TextEncoding encoding);

/// One row. InvalidInput with the value in the subject when it holds a delimiter, another control
/// character or a character that the encoding lacks: it could not be read back as it was.
[[nodiscard]] Result<Bytes> datRow(const std::vector<std::string>& values, TextEncoding encoding);

/// Recorded text as datRow() takes it: what it would refuse is shown by its number, "[U+00FE]".
[[nodiscard]] std::string datText(std::string_view recorded, TextEncoding encoding);

/// One page image of an Opticon file.
struct OptPage {
    std::string key; ///< Bates number.
    std::string volume;
    std::string path; ///< Of the image, with backslashes.
    std::size_t documentPages = 0; ///< On a document's first page, else 0.
};
/// InvalidInput when a value holds a comma, a quote or a control character.
[[nodiscard]] Result<Bytes> optLine(const OptPage& page);

} // namespace exhibit::report

template <>
struct exhibit::EnumNames<exhibit::report::TextEncoding> {
    using E = exhibit::report::TextEncoding;
    static constexpr std::string_view kType = "encoding";
    static constexpr std::pair<E, std::string_view> kNames[]
        = {{E::Utf8, "utf-8"}, {E::Windows1252, "windows-1252"}};
};
