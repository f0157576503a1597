// SPDX-License-Identifier: Apache-2.0
#include "models/report/load_file_reader.h"

#include <array>
#include <charconv>

namespace exhibit::report {
namespace {

constexpr BytesView kRowEnd = "\r\n";
constexpr std::size_t kOptValues = 7;

bool skip(BytesView& rest, BytesView expected)
{
    const bool there = rest.starts_with(expected);
    rest.remove_prefix(there ? expected.size() : 0);
    return there;
}

/// A quoted value; false where none stands.
bool takeValue(BytesView& rest, BytesView qualifier, std::vector<Bytes>& row)
{
    if (!skip(rest, qualifier)) {
        return false;
    }
    const auto end = rest.find(qualifier);
    if (end == rest.npos || rest.substr(0, end).find_first_of("\x14\r\n") != rest.npos) {
        return false;
    }
    row.emplace_back(rest.substr(0, end));
    rest.remove_prefix(end + qualifier.size());
    return true;
}

bool takeRow(BytesView& rest, BytesView qualifier, std::vector<Bytes>& row)
{
    do {
        if (row.size() == kDatValuesMax || !takeValue(rest, qualifier, row)) {
            return false;
        }
    } while (skip(rest, "\x14"));
    return skip(rest, kRowEnd);
}

/// "3", or nothing on the pages behind the first of a document.
bool readPages(BytesView text, std::size_t& pages)
{
    const auto* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, pages);
    return text.empty() || (read.ec == std::errc() && read.ptr == end && pages > 0);
}

bool readPage(BytesView line, OptPage& page)
{
    std::array<BytesView, kOptValues> values;
    for (std::size_t i = 0; i < kOptValues; ++i) {
        const auto comma = line.find(',');
        if ((comma == line.npos) != (i + 1 == kOptValues)) {
            return false;
        }
        values[i] = line.substr(0, comma);
        line.remove_prefix(comma == line.npos ? line.size() : comma + 1);
    }
    const auto& [key, volume, path, first, folder, box, pages] = values;
    page = {std::string(key), std::string(volume), std::string(path), 0};
    return !key.empty() && folder.empty() && box.empty() && readPages(pages, page.documentPages)
        && first == (page.documentPages > 0 ? "Y" : "");
}

} // namespace

Result<std::vector<std::vector<Bytes>>> readDat(BytesView dat,
                                                TextEncoding encoding,
                                                std::size_t rowsMax)
{
    const BytesView qualifier = encoding == TextEncoding::Utf8 ? "\xC3\xBE" : "\xFE";
    std::vector<std::vector<Bytes>> rows;
    if (!skip(dat, datStart(encoding))) {
        return fail(ErrorCode::InvalidInput, "it is not in the encoding that is stated", "row 1");
    }
    while (!dat.empty()) {
        const std::string at = "row " + std::to_string(rows.size() + 1);
        if (rows.size() == rowsMax) {
            return fail(ErrorCode::TooLarge, "more rows than there are documents", at);
        }
        auto& row = rows.emplace_back();
        if (!takeRow(dat, qualifier, row)) {
            return row.size() == kDatValuesMax
                ? fail(ErrorCode::TooLarge, "more values than a row may have", at)
                : fail(ErrorCode::InvalidInput, "no row of a Concordance file", at);
        }
        if (row.size() != rows.front().size()) {
            return fail(ErrorCode::InvalidInput, "not as many values as the first row has", at);
        }
    }
    return rows;
}

Result<std::vector<OptPage>> readOpt(BytesView opt, std::size_t pagesMax)
{
    std::vector<OptPage> pages;
    while (!opt.empty()) {
        const auto end = opt.find(kRowEnd);
        const std::string at = "line " + std::to_string(pages.size() + 1);
        if (pages.size() == pagesMax) {
            return fail(ErrorCode::TooLarge, "more pages than there are files", at);
        }
        auto& page = pages.emplace_back();
        if (end == opt.npos || !readPage(opt.substr(0, end), page)) {
            return fail(ErrorCode::InvalidInput, "no line of an Opticon file", at);
        }
        opt.remove_prefix(end + kRowEnd.size());
    }
    return pages;
}

} // namespace exhibit::report
