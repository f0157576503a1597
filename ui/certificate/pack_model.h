// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/certificate/evidence_list.h"

#include <QAbstractItemModel>

namespace exhibit::ui {

/// Opened files, the folders of a pack below them, and the files in those. Copies nothing but
/// positions; made anew whenever the list changes.
class PackModel : public QAbstractItemModel {
    Q_OBJECT

public:
    enum Column { Name, Note, ColumnCount };
    enum DataRole { ResultRole = Qt::UserRole, FileRole }; ///< CheckResult; index of the file.

    PackModel(const EvidenceList& list, QObject* parent);
    void rebuild();

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex& parent) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex& child) const override;
    [[nodiscard]] int rowCount(const QModelIndex& parent) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

private:
    struct Node {
        int parent = -1; ///< -1: no node above it.
        int row = 0;
        QString name;
        QString note;
        evidence::CheckResult result = evidence::CheckResult::NotChecked;
        int file = 0;
        std::vector<int> children;
    };
    int add(int parent, const QString& name, int file);
    void addContents(int top, const EvidenceFile& file, int number);
    [[nodiscard]] const std::vector<int>& below(const QModelIndex& parent) const;

    const EvidenceList& m_list;
    std::vector<Node> m_nodes;
    std::vector<int> m_tops;
};

} // namespace exhibit::ui
