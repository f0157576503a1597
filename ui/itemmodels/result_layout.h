// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtGlobal>

#include <optional>
#include <string>
#include <vector>

namespace exhibit::ui {

/// Results that have one value of a field, below a row of their own.
struct ResultGroup {
    std::optional<std::string> value; ///< Of the server; nullopt: none, or one not listed.
    qint64 count = 0;
    bool isEstimate = false;
    bool isOpen = false;
};

/// Which row of the table is which: the header of a group or one of its rows. Without groups there
/// is one that is always open and has no header.
class ResultLayout {
public:
    /// Groups are far apart in the numbers that rows are kept under (ResultsModel's pages).
    static constexpr qint64 kStride = 10'000'000'000;

    struct Place {
        int group = 0;
        qint64 row = 0; ///< Within the group; -1 is its header.

        [[nodiscard]] bool isHeader() const { return row < 0; }
        /// Where a row is kept; pages divide kStride.
        [[nodiscard]] qint64 address() const { return group * kStride + row; }
    };

    void setFlat(qint64 rows);
    void setGroups(std::vector<ResultGroup> groups);
    void setOpen(int group, bool open);
    void setCount(int group, qint64 count, bool isEstimate);

    [[nodiscard]] bool isGrouped() const { return m_isGrouped; }
    [[nodiscard]] const std::vector<ResultGroup>& groups() const { return m_groups; }
    [[nodiscard]] int rows() const { return m_rows; }
    [[nodiscard]] Place at(int row) const;
    [[nodiscard]] static Place placeOf(qint64 address);
    /// Row of the table, also behind the end of the group; of a closed group the header's.
    [[nodiscard]] int rowOf(const Place& place) const;

private:
    [[nodiscard]] int rowsOf(const ResultGroup& group) const;
    void place();

    std::vector<ResultGroup> m_groups{ResultGroup{std::nullopt, 0, false, true}};
    std::vector<int> m_first; ///< Of each group.
    int m_rows = 0;
    bool m_isGrouped = false;
};

} // namespace exhibit::ui
