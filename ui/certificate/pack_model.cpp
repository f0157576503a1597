// SPDX-License-Identifier: Apache-2.0
#include "ui/certificate/pack_model.h"

#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/marks.h"

#include <QHash>
#include <QLocale>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;
using evidence::CheckResult;

QString sizeText(std::uint64_t bytes)
{
    if (bytes < 1000) {
        return PackModel::tr("%1 B").arg(bytes);
    }
    return QLocale::c().formattedDataSize(static_cast<qint64>(bytes), 1, QLocale::DataSizeSIFormat);
}

/// A failure outweighs everything, what was not looked at everything else.
CheckResult worse(CheckResult a, CheckResult b)
{
    const auto weight = [](CheckResult result) {
        return result == CheckResult::Failed ? 2 : result == CheckResult::NotChecked ? 1 : 0;
    };
    return weight(a) >= weight(b) ? a : b;
}

} // namespace

PackModel::PackModel(const EvidenceList& list, QObject* parent)
    : QAbstractItemModel(parent)
    , m_list(list)
{
    rebuild();
}

void PackModel::rebuild()
{
    beginResetModel();
    m_nodes.clear();
    m_tops.clear();
    for (std::size_t i = 0; i < m_list.files().size(); ++i) {
        const auto& file = m_list.files()[i];
        const int top = add(-1, file.name(), static_cast<int>(i));
        auto& node = m_nodes.at(static_cast<std::size_t>(top));
        if (!file.isVerified()) {
            node.note = file.cancelled ? tr("not verified") : tr("verifying…");
            continue;
        }
        node.note = sizeText(file.inspection.size);
        node.result = file.inspection.report.hasFailure()                ? CheckResult::Failed
            : file.inspection.report.verdict == evidence::Verdict::Valid ? CheckResult::Passed
                                                                         : CheckResult::NotChecked;
        addContents(top, file, static_cast<int>(i));
    }
    endResetModel();
}

void PackModel::addContents(int top, const EvidenceFile& file, int number)
{
    QHash<QString, int> folders;
    for (const auto& one : file.inspection.files) {
        QString path = toQt(one.path);
        if (path.startsWith(u"data/"_s)) {
            path.remove(0, 5);
        }
        const auto slash = path.indexOf(QLatin1Char('/'));
        int parent = top;
        if (slash > 0) {
            const QString folder = path.left(slash);
            if (!folders.contains(folder)) {
                const int made = add(top, folder, number);
                m_nodes[static_cast<std::size_t>(made)].result = CheckResult::Passed;
                folders.insert(folder, made);
            }
            parent = folders.value(folder);
        }
        const int made = add(parent, path.mid(slash + 1), number);
        auto& node = m_nodes[static_cast<std::size_t>(made)];
        node.result = one.result;
        node.note = sizeText(one.size);
        if (parent != top) {
            auto& folder = m_nodes[static_cast<std::size_t>(parent)];
            folder.result = worse(folder.result, one.result);
            folder.note = grouped(static_cast<qint64>(folder.children.size()));
        }
    }
}

int PackModel::add(int parent, const QString& name, int file)
{
    const int made = static_cast<int>(m_nodes.size());
    auto& siblings = parent < 0 ? m_tops : m_nodes[static_cast<std::size_t>(parent)].children;
    const int row = static_cast<int>(siblings.size());
    siblings.push_back(made);
    m_nodes.push_back({parent, row, name, {}, CheckResult::NotChecked, file, {}});
    return made;
}

const std::vector<int>& PackModel::below(const QModelIndex& parent) const
{
    return parent.isValid() ? m_nodes[parent.internalId()].children : m_tops;
}

QModelIndex PackModel::index(int row, int column, const QModelIndex& parent) const
{
    const auto& rows = below(parent);
    if (row < 0 || column < 0 || column >= ColumnCount || row >= static_cast<int>(rows.size())) {
        return {};
    }
    return createIndex(row, column, static_cast<quintptr>(rows[static_cast<std::size_t>(row)]));
}

QModelIndex PackModel::parent(const QModelIndex& child) const
{
    const int above = child.isValid() ? m_nodes[child.internalId()].parent : -1;
    return above < 0 ? QModelIndex()
                     : createIndex(m_nodes[static_cast<std::size_t>(above)].row,
                                   0,
                                   static_cast<quintptr>(above));
}

int PackModel::rowCount(const QModelIndex& parent) const
{
    return parent.column() > 0 ? 0 : static_cast<int>(below(parent).size());
}

int PackModel::columnCount(const QModelIndex& parent) const
{
    Q_UNUSED(parent)
    return ColumnCount;
}

QVariant PackModel::data(const QModelIndex& index, int role) const
{
    const auto& node = m_nodes[index.internalId()];
    const bool leaf = node.children.empty() && node.parent >= 0;
    switch (role) {
    case Qt::DisplayRole:
        return index.column() == Name ? node.name : node.note;
    case Qt::TextAlignmentRole:
        return static_cast<int>((index.column() == Name ? Qt::AlignLeading : Qt::AlignTrailing)
                                | Qt::AlignVCenter);
    case Qt::FontRole:
        return node.parent < 0               ? boldFont(TypeRole::Body)
            : index.column() == Name && leaf ? typeFont(TypeRole::Mono)
                                             : typeFont(TypeRole::Body);
    case Qt::DecorationRole:
        return index.column() == Name
            ? QVariant(icon(leaf || node.parent < 0 ? Icon::File : Icon::Folder))
            : QVariant();
    case Qt::AccessibleTextRole:
        return QString(node.name + u", "_s + wordOf(markOf(node.result)));
    case ResultRole:
        return static_cast<int>(node.result);
    case FileRole:
        return node.file;
    default:
        return {};
    }
}

} // namespace exhibit::ui
