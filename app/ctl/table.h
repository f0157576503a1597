// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ctl/terminal.h"
#include "models/base/json.h"

#include <string>
#include <vector>

namespace exhibit::ctl {

struct Cell {
    std::string text; ///< From anywhere; made printable here.
    Paint paint = Paint::Plain;
};

/// A member as a cell shows it: text as it is, other values as JSON, "-" when it is absent.
[[nodiscard]] std::string memberText(const Json& row, std::string_view name);

/// Aligned columns with a header. On a terminal the last column is cut to the width that is left;
/// in a pipe nothing is, so that scripts see whole values.
class Table {
public:
    explicit Table(std::vector<std::string> headers);

    /// As many cells as headers.
    void add(std::vector<Cell> cells);
    /// A line under the row added last; printable already.
    void addNote(std::string note);
    [[nodiscard]] bool empty() const { return m_rows.empty(); }
    void print(const Output& output) const;

private:
    struct Row {
        std::vector<Cell> cells;
        std::vector<std::string> notes;
    };
    void printRow(const Output& output,
                  const std::vector<Cell>& cells,
                  const std::vector<std::size_t>& widths) const;

    std::vector<Cell> m_headers;
    std::vector<Row> m_rows;
};

/// "name  value" lines, the names aligned; empty values are left out.
void printFields(const Output& output, const std::vector<std::pair<std::string, Cell>>& fields);

} // namespace exhibit::ctl
