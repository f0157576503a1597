// SPDX-License-Identifier: Apache-2.0
#include "models/report/cairo_pages.h"

#include <qpdf/Buffer.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFWriter.hh>

#include <algorithm>
#include <charconv>

namespace exhibit::report {
namespace {

constexpr std::size_t kLineBytes = 20; ///< Of the table: "0000003323 00000 n \n".
constexpr std::size_t kKindAt = 17; ///< In it: 'n', or 'f' of a place that is free.
constexpr int kTreeDepthMax = 16; ///< Of pages.
constexpr std::string_view kSpace = " \n";

tl::unexpected<Error> strange()
{
    return fail(ErrorCode::InvalidInput,
                "The pages have not the form that they are finished from.");
}

/// The number at the beginning, which is taken away.
std::optional<std::size_t> takeNumber(BytesView& text)
{
    text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) {
        return std::nullopt;
    }
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

bool take(BytesView& text, std::string_view what)
{
    if (!text.starts_with(what)) {
        return false;
    }
    text.remove_prefix(what.size());
    return true;
}

/// 4 of "4 0 R", which is taken away.
std::optional<std::size_t> takeReference(BytesView& text)
{
    const auto number = takeNumber(text);
    return number && take(text, " 0 R") ? number : std::nullopt;
}

/// What follows "/NAME " in a dictionary of Cairo's, which has a line for each member.
std::optional<BytesView> valueOf(BytesView dictionary, std::string_view member)
{
    const auto at = dictionary.find(std::string(member) + " ");
    return at == dictionary.npos ? std::nullopt
                                 : std::optional(dictionary.substr(at + member.size() + 1));
}

} // namespace

Result<CairoPages> CairoPages::open(BytesView file)
{
    constexpr std::string_view kStart = "startxref\n";
    const auto named = file.rfind(kStart);
    BytesView rest = named == file.npos ? BytesView() : file.substr(named + kStart.size());
    const auto table = takeNumber(rest);
    if (!table || *table >= file.size()) {
        return strange();
    }
    rest = file.substr(*table);
    const bool begins = take(rest, "xref\n0 ");
    const auto count = takeNumber(rest);
    if (!begins || !count || !take(rest, "\n") || rest.size() / kLineBytes < *count) {
        return strange();
    }
    CairoPages pages;
    pages.m_file = file;
    EXHIBIT_CHECK(pages.readTable(rest, *count, *table));
    EXHIBIT_CHECK(pages.readTrailer(rest.substr(*count * kLineBytes)));
    return pages;
}

Result<void> CairoPages::readTable(BytesView lines, std::size_t count, std::size_t end)
{
    m_begins.resize(count);
    m_borders.reserve(count + 1);
    for (std::size_t id = 0; id < count; ++id) {
        BytesView line = lines.substr(id * kLineBytes, kLineBytes);
        const bool used = line[kKindAt] == 'n';
        const auto begin = takeNumber(line);
        if (!begin || (used && (*begin == 0 || *begin >= end))) {
            return strange();
        }
        if (used) {
            m_begins[id] = *begin;
            m_borders.push_back(*begin);
        }
    }
    m_borders.push_back(end);
    std::sort(m_borders.begin(), m_borders.end());
    return {};
}

Result<void> CairoPages::readTrailer(BytesView trailer)
{
    const auto root = reference(trailer, "/Root");
    const auto info = reference(trailer, "/Info");
    if (!root || !info) {
        return strange();
    }
    m_root = *root;
    m_info = *info;
    auto page = reference(object(m_root), "/Pages");
    for (int depth = 0; page && depth < kTreeDepthMax; ++depth) {
        const auto below = references(object(*page), "/Kids");
        if (below.empty()) {
            m_firstPage = *page;
            return {};
        }
        page = below.front();
    }
    return strange();
}

BytesView CairoPages::object(std::size_t id) const
{
    constexpr std::string_view kBegin = " 0 obj\n";
    constexpr std::string_view kEnd = "\nendobj";
    const std::size_t begin = id < m_begins.size() ? m_begins[id] : 0;
    if (begin == 0) {
        return {};
    }
    const auto border = std::upper_bound(m_borders.begin(), m_borders.end(), begin);
    BytesView object = m_file.substr(begin, *border - begin);
    if (takeNumber(object) != id || !take(object, kBegin)) {
        return {};
    }
    const auto end = object.rfind(kEnd);
    return end == object.npos ? BytesView() : object.substr(0, end);
}

Result<Bytes> unpacked(BytesView file)
{
    try {
        QPDF pdf;
        pdf.setSuppressWarnings(true);
        pdf.setAttemptRecovery(false);
        pdf.processMemoryFile("pages", file.data(), file.size());
        QPDFWriter writer(pdf);
        writer.setOutputMemory();
        writer.setStaticID(true); // Goes again.
        writer.setObjectStreamMode(qpdf_o_disable);
        writer.setNewlineBeforeEndstream(true);
        writer.write();
        const auto buffer = writer.getBufferSharedPointer();
        return Bytes(reinterpret_cast<const char*>(buffer->getBuffer()), buffer->getSize());
    } catch (const std::exception& error) {
        return fail(ErrorCode::Internal, "The PDF could not be finished.", error.what());
    }
}

std::string_view roleOf(BytesView object)
{
    if (object.find("/Type /StructElem") == object.npos) {
        return {};
    }
    const auto role = valueOf(object, "/S");
    return role && role->starts_with('/') ? role->substr(1, role->find_first_of(kSpace) - 1)
                                          : std::string_view();
}

std::optional<std::size_t> reference(BytesView object, std::string_view member)
{
    auto value = valueOf(object, member);
    return value ? takeReference(*value) : std::nullopt;
}

std::vector<std::size_t> references(BytesView object, std::string_view member)
{
    std::vector<std::size_t> all;
    auto value = valueOf(object, member);
    if (value && take(*value, "[")) {
        while (const auto one = takeReference(*value)) {
            all.push_back(*one);
        }
    }
    return all;
}

Bytes withMember(BytesView dictionary, std::string_view member)
{
    const auto end = dictionary.rfind(">>");
    Bytes changed(dictionary.substr(0, end));
    return changed.append(" ").append(member).append(" >>");
}

} // namespace exhibit::report
