// SPDX-License-Identifier: Apache-2.0
#include "ui/search/builder_row.h"

#include "models/query/values.h"
#include "ui/search/query_error_text.h"
#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/widgets/tool_bar_parts.h"

#include <QComboBox>
#include <QCompleter>
#include <QCoreApplication>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;
using query::Comparison;
using query::ValueKind;

constexpr BuilderOperator kWordOperators[] = {
    {false, Comparison::Equal, QT_TRANSLATE_NOOP("Builder", "contains")},
    {true, Comparison::Equal, QT_TRANSLATE_NOOP("Builder", "does not contain")},
};
constexpr BuilderOperator kValueOperators[] = {
    {false, Comparison::Equal, QT_TRANSLATE_NOOP("Builder", "is")},
    {true, Comparison::Equal, QT_TRANSLATE_NOOP("Builder", "is not")},
};
constexpr BuilderOperator kNumberOperators[] = {
    {false, Comparison::Greater, QT_TRANSLATE_NOOP("Builder", "is more than")},
    {false, Comparison::GreaterOrEqual, QT_TRANSLATE_NOOP("Builder", "is at least")},
    {false, Comparison::Less, QT_TRANSLATE_NOOP("Builder", "is less than")},
    {false, Comparison::LessOrEqual, QT_TRANSLATE_NOOP("Builder", "is at most")},
    {false, Comparison::Equal, QT_TRANSLATE_NOOP("Builder", "is exactly")},
    {true, Comparison::Greater, QT_TRANSLATE_NOOP("Builder", "is not more than")},
    {true, Comparison::GreaterOrEqual, QT_TRANSLATE_NOOP("Builder", "is not at least")},
    {true, Comparison::Less, QT_TRANSLATE_NOOP("Builder", "is not less than")},
    {true, Comparison::LessOrEqual, QT_TRANSLATE_NOOP("Builder", "is not at most")},
    {true, Comparison::Equal, QT_TRANSLATE_NOOP("Builder", "is not exactly")},
};

QString quoted(QString text)
{
    text.replace(u"\\"_s, u"\\\\"_s).replace(u"\""_s, u"\\\""_s);
    return u"\""_s + text + u"\""_s;
}

QString sign(Comparison comparison)
{
    switch (comparison) {
    case Comparison::Less:
        return u"<"_s;
    case Comparison::LessOrEqual:
        return u"<="_s;
    case Comparison::Greater:
        return u">"_s;
    case Comparison::GreaterOrEqual:
        return u">="_s;
    case Comparison::Equal:
        break;
    }
    return {};
}

QString hintOf(const query::FieldSpec* spec)
{
    return spec == nullptr ? QCoreApplication::translate("Builder", "words, or a phrase")
                           : QCoreApplication::translate("Query", spec->label.data());
}

} // namespace

std::span<const BuilderOperator> operatorsOf(const query::FieldSpec* field)
{
    if (field == nullptr) {
        return kWordOperators;
    }
    return query::takesComparison(field->kind) ? std::span<const BuilderOperator>(kNumberOperators)
                                               : kValueOperators;
}

BuilderRow::BuilderRow(QWidget* parent)
    : QWidget(parent)
    , m_join(new QComboBox(this))
    , m_field(new QComboBox(this))
    , m_operator(new QComboBox(this))
    , m_value(new QComboBox(this))
    , m_remove(iconButton(Icon::Close, tr("Remove this condition"), this))
    , m_error(new QLabel(this))
{
    m_join->addItems({tr("and"), tr("or")});
    m_join->setAccessibleName(tr("Joined with the condition before by"));
    QSizePolicy room = m_join->sizePolicy();
    room.setRetainSizeWhenHidden(true); // The fields stand below each other.
    m_join->setSizePolicy(room);
    m_join->setMinimumWidth(scaled(60));
    m_field->setMinimumWidth(scaled(96));
    m_field->setAccessibleName(tr("Field"));
    m_field->addItem(tr("text"), QString());
    for (const auto& spec : query::kFields) {
        m_field->addItem(toQt(spec.name), toQt(spec.name));
        m_field->setItemData(m_field->count() - 1, hintOf(&spec), Qt::ToolTipRole);
    }
    m_operator->setAccessibleName(tr("Operator"));
    m_value->setAccessibleName(tr("Value"));
    m_value->setEditable(true);
    m_value->setInsertPolicy(QComboBox::NoInsert);
    m_value->lineEdit()->setLayoutDirection(Qt::LeftToRight);
    m_value->setFont(typeFont(TypeRole::Mono));
    m_value->setMinimumWidth(scaled(240));
    m_error->setFont(typeFont(TypeRole::Small));
    m_error->setWordWrap(true);
    makeFailed(m_error);
    m_error->hide();
    auto* layout = new QGridLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    int column = 0;
    for (QWidget* widget :
         std::initializer_list<QWidget*>{m_join, m_field, m_operator, m_value, m_remove}) {
        layout->addWidget(widget, 0, column++);
    }
    layout->addWidget(m_error, 1, 1, 1, 4);
    layout->setColumnStretch(3, 1);
    m_operator->setMinimumWidth(scaled(132));
    fillOperators();
    connect(m_field, &QComboBox::currentIndexChanged, this, [this] {
        fillOperators();
        setValues({});
        Q_EMIT fieldChosen();
        Q_EMIT changed();
    });
    connect(m_join, &QComboBox::currentIndexChanged, this, &BuilderRow::changed);
    connect(m_operator, &QComboBox::currentIndexChanged, this, &BuilderRow::changed);
    connect(m_value, &QComboBox::currentTextChanged, this, &BuilderRow::changed);
    connect(m_remove, &QToolButton::clicked, this, &BuilderRow::removed);
}

const query::FieldSpec* BuilderRow::spec() const
{
    return query::findField(fromQt(field()));
}

void BuilderRow::fillOperators()
{
    const QSignalBlocker quiet(m_operator);
    m_operator->clear();
    for (const auto& one : operatorsOf(spec())) {
        m_operator->addItem(QCoreApplication::translate("Builder", one.text));
    }
    m_value->lineEdit()->setPlaceholderText(hintOf(spec()));
}

void BuilderRow::setValues(const QStringList& values)
{
    QStringList all = values;
    if (const auto* known = spec()) {
        for (const auto value : query::closedValues(known->kind)) {
            if (!all.contains(toQt(value))) {
                all << toQt(value);
            }
        }
    }
    const QString written = value();
    const QSignalBlocker quiet(m_value);
    m_value->clear();
    m_value->addItems(all);
    m_value->completer()->setCaseSensitivity(Qt::CaseInsensitive);
    m_value->setEditText(written);
}

void BuilderRow::showClause(const query::Clause& clause, bool isOr)
{
    const QSignalBlocker quietJoin(m_join);
    const QSignalBlocker quietField(m_field);
    const QSignalBlocker quietOperator(m_operator);
    const QSignalBlocker quietValue(m_value);
    m_join->setCurrentIndex(isOr ? 1 : 0);
    const auto* known = clause.field ? &query::specOf(*clause.field) : nullptr;
    m_field->setCurrentIndex(known != nullptr ? m_field->findData(toQt(known->name)) : 0);
    fillOperators();
    setValues({});
    const auto operators = operatorsOf(known);
    for (std::size_t i = 0; i < operators.size(); ++i) {
        if (operators[i].negated == clause.negated
            && operators[i].comparison == clause.comparison) {
            m_operator->setCurrentIndex(static_cast<int>(i));
        }
    }
    QStringList words;
    for (const auto& word : clause.words) {
        words << toQt(word);
    }
    m_value->setEditText(clause.field ? toQt(clause.value) : words.join(QLatin1Char(' ')));
    showError({});
}

void BuilderRow::setFirst(bool first)
{
    m_join->setVisible(!first);
}

void BuilderRow::choose(const QString& field, int operatorIndex, const QString& value)
{
    m_field->setCurrentIndex(std::max(m_field->findData(field), 0));
    m_operator->setCurrentIndex(operatorIndex);
    m_value->setEditText(value);
}

bool BuilderRow::isOr() const
{
    return m_join->currentIndex() == 1;
}

QString BuilderRow::field() const
{
    return m_field->currentData().toString();
}

QString BuilderRow::value() const
{
    return m_value->currentText().trimmed();
}

tl::expected<std::optional<query::Clause>, QString> BuilderRow::clause() const
{
    if (value().isEmpty()) {
        return std::nullopt;
    }
    const auto& chosen
        = operatorsOf(spec())[static_cast<std::size_t>(std::max(m_operator->currentIndex(), 0))];
    QString text = chosen.negated ? u"-"_s : QString();
    if (spec() != nullptr) {
        text += field() + u":"_s + sign(chosen.comparison);
    }
    const auto parsed = query::parse(fromQt(text + quoted(value())));
    if (!parsed) {
        return tl::make_unexpected(queryErrorText(parsed.error()));
    }
    return parsed->groups.front().front();
}

void BuilderRow::showError(const QString& message)
{
    m_error->setText(message);
    m_error->setVisible(!message.isEmpty());
}

} // namespace exhibit::ui
