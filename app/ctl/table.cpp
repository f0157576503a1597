// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/table.h"

#include "app/ctl/text_layout.h"
#include "models/base/assert.h"

#include <algorithm>

namespace exhibit::ctl {
namespace {

constexpr std::string_view kGap = "  ";
/// A last column narrower than this would say nothing; the terminal wraps it then.
constexpr std::size_t kLastColumnMin = 12;

} // namespace

Table::Table(std::vector<std::string> headers)
{
    for (auto& header : headers) {
        m_headers.push_back({std::move(header), Paint::Bold});
    }
}

void Table::add(std::vector<Cell> cells)
{
    EXHIBIT_ASSERT(cells.size() == m_headers.size());
    for (auto& cell : cells) {
        cell.text = printable(cell.text);
    }
    m_rows.push_back({std::move(cells), {}});
}

void Table::addNote(std::string note)
{
    EXHIBIT_ASSERT(!m_rows.empty());
    m_rows.back().notes.push_back(std::move(note));
}

void Table::print(const Output& output) const
{
    std::vector<std::size_t> widths;
    for (std::size_t column = 0; column < m_headers.size(); ++column) {
        std::size_t width = displayWidth(m_headers[column].text);
        for (const auto& row : m_rows) {
            width = std::max(width, displayWidth(row.cells[column].text));
        }
        widths.push_back(width);
    }
    printRow(output, m_headers, widths);
    for (const auto& row : m_rows) {
        printRow(output, row.cells, widths);
        for (const auto& note : row.notes) {
            output.stream << "    " << note << '\n';
        }
    }
}

void Table::printRow(const Output& output,
                     const std::vector<Cell>& cells,
                     const std::vector<std::size_t>& widths) const
{
    std::size_t used = 0;
    for (std::size_t column = 0; column < cells.size(); ++column) {
        const Cell& cell = cells[column];
        if (column + 1 == cells.size()) {
            const std::size_t left
                = output.columns > used + kLastColumnMin ? output.columns - used : 0;
            output.stream << output.paint(cell.paint,
                                          left > 0 ? cutToWidth(cell.text, left) : cell.text);
            break;
        }
        const std::size_t padding = widths[column] - displayWidth(cell.text);
        output.stream << output.paint(cell.paint, cell.text) << std::string(padding, ' ') << kGap;
        used += widths[column] + kGap.size();
    }
    output.stream << '\n';
}

std::string memberText(const Json& row, std::string_view name)
{
    const Json* value = findMember(row, name);
    return value == nullptr  ? "-"
        : value->is_string() ? std::string(value->get_string())
                             : printJson(*value);
}

void printFields(const Output& output, const std::vector<std::pair<std::string, Cell>>& fields)
{
    std::size_t width = 0;
    for (const auto& [name, cell] : fields) {
        width = std::max(width, cell.text.empty() ? 0 : name.size());
    }
    for (const auto& [name, cell] : fields) {
        if (!cell.text.empty()) {
            output.stream << output.paint(Paint::Dim, name) << std::string(width - name.size(), ' ')
                          << kGap << output.paint(cell.paint, printable(cell.text)) << '\n';
        }
    }
}

} // namespace exhibit::ctl
