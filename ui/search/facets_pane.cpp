// SPDX-License-Identifier: Apache-2.0
#include "ui/search/facets_pane.h"

#include "models/query/fields.h"
#include "ui/search/result_delegate.h"
#include "ui/search/value_filter.h"
#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"

#include <QCoreApplication>
#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
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
        {"tag", QT_TRANSLATE_NOOP("Facets", "Tag")},
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

constexpr auto kHeading = "heading:"_L1;
constexpr auto kMore = "more:"_L1;
constexpr auto kFewer = "fewer:"_L1;
constexpr auto kExactly = "exactly:"_L1; ///< Of a value that no list names.

/// What a row stands for, when it is a value.
std::optional<FilterValue> valueOf(const QString& key)
{
    const auto* spec = query::findField(fromQt(key.section(QLatin1Char(':'), 0, 0)));
    return spec != nullptr
        ? std::optional(FilterValue{spec->field, fromQt(key.section(QLatin1Char(':'), 1))})
        : std::nullopt;
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
    , m_delegate(new FacetDelegate(m_view))
{
    m_filter->setPlaceholderText(tr("Filter facets"));
    m_filter->setAccessibleName(tr("Filter facets"));
    m_filter->addAction(icon(Icon::Funnel), QLineEdit::LeadingPosition);
    m_view->setModel(m_model);
    m_view->setHeaderHidden(true);
    m_view->setIndentation(0);
    m_view->setRootIsDecorated(false);
    m_view->setExpandsOnDoubleClick(false); // A click does, twice.
    m_view->setUniformRowHeights(true);
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setItemDelegate(m_delegate); // The view owns it.
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
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
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString& text) {
        if (!text.trimmed().isEmpty()) {
            askAll();
        }
        fill();
    });
    connect(&search, &SearchController::countsChanged, this, &FacetsPane::refill);
    connect(&search, &SearchController::stateChanged, this, &FacetsPane::refill);
    connect(m_model, &QStandardItemModel::itemChanged, this, &FacetsPane::changed);
    connect(m_view, &QTreeView::activated, this, &FacetsPane::activate);
    connect(m_view, &QTreeView::clicked, this, [this](const QModelIndex& index) {
        if (!index.parent().isValid()) {
            m_view->setExpanded(index, !m_view->isExpanded(index));
        }
    });
    connect(m_view, &QTreeView::collapsed, this, [this](const QModelIndex& index) {
        if (!m_filling) { // A refill opens and folds as it was.
            m_folded.insert(index.data(kFacetKeyRole).toString());
        }
    });
    connect(m_view, &QTreeView::expanded, this, [this](const QModelIndex& index) {
        if (!m_filling) {
            m_folded.remove(index.data(kFacetKeyRole).toString());
        }
    });
    connect(m_view, &QWidget::customContextMenuRequested, this, &FacetsPane::openMenu);
    fill();
}

/// Lists of other rows say nothing of these.
void FacetsPane::refill()
{
    if (m_search.facetsCounted() != Counted::Yes) {
        m_all.clear();
        m_asked = false;
    } else if (!m_asked && (!m_open.empty() || !m_filter->text().trimmed().isEmpty())) {
        askAll();
    }
    m_delegate->setStale(m_search.facetsCounted() == Counted::NotYet
                         || m_search.state() == SearchState::Working);
    m_view->setAccessibleDescription(m_search.facetsCounted() == Counted::NotYet
                                         ? tr("counting; these are of the result before")
                                         : QString());
    fill();
}

void FacetsPane::askAll()
{
    if (m_asked || m_search.facetsCounted() != Counted::Yes) {
        return;
    }
    m_asked = true;
    std::vector<std::string> fields;
    for (const auto& facet : m_search.facets().facets) {
        fields.push_back(facet.field);
    }
    m_search.listValues(std::move(fields), this, [this](const domain::FacetsReply& reply) {
        for (const auto& facet : reply.facets) {
            m_all[facet.field] = facet;
        }
        fill();
    });
}

void FacetsPane::fill()
{
    const int scroll = m_view->verticalScrollBar()->value();
    const QPersistentModelIndex current = m_view->currentIndex();
    const QString key = current.isValid() ? current.data(kFacetKeyRole).toString() : QString();
    m_filling = true;
    m_model->clear();
    for (const auto& facet : m_search.facets().facets) {
        addFacet(facet);
    }
    if (m_search.facets().facets.empty() && m_search.countsFailure()) {
        auto* none = new QStandardItem(tr("not counted")); // The model owns it.
        none->setFlags(Qt::ItemIsEnabled);
        m_model->appendRow(none);
    }
    for (int row = 0; row < m_model->rowCount(); ++row) {
        const QModelIndex heading = m_model->index(row, 0);
        const bool folded = m_folded.contains(heading.data(kFacetKeyRole).toString());
        m_view->setExpanded(heading, !folded || !m_filter->text().trimmed().isEmpty());
    }
    m_view->verticalScrollBar()->setValue(scroll);
    const auto found = m_model->match(
        m_model->index(0, 0), kFacetKeyRole, key, 1, Qt::MatchExactly | Qt::MatchRecursive);
    QModelIndex chosen = found.isEmpty() ? m_model->index(0, 0) : found.first();
    if (chosen.parent().isValid() && !m_view->isExpanded(chosen.parent())) {
        chosen = chosen.parent(); // What is folded stays so.
    }
    m_view->setCurrentIndex(chosen);
    m_filling = false;
}

void FacetsPane::addFacet(const domain::Facet& counted)
{
    const QString filter = m_filter->text().trimmed();
    const bool wantsAll = !filter.isEmpty() || m_open.contains(counted.field);
    const auto all = wantsAll ? m_all.find(counted.field) : m_all.end();
    const domain::Facet& facet = all != m_all.end() ? all->second : counted;
    if (query::findField(facet.field) == nullptr || facet.values.empty()) {
        return;
    }
    auto* heading = new QStandardItem(fieldTitle(facet.field));
    heading->setFlags(Qt::ItemIsEnabled);
    heading->setData(QString(kHeading + toQt(facet.field)), kFacetKeyRole);
    auto values = facet.values;
    if (facet.field == "severity") {
        std::sort(values.begin(), values.end(), [](const auto& a, const auto& b) {
            return severityRank(a) > severityRank(b);
        });
    }
    for (const auto& value : values) {
        addValue(*heading, facet.field, value);
    }
    addRest(*heading, facet, all != m_all.end());
    if (heading->rowCount() > 0) {
        m_model->appendRow(heading);
    } else {
        delete heading;
    }
}

void FacetsPane::addValue(QStandardItem& heading,
                          const std::string& field,
                          const domain::FacetValue& value)
{
    Mark mark = Mark::None;
    const QString text = valueText(field, value.value, mark);
    const QString filter = m_filter->text().trimmed();
    if (!filter.isEmpty() && !text.contains(filter, Qt::CaseInsensitive)) {
        return;
    }
    const auto chosen = query::chosenValues(m_search.query(), query::findField(field)->field);
    const bool on = std::find(chosen.begin(), chosen.end(), value.value) != chosen.end();
    const bool about = m_search.facets().isEstimate;
    auto* item = new QStandardItem(text); // The heading owns it.
    item->setCheckable(true);
    item->setCheckState(on ? Qt::Checked : Qt::Unchecked);
    item->setData(static_cast<int>(mark), kMarkRole);
    item->setData(static_cast<qlonglong>(value.count), kFacetCountRole);
    item->setData(about, kFacetAboutRole);
    item->setData(toQt(field + ":" + value.value), kFacetKeyRole);
    item->setData((about ? tr("%1, about %2 match(es)", nullptr, forPlural(value.count))
                         : tr("%1, %2 match(es)", nullptr, forPlural(value.count)))
                      .arg(text, grouped(value.count)),
                  Qt::AccessibleTextRole);
    if (about) {
        item->setToolTip(tr("Estimated from a sample of all matches"));
    }
    heading.appendRow(item);
}

void FacetsPane::addRest(QStandardItem& heading, const domain::Facet& facet, bool all)
{
    const QString field = toQt(facet.field);
    const QString filter = m_filter->text().trimmed();
    const auto* spec = query::findField(facet.field);
    if (!filter.isEmpty()) {
        // A list ends somewhere, and a projected one does not know rare values.
        const bool complete = facet.others == 0 && !m_search.facets().isEstimate;
        if (all && !complete && heading.rowCount() == 0 && spec->kind == query::ValueKind::Text) {
            addNote(heading,
                    tr("Search for %1").arg(inQuotes(filter)),
                    kExactly + field + u':' + filter);
        }
        return;
    }
    if (facet.others > 0) {
        auto* rest = !all && facet.values.size() >= SearchController::kFacetValues
            ? addNote(heading, tr("more…"), kMore + field)
            : addNote(heading, all ? tr("not listed") : tr("without one"), {});
        rest->setData(static_cast<qlonglong>(facet.others), kFacetCountRole);
        rest->setData(m_search.facets().isEstimate, kFacetAboutRole);
    }
    if (all && m_open.contains(facet.field)) {
        addNote(heading, tr("fewer"), kFewer + field);
    }
}

QStandardItem* FacetsPane::addNote(QStandardItem& heading, const QString& text, const QString& key)
{
    auto* item = new QStandardItem(text); // The heading owns it.
    item->setFlags(key.isEmpty() ? Qt::ItemIsEnabled : Qt::ItemIsEnabled | Qt::ItemIsSelectable);
    item->setData(key, kFacetKeyRole);
    heading.appendRow(item);
    return item;
}

void FacetsPane::activate(const QModelIndex& index)
{
    auto* item = m_model->itemFromIndex(index);
    if (item != nullptr && item->isCheckable()) {
        item->setCheckState(item->checkState() == Qt::Checked ? Qt::Unchecked : Qt::Checked);
        return;
    }
    const QString key = index.data(kFacetKeyRole).toString();
    if (key.startsWith(kMore)) {
        showMore(fromQt(key.mid(kMore.size())));
    } else if (key.startsWith(kFewer)) {
        m_open.erase(fromQt(key.mid(kFewer.size())));
        fill();
    } else if (key.startsWith(kExactly)) {
        if (const auto value = valueOf(key.mid(kExactly.size()))) {
            filterAdd(m_search, *value);
        }
    }
}

void FacetsPane::showMore(const std::string& field)
{
    m_open.insert(field);
    askAll();
    fill();
}

void FacetsPane::openMenu(const QPoint& at)
{
    const auto index = m_view->indexAt(at);
    const auto value = valueOf(index.data(kFacetKeyRole).toString());
    if (!value || !index.data(Qt::CheckStateRole).isValid()) {
        return;
    }
    auto* menu = new QMenu(this);
    menu->setObjectName(u"facets.menu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    addFilterActions(*menu, m_search, *value);
    menu->popup(m_view->viewport()->mapToGlobal(at));
}

void FacetsPane::changed(QStandardItem* item)
{
    if (m_filling || !item->isCheckable()) {
        return;
    }
    const auto value = valueOf(item->data(kFacetKeyRole).toString());
    const bool on = item->checkState() == Qt::Checked;
    const auto query = on ? query::withAdded(m_search.query(), value->field, value->value)
                          : query::withRemoved(m_search.query(), value->field, value->value);
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
