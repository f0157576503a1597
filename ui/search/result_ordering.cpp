// SPDX-License-Identifier: Apache-2.0
#include "ui/search/result_ordering.h"

#include "models/base/limits.h"
#include "models/query/fields.h"
#include "ui/search/results_view.h"
#include "ui/text.h"
#include "ui/widgets/message_bar.h"

#include <QActionGroup>
#include <QCoreApplication>
#include <QMenu>

#include <algorithm>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

QString sortName(domain::SearchSort sort)
{
    for (const auto& column : incidentColumns()) {
        if (column.sort == sort) {
            return columnHeader(column).toLower();
        }
    }
    return {};
}

bool canGroup(const std::optional<query::Field>& field)
{
    return field
        && std::find(groupFields().begin(), groupFields().end(), *field) != groupFields().end();
}

} // namespace

ResultOrdering::ResultOrdering(SearchController& search, ResultsView& view, MessageBar& bar)
    : QObject(&view)
    , m_search(search)
    , m_view(view)
    , m_bar(bar)
{
    connect(&view, &ResultsView::sortAsked, this, &ResultOrdering::sortBy);
    connect(&search, &SearchController::orderChanged, this, &ResultOrdering::showOrder);
    auto& actions = *search.services().actions;
    actions.handle(
        u"search.sort_column", &view, [this] { sortBy(m_view.currentIndex().column(), false); });
    actions.handle(u"search.sort_newest", &view, [this] { sortBy(0, true); });
    actions.handle(u"search.group", &view, [this] { openMenu(); });
    actions.handle(u"search.open_groups", &view, [this] { m_search.results().setAllOpen(true); });
    actions.handle(u"search.close_groups", &view, [this] { m_search.results().setAllOpen(false); });
    showOrder();
}

void ResultOrdering::sortBy(int section, bool none)
{
    using domain::SearchOrder;
    ResultOrder order = m_search.order();
    const auto sort
        = section < 0 ? std::nullopt : incidentColumns()[static_cast<std::size_t>(section)].sort;
    if (none) {
        order.sort = domain::SearchSort::Time;
        order.order = SearchOrder::Descending;
    } else if (!sort) {
        return explain(std::max(section, 0));
    } else if (order.sort == *sort) {
        order.order = order.order == SearchOrder::Descending ? SearchOrder::Ascending
                                                             : SearchOrder::Descending;
    } else {
        order.sort = *sort;
        order.order = SearchOrder::Descending; // Most, worst, newest: what one looks for first.
    }
    m_bar.clear();
    m_search.setOrder(order);
    showOrder(); // The header turned its indicator by itself.
}

void ResultOrdering::explain(int section)
{
    const auto& column = incidentColumns()[static_cast<std::size_t>(section)];
    m_bar.showMessage(MessageBar::Kind::Note, sortHelp(column), {});
    if (canGroup(column.field)) {
        m_bar.addAction(tr("Group by %1").arg(columnHeader(column).toLower()), [this, &column] {
            m_bar.clear();
            groupBy(column.field);
        });
    }
    showOrder();
}

void ResultOrdering::groupBy(std::optional<query::Field> field)
{
    ResultOrder order = m_search.order();
    order.group = field;
    m_search.setOrder(order);
}

void ResultOrdering::fillMenu(QMenu& menu)
{
    menu.clear();
    auto* choices = new QActionGroup(&menu); // The menu owns it.
    const auto add = [&](const QString& text, std::optional<query::Field> field) {
        auto* action = menu.addAction(text);
        action->setCheckable(true);
        action->setChecked(m_search.order().group == field);
        choices->addAction(action);
        connect(action, &QAction::triggered, this, [this, field] { groupBy(field); });
    };
    add(tr("One list"), std::nullopt);
    for (const auto field : groupFields()) {
        add(tr("By %1").arg(toQt(query::specOf(field).name)), field);
    }
    menu.addSeparator();
    for (const auto* id : {"search.open_groups", "search.close_groups", "search.sort_newest"}) {
        menu.addAction(m_search.services().actions->action(QString::fromLatin1(id)));
    }
}

void ResultOrdering::openMenu()
{
    auto* menu = new QMenu(&m_view);
    menu->setObjectName(u"group.menu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    fillMenu(*menu);
    menu->popup(m_view.mapToGlobal(QPoint(0, 0)));
    menu->setActiveAction(menu->actions().constFirst());
}

void ResultOrdering::showOrder()
{
    m_view.showOrder(m_search.order());
    auto& actions = *m_search.services().actions;
    const bool grouped = m_search.order().group.has_value();
    actions.action(u"search.open_groups")->setEnabled(grouped);
    actions.action(u"search.close_groups")->setEnabled(grouped);
}

QString ResultOrdering::note() const
{
    const auto& order = m_search.shownOrder();
    QStringList parts;
    if (!order.isNewestFirst()) {
        const bool up = order.order == domain::SearchOrder::Ascending;
        parts << (order.sort == domain::SearchSort::Time
                      ? tr("oldest first")
                      : (up ? tr("by %1, least first") : tr("by %1")).arg(sortName(order.sort)));
    }
    if (order.group) {
        parts << tr("grouped by %1").arg(toQt(query::specOf(*order.group).name));
    }
    if (m_search.results().isCut()) {
        parts << tr("only the first %1 can be listed")
                     .arg(grouped(limits::kPageOffsetMax + PageCache::kPageRows));
    }
    return parts.join(u", "_s);
}

} // namespace exhibit::ui
