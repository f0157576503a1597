// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"
#include "models/report/document.h"

namespace exhibit::report {

inline constexpr std::string_view kProducer = "Exhibit " EXHIBIT_VERSION;

/// The XMP packet that PDF/A wants, saying what the document's information dictionary says.
[[nodiscard]] std::string xmpOf(const Document& document);
/// "D:20261121181502Z".
[[nodiscard]] std::string pdfDate(UtcTime time);
/// The profile of the colours in the file: sRGB, always the same bytes.
[[nodiscard]] Bytes colourProfile();
/// Which fonts this process would set a text with: files are the same where this and the program
/// are.
[[nodiscard]] std::string fontFingerprint();

} // namespace exhibit::report
