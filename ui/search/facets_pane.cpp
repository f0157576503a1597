// SPDX-License-Identifier: Apache-2.0
#include "ui/search/facets_pane.h"

#include "models/query/fields.h"
#include "ui/search/result_delegate.h"
#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"

#include <QCoreApplication>
#include <QHeaderView>
#include <QLineEdit>
#include <QScrollBar>
#include <QStandardItemModel>
#include <QTreeView>
#include <QVBoxLayout>

#include <algorithm>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

QString fieldTitle(const std::string& field)
{
    constexpr std::pair<const char*, const char*> kTitles[] = {
        {"severity", QT_TRANSLATE_NOOP("Facets", "Severity")},
        {"policy", QT_TRANSLATE_NOOP("Facets", "Policy")},
        {"status", QT_TRANSLATE_NOOP("Facets", "Status")},
        {"model", QT_TRANSLATE_NOOP("Facets", "Model")},
        {"user", QT_TRANSLATE_NOOP("Facets", "User")},
    };
    for (const auto& [name, title] : kTitles) {
        if (field == name) {
            return QCoreApplication::translate("Facets", title);
        }
    }
    return toQt(field);
}

/// The value as people read it, and the mark beside it.
QString valueText(const std::string& field, const std::string& value, Mark& mark)
{
    if (field == "severity") {
        if (const auto severity = parseEnum<domain::Severity>(value)) {
            mark = markOf(*severity);
            return wordOf(mark);
        }
    }
    if (field == "status") {
        if (const auto status = parseEnum<domain::IncidentStatus>(value)) {
            return wordOf(*status);
        }
    }
    return toQt(value);
}

int severityRank(const domain::FacetValue& value)
{
    const auto severity = parseEnum<domain::Severity>(value.value);
    return severity ? static_cast<int>(*severity) : -1;
}

} // namespace

FacetsPane::FacetsPane(SearchController& search, QWidget* parent)
    : QWidget(parent)
    , m_search(search)
    , m_filter(new QLineEdit(this))
    , m_view(new QTreeView(this))
    , m_model(new QStandardItemModel(this))
{
    m_filter->setPlaceholderText(tr("Filter facets"));
    m_filter->setAccessibleName(tr("Filter facets"));
    m_filter->addAction(icon(Icon::Funnel), QLineEdit::LeadingPosition);
    m_view->setModel(m_model);
    m_view->setHeaderHidden(true);
    m_view->setIndentation(0);
    m_view->setRootIsDecorated(false);
    m_view->setUniformRowHeights(true);
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setItemDelegate(new FacetDelegate(m_view)); // The view owns it.
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_view->setAccessibleName(tr("Facets"));
    setFocusProxy(m_view);
    auto* top = new QVBoxLayout;
    top->setContentsMargins(scaled(8), scaled(6), scaled(8), scaled(4));
    top->addWidget(m_filter);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(top);
    layout->addWidget(m_view, 1);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    connect(m_filter, &QLineEdit::textChanged, this, &FacetsPane::fill);
    connect(&search, &SearchController::countsChanged, this, &FacetsPane::fill);
    connect(m_model, &QStandardItemModel::itemChanged, this, &FacetsPane::changed);
    connect(m_view, &QTreeView::activated, this, [this](const QModelIndex& index) {
        if (auto* item = m_model->itemFromIndex(index); item != nullptr && item->isCheckable()) {
            item->setCheckState(item->checkState() == Qt::Checked ? Qt::Unchecked : Qt::Checked);
        }
    });
    fill();
}

void FacetsPane::fill()
{
    const int scroll = m_view->verticalScrollBar()->value();
    const QPersistentModelIndex current = m_view->currentIndex();
    const QString key = current.isValid() ? current.data(kFacetKeyRole).toString() : QString();
    m_filling = true;
    m_model->clear();
    for (const auto& facet : m_search.facets().facets) {
        addFacet(facet, m_filter->text().trimmed());
    }
    if (m_search.facets().facets.empty() && m_search.countsFailure()) {
        auto* none = new QStandardItem(tr("not counted")); // The model owns it.
        none->setFlags(Qt::ItemIsEnabled);
        m_model->appendRow(none);
    }
    m_view->expandAll();
    m_filling = false;
    m_view->verticalScrollBar()->setValue(scroll);
    const auto found = m_model->match(
        m_model->index(0, 0), kFacetKeyRole, key, 1, Qt::MatchExactly | Qt::MatchRecursive);
    m_view->setCurrentIndex(found.isEmpty() ? m_model->index(0, 0) : found.first());
}

void FacetsPane::addFacet(const domain::Facet& facet, const QString& filter)
{
    const auto* spec = query::findField(facet.field);
    if (spec == nullptr || facet.values.empty()) {
        return;
    }
    auto* heading = new QStandardItem(fieldTitle(facet.field));
    heading->setFlags(Qt::ItemIsEnabled);
    const auto chosen = query::chosenValues(m_search.query(), spec->field);
    auto values = facet.values;
    if (facet.field == "severity") {
        std::sort(values.begin(), values.end(), [](const auto& a, const auto& b) {
            return severityRank(a) > severityRank(b);
        });
    }
    for (const auto& value : values) {
        Mark mark = Mark::None;
        const QString text = valueText(facet.field, value.value, mark);
        if (!filter.isEmpty() && !text.contains(filter, Qt::CaseInsensitive)) {
            continue;
        }
        auto* item = new QStandardItem(text);
        const bool on = std::find(chosen.begin(), chosen.end(), value.value) != chosen.end();
        item->setCheckable(true);
        item->setCheckState(on ? Qt::Checked : Qt::Unchecked);
        item->setData(static_cast<int>(mark), kMarkRole);
        item->setData(static_cast<qlonglong>(value.count), kFacetCountRole);
        item->setData(toQt(facet.field + ":" + value.value), kFacetKeyRole);
        item->setData(tr("%1, %2 matches").arg(text, grouped(value.count)), Qt::AccessibleTextRole);
        heading->appendRow(item);
    }
    if (facet.others > 0 && filter.isEmpty()) {
        auto* more = new QStandardItem(tr("others"));
        more->setFlags(Qt::ItemIsEnabled);
        more->setData(static_cast<qlonglong>(facet.others), kFacetCountRole);
        heading->appendRow(more);
    }
    if (heading->rowCount() > 0) {
        m_model->appendRow(heading);
    } else {
        delete heading;
    }
}

void FacetsPane::changed(QStandardItem* item)
{
    if (m_filling || !item->isCheckable()) {
        return;
    }
    const QString key = item->data(kFacetKeyRole).toString();
    const auto* spec = query::findField(fromQt(key.section(QLatin1Char(':'), 0, 0)));
    const std::string value = fromQt(key.section(QLatin1Char(':'), 1));
    const bool on = item->checkState() == Qt::Checked;
    const auto query = on ? query::withAdded(m_search.query(), spec->field, value)
                          : query::withRemoved(m_search.query(), spec->field, value);
    // Later: the model is refilled by what follows, and this is inside its signal.
    QMetaObject::invokeMethod(
        this, [this, query] { m_search.setQuery(query); }, Qt::QueuedConnection);
}

bool FacetsPane::toggle(const QString& field, const QString& value)
{
    const auto found = m_model->match(m_model->index(0, 0),
                                      kFacetKeyRole,
                                      QString(field + u":"_s + value),
                                      1,
                                      Qt::MatchExactly | Qt::MatchRecursive);
    if (found.isEmpty()) {
        return false;
    }
    auto* item = m_model->itemFromIndex(found.first());
    item->setCheckState(item->checkState() == Qt::Checked ? Qt::Unchecked : Qt::Checked);
    return true;
}

} // namespace exhibit::ui
