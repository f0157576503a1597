// SPDX-License-Identifier: Apache-2.0
#include "ui/search/query_builder.h"

#include "models/query/fields.h"
#include "ui/search/builder_row.h"
#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/widgets/tool_bar_parts.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QMainWindow>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr int kCountDelayMs = 250;
constexpr std::uint32_t kValuesMax = 50;

} // namespace

QueryBuilder& QueryBuilder::open(SearchController& search)
{
    auto* window = search.services().window;
    auto* found = window->findChild<QueryBuilder*>(QString(), Qt::FindDirectChildrenOnly);
    if (found == nullptr) {
        found = new QueryBuilder(search); // The window owns it.
    }
    found->m_values.clear(); // What exists may have changed.
    found->showQuery(search.query());
    found->show();
    found->raise();
    found->activateWindow();
    return *found;
}

QueryBuilder::QueryBuilder(SearchController& search)
    : QDialog(search.services().window)
    , m_search(search)
    , m_text(new QLabel(this))
    , m_count(new QLabel(this))
{
    setObjectName(u"query.builder"_s);
    setWindowTitle(tr("Build a query"));
    auto* content = new QWidget(this);
    m_list = new QVBoxLayout(content);
    m_list->setContentsMargins(0, 0, scaled(4), 0);
    m_list->addStretch(1);
    auto* area = new QScrollArea(this);
    area->setWidget(content);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    auto* add = new QPushButton(tr("&Add a condition"), this);
    add->setIcon(icon(Icon::Plus));
    connect(add, &QPushButton::clicked, this, [this] { addRow().setFocus(); });
    m_text->setFont(typeFont(TypeRole::Mono));
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setLayoutDirection(Qt::LeftToRight);
    m_text->setAccessibleName(tr("Query text"));
    makeSecondary(m_count);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    m_apply = buttons->addButton(tr("&Search"), QDialogButtonBox::ApplyRole);
    m_apply->setDefault(true);
    connect(m_apply, &QPushButton::clicked, this, &QueryBuilder::apply);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::close);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(area, 1);
    layout->addWidget(add, 0, Qt::AlignLeft);
    layout->addWidget(horizontalRule(this));
    layout->addWidget(m_text);
    layout->addWidget(m_count);
    layout->addWidget(buttons);
    resize(scaled(680), scaled(360));
    m_countDelay.setSingleShot(true);
    m_countDelay.setInterval(kCountDelayMs);
    connect(&m_countDelay, &QTimer::timeout, this, &QueryBuilder::count);
    // A search drops the questions of counts that stand open.
    connect(&search, &SearchController::resultsShown, this, [this] { m_countDelay.start(); });
    connect(&search, &SearchController::textChanged, this, [this] {
        if (isVisible() && !m_applying && !m_search.error()) {
            showQuery(m_search.query());
        }
    });
}

void QueryBuilder::clear()
{
    for (BuilderRow* row : std::exchange(m_rows, {})) {
        m_list->removeWidget(row);
        row->hide();
        row->deleteLater(); // It may be what told of the change.
    }
}

BuilderRow& QueryBuilder::addRow()
{
    auto* row = new BuilderRow(this); // This owns it, through the list's widget.
    m_list->insertWidget(m_list->count() - 1, row);
    row->setFirst(m_rows.isEmpty());
    m_rows << row;
    connect(row, &BuilderRow::changed, this, &QueryBuilder::changed);
    connect(row, &BuilderRow::fieldChosen, this, [this, row] { wantValues(row); });
    connect(row, &BuilderRow::removed, this, [this, row] { remove(row); });
    row->show();
    return *row;
}

void QueryBuilder::remove(BuilderRow* row)
{
    m_rows.removeOne(row);
    m_list->removeWidget(row);
    row->hide();
    row->deleteLater();
    if (m_rows.isEmpty()) {
        addRow();
    }
    m_rows.front()->setFirst(true);
    changed();
}

void QueryBuilder::showQuery(const query::Query& query)
{
    clear();
    for (const auto& group : query.groups) {
        for (std::size_t i = 0; i < group.size(); ++i) {
            auto& row = addRow();
            row.showClause(group[i], i > 0);
            wantValues(&row);
        }
    }
    if (m_rows.isEmpty()) {
        addRow();
    }
    changed();
}

std::optional<query::Query> QueryBuilder::query() const
{
    query::Query built;
    bool whole = true;
    for (BuilderRow* row : m_rows) {
        const auto clause = row->clause();
        row->showError(clause ? QString() : clause.error());
        whole = whole && clause;
        if (!clause || !*clause) {
            continue;
        }
        if (!row->isOr() || row == m_rows.front() || built.groups.empty()) {
            built.groups.emplace_back();
        }
        built.groups.back().push_back(**clause);
    }
    return whole ? std::optional(std::move(built)) : std::nullopt;
}

void QueryBuilder::changed()
{
    const auto built = query();
    const QString shown = built ? toQt(query::print(*built)) : QString();
    m_text->setText(!built                ? tr("One of the conditions is not complete yet.")
                        : shown.isEmpty() ? tr("Without conditions everything is found.")
                                          : shown);
    m_apply->setEnabled(built.has_value());
    m_count->clear();
    m_countDelay.start();
}

QString QueryBuilder::text() const
{
    const auto built = query();
    return built ? toQt(query::print(*built)) : QString();
}

QString QueryBuilder::countText() const
{
    return m_count->text();
}

void QueryBuilder::count()
{
    const auto built = query();
    if (built && isVisible()) {
        m_search.countOf(*built, this, [this](const Total& found) {
            m_count->setText(tr("%1 incident(s)", nullptr, forPlural(found.count))
                                 .arg(totalText(found.count, found.isEstimate)));
        });
    }
}

void QueryBuilder::apply()
{
    if (const auto built = query()) {
        m_applying = true; // The rows stay as they were written.
        m_search.setQuery(*built);
        m_applying = false;
    }
}

/// Values that exist, with the query's other conditions in force.
void QueryBuilder::wantValues(BuilderRow* row)
{
    const std::string field = fromQt(row->field());
    const auto* spec = query::findField(field);
    auto* source = m_search.services().sources->source();
    const bool counted = spec != nullptr
        && std::find(groupFields().begin(), groupFields().end(), spec->field)
            != groupFields().end();
    if (const auto known = m_values.find(field); known != m_values.end()) {
        row->setValues(known->second);
    } else if (counted && source != nullptr) {
        domain::FacetsRequest asked;
        asked.fields = {field};
        asked.limit = kValuesMax;
        m_valueQuestions[field] = source->facets(
            asked, [this, field](const domain::SourceResult<domain::FacetsReply>& reply) {
                const auto done = std::move(m_valueQuestions[field]);
                QStringList values;
                if (reply && !reply->facets.empty()) {
                    for (const auto& value : reply->facets.front().values) {
                        values << toQt(value.value);
                    }
                }
                m_values[field] = values;
                for (BuilderRow* other : m_rows) {
                    if (fromQt(other->field()) == field) {
                        other->setValues(values);
                    }
                }
            });
    }
}

} // namespace exhibit::ui
