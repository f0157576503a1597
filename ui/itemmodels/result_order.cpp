// SPDX-License-Identifier: Apache-2.0
#include "ui/itemmodels/result_order.h"

#include "models/query/fields.h"
#include "ui/text.h"

#include <QStringList>

#include <algorithm>

namespace exhibit::ui {
namespace {

constexpr query::Field kGroupFields[] = {query::Field::Policy,
                                         query::Field::User,
                                         query::Field::Session,
                                         query::Field::Model,
                                         query::Field::Severity,
                                         query::Field::Status};

} // namespace

std::span<const query::Field> groupFields()
{
    return kGroupFields;
}

QString printOrder(const ResultOrder& order)
{
    QString text = toQt(wireName(order.sort)) + QLatin1Char(' ') + toQt(wireName(order.order));
    if (order.group) {
        text += QStringLiteral(" by ") + toQt(query::specOf(*order.group).name);
    }
    return text;
}

ResultOrder parseOrder(const QString& text)
{
    const QStringList words = text.split(QLatin1Char(' '));
    const auto sort = parseEnum<domain::SearchSort>(fromQt(words.value(0)));
    const auto way = parseEnum<domain::SearchOrder>(fromQt(words.value(1)));
    ResultOrder order;
    if (sort && way) {
        order.sort = *sort;
        order.order = *way;
    }
    const auto* field = query::findField(fromQt(words.value(3)));
    if (field != nullptr
        && std::find(std::begin(kGroupFields), std::end(kGroupFields), field->field)
            != std::end(kGroupFields)) {
        order.group = field->field;
    }
    return order;
}

} // namespace exhibit::ui
