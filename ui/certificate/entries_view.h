// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/certificate/evidence_list.h"

#include <QAbstractTableModel>
#include <QWidget>

class QLabel;
class QTableView;
class QTabWidget;
class QVBoxLayout;

namespace exhibit::ui {

/// The entries of a pack: sequence number, type, the server's clock, whether its hashes fit.
class EntriesModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Sequence, Type, Time, Chain, ColumnCount };
    static constexpr int kResultRole = Qt::UserRole;

    using QAbstractTableModel::QAbstractTableModel;
    void setEntries(std::vector<evidence::InspectedEntry> entries);
    [[nodiscard]] const evidence::InspectedEntry& entry(int row) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section,
                                      Qt::Orientation orientation,
                                      int role) const override;

private:
    std::vector<evidence::InspectedEntry> m_entries;
};

class HexView;
class ProofView;

/// The ledger's entries in a file, and what was left out of it, as loud as a failure; of the entry
/// that is selected its proof and its bytes.
class EntriesView : public QWidget {
    Q_OBJECT

public:
    explicit EntriesView(QWidget* parent);
    void show(const evidence::Inspection& inspection);
    /// Also from elsewhere: the failing entry.
    void select(std::uint64_t sequence);
    [[nodiscard]] ProofView& proof() { return *m_proof; }
    [[nodiscard]] HexView& bytes() { return *m_bytes; }
    [[nodiscard]] QTabWidget& tabs() { return *m_tabs; }

private:
    void makeTable();
    QWidget* withheldPart();
    void showWithheld(const evidence::Inspection& inspection);
    void showEntry();

    QTableView* m_table;
    EntriesModel* m_model;
    QTabWidget* m_tabs;
    ProofView* m_proof;
    HexView* m_bytes;
    QLabel* m_withheldHeading;
    QVBoxLayout* m_withheld;
};

} // namespace exhibit::ui
