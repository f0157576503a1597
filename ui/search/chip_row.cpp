// SPDX-License-Identifier: Apache-2.0
#include "ui/search/chip_row.h"

#include "models/query/fields.h"
#include "ui/text.h"
#include "ui/widgets/filter_chip.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/time_display.h"
#include "ui/widgets/tool_bar_parts.h"

#include <QCoreApplication>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;
using query::Field;

QString shortTime(const std::string& text)
{
    const auto time = parseTime(text);
    if (!time) {
        return toQt(text);
    }
    const QDateTime shown = TimeDisplay::instance().inZone(*time);
    return TimeDisplay::instance().day(*time)
        + shown.toString(shown.time().second() == 0 ? u" HH:mm"_s : u" HH:mm:ss"_s);
}

QString timeRange(const query::Restriction& restriction)
{
    if (restriction.fields.size() == 2) {
        return shortTime(restriction.values.at(0)) + QChar(0x2009) + QChar(0x2013) + QChar(0x2009)
            + shortTime(restriction.values.at(1));
    }
    const QString only = shortTime(restriction.values.at(0));
    return restriction.fields.front() == Field::After
        ? QCoreApplication::translate("Chips", "from %1").arg(only)
        : QCoreApplication::translate("Chips", "before %1").arg(only);
}

} // namespace

ChipText chipText(const query::Restriction& restriction)
{
    if (restriction.mixed) {
        return {QCoreApplication::translate("Chips", "any of"), toQt(restriction.values.front())};
    }
    QStringList values;
    for (const auto& value : restriction.values) {
        values << toQt(value);
    }
    QString name = QCoreApplication::translate("Chips", "text");
    QString value = values.size() == 1 ? values.front() : listed(values);
    if (!restriction.fields.empty()) {
        const Field field = restriction.fields.front();
        const bool time = field == Field::After || field == Field::Before;
        name
            = time ? QCoreApplication::translate("Chips", "time") : toQt(query::specOf(field).name);
        value = time ? timeRange(restriction) : value;
    }
    return {restriction.negated ? QCoreApplication::translate("Chips", "not %1").arg(name) : name,
            value};
}

ChipRow::ChipRow(SearchController& search, QWidget* parent)
    : QWidget(parent)
    , m_search(search)
    , m_layout(new FlowLayout(this))
{
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    connect(&search, &SearchController::textChanged, this, &ChipRow::fill);
    connect(&search, &SearchController::outcomeChanged, this, &ChipRow::fill);
    connect(&TimeDisplay::instance(), &TimeDisplay::changed, this, &ChipRow::fill);
    fill();
}

void ChipRow::fill()
{
    while (auto* item = m_layout->takeAt(0)) {
        item->widget()->deleteLater();
        item->widget()->hide();
        delete item;
    }
    const auto all = query::restrictions(m_search.query());
    for (const auto& restriction : all) {
        const ChipText text = chipText(restriction);
        auto* chip = new FilterChip(text.name, text.value, this);
        connect(chip, &FilterChip::removed, this, [this, groups = restriction.groups] {
            m_search.setQuery(query::withoutGroups(m_search.query(), groups));
        });
        connect(chip, &FilterChip::edited, this, &ChipRow::editAsked);
        m_layout->addWidget(chip);
        chip->show();
    }
    if (!m_search.outcome().isEmpty()) {
        addOutcome();
    }
    if (m_layout->count() > 0) {
        auto* clear = actionButton(
            m_search.services().actions->action(u"search.clear"), this, false, tr("Clear all"));
        clear->setToolButtonStyle(Qt::ToolButtonTextOnly);
        m_layout->addWidget(clear);
        clear->show();
    }
    updateGeometry();
}

/// Of the calls: incidents have no outcome, and are found whatever it is.
void ChipRow::addOutcome()
{
    auto* chip = new FilterChip(
        tr("calls’ outcome"), QString(m_search.outcome()).replace(u'_', u' '), this);
    connect(chip, &FilterChip::removed, this, [this] { m_search.chooseOutcome({}); });
    connect(chip,
            &FilterChip::edited,
            m_search.services().actions->action(u"search.calls"),
            &QAction::trigger);
    m_layout->addWidget(chip);
    chip->show();
}

QStringList ChipRow::texts() const
{
    QStringList texts;
    for (int i = 0; i < m_layout->count(); ++i) {
        if (const auto* chip = qobject_cast<FilterChip*>(m_layout->itemAt(i)->widget())) {
            texts << withoutIsolates(chip->name() + QLatin1Char(' ') + chip->value());
        }
    }
    return texts;
}

} // namespace exhibit::ui
