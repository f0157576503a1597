// SPDX-License-Identifier: Apache-2.0
#include "ui/search/query_bar.h"

#include "ui/search/chip_row.h"
#include "ui/search/history_dialog.h"
#include "ui/search/query_builder.h"
#include "ui/search/query_field.h"
#include "ui/search/query_reference.h"
#include "ui/search/saved_searches.h"
#include "ui/search/value_filter.h"
#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/widgets/busy_line.h"
#include "ui/widgets/time_display.h"
#include "ui/widgets/tool_bar_parts.h"
#include "ui/windows/connection_bar.h"
#include "ui/windows/job_bar.h"
#include "ui/windows/known_values.h"

#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QVBoxLayout>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr int kLongMs = 250;
constexpr int kTickMs = 1000;
constexpr qsizetype kHistoryShown = 25; ///< In the menu; the dialog has all of them.

QToolButton* menuButton(Icon symbol, const QString& text, QWidget* parent)
{
    auto* button = new QToolButton(parent);
    button->setIcon(icon(symbol));
    button->setText(text);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setPopupMode(QToolButton::InstantPopup);
    button->setProperty("framed", true);
    button->setFocusPolicy(Qt::TabFocus);
    button->setMinimumHeight(scaled(28));
    button->setMenu(new QMenu(button)); // The button owns it.
    return button;
}

} // namespace

QueryBar::QueryBar(SearchController& search, QWidget* parent)
    : QWidget(parent)
    , m_search(search)
    , m_known(new KnownValues(*search.services().sources, this))
{
    setObjectName(u"query.bar"_s);
    m_busy = new BusyLine(this);
    m_error = new QLabel(this);
    m_error->setFont(typeFont(TypeRole::Small));
    makeFailed(m_error);
    m_error->hide();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(scaled(8), scaled(5), scaled(8), 0);
    layout->setSpacing(scaled(5));
    layout->addWidget(new ConnectionBar(search.services(), this));
    layout->addWidget(new JobBar(search.services(), this));
    layout->addWidget(fieldRow());
    layout->addWidget(m_error);
    layout->addWidget(chipRow());
    layout->addWidget(m_busy);
    setFocusProxy(m_field);
    connectSearch();
    showCounts();
}

QWidget* QueryBar::fieldRow()
{
    auto* row = new QWidget(this);
    m_field = new QueryField(row);
    completeValues();
    auto* history = menuButton(Icon::History, tr("History"), row);
    connect(history->menu(), &QMenu::aboutToShow, this, [this, history] {
        fillHistory(history->menu());
    });
    auto* saved = menuButton(Icon::Bookmark, tr("Saved"), row);
    auto* searches = new SavedSearches(m_search, this); // This owns it.
    connect(saved->menu(), &QMenu::aboutToShow, searches, [searches, saved] {
        searches->fill(*saved->menu());
    });
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_field, 1);
    layout->addWidget(actionButton(
        m_search.services().actions->action(u"search.builder"), row, true, tr("Builder")));
    layout->addWidget(history);
    layout->addWidget(saved);
    return row;
}

/// First what the results have, then what the server knows beside them.
void QueryBar::completeValues()
{
    m_field->setValueSource([this](const QString& field, const QString& prefix) {
        QList<QueryField::KnownValue> values;
        const QStringList here = m_search.knownValues(field);
        for (const QString& value : here) {
            if (value.startsWith(prefix, Qt::CaseInsensitive)) {
                values << QueryField::KnownValue{value, tr("seen in these results")};
            }
        }
        for (const QString& value : m_known->found(field, prefix)) {
            if (!here.contains(value)) {
                values << QueryField::KnownValue{value, tr("recorded")};
            }
        }
        m_known->want(field, prefix);
        return values;
    });
    connect(m_known, &KnownValues::arrived, m_field, &QueryField::completeAgain);
}

QWidget* QueryBar::chipRow()
{
    auto* row = new QWidget(this);
    m_chips = new ChipRow(m_search, row);
    m_counts = new QLabel(row);
    m_counts->setTextFormat(Qt::RichText);
    m_new = new QLabel(row);
    m_new->setForegroundRole(QPalette::PlaceholderText);
    m_show = actionButton(
        m_search.services().actions->action(u"search.show_new"), row, true, tr("Show"));
    m_show->setToolButtonStyle(Qt::ToolButtonTextOnly);
    m_cancel = actionButton(
        m_search.services().actions->action(u"search.cancel"), row, true, tr("Cancel"));
    m_cancel->setObjectName(u"search.cancel.button"_s);
    m_cancel->hide();
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_chips, 1);
    layout->addWidget(m_counts);
    layout->addWidget(m_cancel);
    layout->addSpacing(scaled(8));
    layout->addWidget(m_new);
    layout->addWidget(m_show);
    row->setMinimumHeight(scaled(26));
    return row;
}

void QueryBar::connectSearch()
{
    auto& actions = *m_search.services().actions;
    actions.handle(u"search.focus", this, [this] {
        m_field->setFocus(Qt::ShortcutFocusReason);
        m_field->selectAll();
    });
    actions.handle(u"search.builder", this, [this] { QueryBuilder::open(m_search); });
    actions.handle(u"help.query", this, [this] { QueryReference::open(window()); });
    actions.handle(u"search.history", this, [this] { HistoryDialog::open(m_search, window()); });
    connect(m_field, &QLineEdit::textEdited, this, [this](const QString& text) {
        m_search.setText(text, false);
    });
    connect(
        m_field, &QueryField::committed, this, [this] { m_search.setText(m_field->text(), true); });
    connect(
        m_chips, &ChipRow::editAsked, this, [this] { m_field->setFocus(Qt::OtherFocusReason); });
    connect(&m_search, &SearchController::textChanged, this, [this] {
        m_field->showText(m_search.text());
        m_field->setError(m_search.error());
    });
    connect(m_field, &QueryField::errorShown, this, [this](const QString& message) {
        m_error->setText(message);
        m_error->setVisible(!message.isEmpty());
    });
    connect(m_search.services().selection,
            &Selection::filterOffered,
            this,
            [this](QMenu* menu, query::Field field, const std::string& value) {
                addFilterMenu(*menu, m_search, {field, value});
            });
    connect(&m_search, &SearchController::stateChanged, this, &QueryBar::showState);
    m_long.setSingleShot(true);
    m_long.setInterval(kLongMs);
    connect(&m_long, &QTimer::timeout, this, [this] { m_cancel->show(); });
    m_tick.setInterval(kTickMs);
    connect(&m_tick, &QTimer::timeout, this, &QueryBar::showCounts);
    connect(&m_search, &SearchController::countsChanged, this, &QueryBar::showCounts);
}

void QueryBar::showState()
{
    const bool works = m_search.state() == SearchState::Working;
    m_busy->setBusy(works);
    if (!works) {
        m_long.stop();
        m_tick.stop();
        m_cancel->hide();
    } else if (!m_cancel->isVisible()) {
        m_long.start();
    }
    if (works) { // A newer search begins anew.
        m_since.start();
        m_tick.start();
    }
    showCounts();
}

void QueryBar::showCounts()
{
    const QString about = m_search.totalIsEstimate() ? tr("about ") : QString();
    const QString found = about + u"<b>"_s + grouped(m_search.total()) + u"</b>"_s;
    const auto all = m_search.grandTotal();
    QString text;
    if (m_search.state() == SearchState::Working) {
        text = workingText();
    } else if (m_search.state() == SearchState::Cancelled && m_search.results().rowCount() == 0) {
        text = tr("cancelled");
    } else if (m_search.state() == SearchState::Failed
               || m_search.state() == SearchState::Cancelled) {
        text = tr("%1 as of %2, not current")
                   .arg(totalText(m_search.total(), m_search.totalIsEstimate()),
                        TimeDisplay::instance().clock(m_search.asOf()));
    } else if (all && !m_search.shownQuery().empty()) {
        text = tr("%1 of %2 incident(s)", nullptr, forPlural(all->count))
                   .arg(found, totalText(all->count, all->isEstimate));
    } else {
        text = tr("%1 incident(s)", nullptr, forPlural(m_search.total())).arg(found);
    }
    m_counts->setText(text);
    const auto [newer, isAbout] = m_search.newCount();
    const bool fresh = newer > 0;
    m_new->setText(fresh ? tr("%1 new since %2")
                               .arg(totalText(newer, isAbout),
                                    TimeDisplay::instance().shortClock(m_search.asOf()))
                         : QString());
    m_new->setVisible(fresh);
    m_show->setVisible(fresh);
}

QString QueryBar::workingText() const
{
    const int seconds = static_cast<int>(m_since.elapsed() / kTickMs);
    return seconds == 0 ? tr("searching …") : tr("searching, %n s …", nullptr, seconds);
}

QString QueryBar::countText() const
{
    QString text = m_counts->text();
    return text.remove(u"<b>"_s).remove(u"</b>"_s);
}

void QueryBar::fillHistory(QMenu* menu)
{
    menu->clear();
    const auto past = m_search.memory().past();
    for (const auto& one : past.mid(0, kHistoryShown)) {
        QString label = one.query.left(90);
        label.replace(QLatin1Char('&'), u"&&"_s);
        auto* action = menu->addAction(tr("%1     %2 found, %3")
                                           .arg(label,
                                                grouped(one.total),
                                                TimeDisplay::instance().shortClock(fromMicroseconds(
                                                    one.at.toMSecsSinceEpoch() * 1000))));
        connect(action, &QAction::triggered, this, [this, query = one.query] {
            m_search.show({query, m_search.order()});
        });
    }
    if (past.isEmpty()) {
        menu->addAction(tr("No searches yet"))->setEnabled(false);
    }
    menu->addSeparator();
    menu->addAction(m_search.services().actions->action(u"search.history"));
}

void QueryBar::paintEvent(QPaintEvent* event)
{
    Q_UNUSED(event);
    QPainter(this).fillRect(rect(), colour(Role::Window));
}

} // namespace exhibit::ui
