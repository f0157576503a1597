// SPDX-License-Identifier: Apache-2.0
#include "ui/search/history_dialog.h"

#include "ui/text.h"
#include "ui/theme/style.h"
#include "ui/widgets/time_display.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

} // namespace

void HistoryDialog::open(SearchController& search, QWidget* window)
{
    auto* shown = window->findChild<HistoryDialog*>();
    if (shown == nullptr) {
        shown = new HistoryDialog(search, window); // The window owns it.
    }
    shown->m_filter->clear();
    shown->m_cleared = {};
    shown->fill();
    shown->show();
    shown->raise();
    shown->activateWindow();
    shown->m_filter->setFocus();
}

HistoryDialog::HistoryDialog(SearchController& search, QWidget* parent)
    : QDialog(parent)
    , m_search(search)
    , m_filter(new QLineEdit(this))
    , m_list(new QListWidget(this))
    , m_clear(new QPushButton(this))
{
    setObjectName(u"search.history"_s);
    setWindowTitle(tr("Search history"));
    m_filter->setPlaceholderText(tr("Filter queries"));
    m_filter->setAccessibleName(tr("Filter queries"));
    m_filter->installEventFilter(this);
    m_list->setAccessibleName(windowTitle());
    m_list->setUniformItemSizes(true);
    m_list->setTextElideMode(Qt::ElideMiddle);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_filter);
    layout->addWidget(m_list, 1);
    m_clear->setObjectName(u"history.clear"_s);
    m_clear->setAutoDefault(false);
    layout->addWidget(m_clear, 0, Qt::AlignLeft);
    connect(m_clear, &QPushButton::clicked, this, &HistoryDialog::clearOrRestore);
    connect(m_filter, &QLineEdit::textChanged, this, &HistoryDialog::fill);
    connect(m_filter, &QLineEdit::returnPressed, this, &HistoryDialog::choose);
    connect(m_list, &QListWidget::itemActivated, this, &HistoryDialog::choose);
    resize(scaled(640), scaled(480));
}

void HistoryDialog::fill()
{
    const QString filter = m_filter->text().trimmed();
    m_list->clear();
    for (const auto& one : m_search.memory().past()) {
        if (one.query.contains(filter, Qt::CaseInsensitive)) {
            const UtcTime at = fromMicroseconds(one.at.toMSecsSinceEpoch() * 1000);
            auto* item = new QListWidgetItem( // The list owns it.
                tr("%1     %2 found, %3")
                    .arg(one.query, grouped(one.total), TimeDisplay::instance().shortClock(at)),
                m_list);
            item->setData(Qt::UserRole, one.query);
        }
    }
    m_clear->setText(m_cleared.isValid() ? tr("Undo: bring the history back")
                                         : tr("Clear the history"));
    m_clear->setEnabled(m_cleared.isValid() || !m_search.memory().past().isEmpty());
    m_list->setCurrentRow(0); // A table always has a current row.
}

void HistoryDialog::clearOrRestore()
{
    if (m_cleared.isValid()) {
        m_search.memory().restorePast(std::exchange(m_cleared, {}));
    } else {
        m_cleared = m_search.memory().clearPast();
    }
    fill();
}

/// Up and down choose while somebody types.
bool HistoryDialog::eventFilter(QObject* object, QEvent* event)
{
    if (object == m_filter && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Up || key == Qt::Key_Down) {
            const int row = m_list->currentRow() + (key == Qt::Key_Down ? 1 : -1);
            m_list->setCurrentRow(std::clamp(row, 0, std::max(0, m_list->count() - 1)));
            return true;
        }
    }
    return QDialog::eventFilter(object, event);
}

void HistoryDialog::choose()
{
    if (const auto* item = m_list->currentItem()) {
        const QString query = item->data(Qt::UserRole).toString();
        accept();
        m_search.show({query, m_search.order()});
    }
}

} // namespace exhibit::ui
