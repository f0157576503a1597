// SPDX-License-Identifier: Apache-2.0
#include "ui/search/query_field.h"

#include "models/query/fields.h"
#include "models/query/lexer.h"
#include "ui/search/query_error_text.h"
#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/style.h"

#include <QAbstractItemView>
#include <QCompleter>
#include <QKeyEvent>
#include <QPainter>
#include <QStandardItemModel>
#include <QStyleOptionFrame>

namespace exhibit::ui {
namespace {

constexpr int kRedDelayMs = 150;

/// Characters in the first `bytes` of the text's UTF-8.
int positionOf(const QString& text, std::size_t bytes)
{
    const QByteArray utf8 = text.toUtf8();
    return static_cast<int>(QString::fromUtf8(utf8.left(static_cast<qsizetype>(bytes))).size());
}

/// The field name and the beginning of a value at the cursor: "policy" and "CON".
std::optional<std::pair<QString, QString>> valueAt(const QString& text, int cursor, int& begin)
{
    begin = 0;
    bool inQuotes = false;
    for (int at = 0; at < cursor; ++at) {
        if (inQuotes && text.at(at) == QLatin1Char('\\')) {
            ++at; // What is escaped ends nothing.
        } else if (text.at(at) == QLatin1Char('"')) {
            inQuotes = !inQuotes;
        } else if (!inQuotes && text.at(at).isSpace()) {
            begin = at + 1;
        }
    }
    QString token = text.mid(begin, cursor - begin);
    if (token.startsWith(QLatin1Char('-'))) {
        token.remove(0, 1);
        ++begin;
    }
    const auto colon = token.indexOf(QLatin1Char(':'));
    if (colon <= 0) {
        return std::nullopt;
    }
    QString value = token.mid(colon + 1);
    if (value.startsWith(QLatin1Char('"'))) {
        value.remove(0, 1);
        value.replace(QLatin1String("\\\""), QLatin1String("\""));
        value.replace(QLatin1String("\\\\"), QLatin1String("\\"));
    }
    return std::pair(token.left(colon).toLower(), value);
}

} // namespace

QueryField::QueryField(QWidget* parent)
    : QLineEdit(parent)
    , m_completer(new QCompleter(this))
    , m_model(new QStandardItemModel(this))
{
    setFont(typeFont(TypeRole::Mono));
    setAccessibleName(tr("Query"));
    setPlaceholderText(
        tr("Words, \"a phrase\", or field:value, for example severity:high policy:PII_OUTPUT"));
    setClearButtonEnabled(false);
    setFixedHeight(scaled(28));
    setTextMargins(scaled(26), 0, scaled(70), 0);
    setLayoutDirection(Qt::LeftToRight);
    m_redDelay.setSingleShot(true);
    m_redDelay.setInterval(kRedDelayMs);
    connect(&m_redDelay, &QTimer::timeout, this, [this] {
        m_showError = m_error.has_value();
        setProperty("invalid", m_showError);
        Q_EMIT errorShown(m_showError ? errorText() : QString());
        update();
    });
    m_completer->setModel(m_model);
    m_completer->setWidget(this);
    m_completer->setCompletionMode(QCompleter::UnfilteredPopupCompletion);
    m_completer->popup()->setAccessibleName(tr("Completions"));
    connect(m_completer,
            qOverload<const QModelIndex&>(&QCompleter::activated),
            this,
            [this](const QModelIndex& index) { insertCompletion(index.row()); });
    connect(this, &QLineEdit::textEdited, this, [this] { complete(); });
}

void QueryField::setValueSource(ValueSource values)
{
    m_values = std::move(values);
}

void QueryField::setError(const std::optional<query::QueryError>& error)
{
    m_error = error;
    if (!error) {
        m_redDelay.stop();
        m_showError = false;
        setProperty("invalid", false);
        Q_EMIT errorShown({});
    } else {
        m_redDelay.start(); // Again with each key: typing is never red.
    }
    update();
}

QString QueryField::errorText() const
{
    const int column = positionOf(text(), m_error->begin) + 1;
    const QString what = tr("%1 (column %2)").arg(queryErrorText(*m_error)).arg(column);
    const QString suggestion = toQt(m_error->suggestion);
    return suggestion.isEmpty() || what.contains(suggestion)
        ? what
        : tr("%1 Did you mean %2?").arg(what, isolatedText(suggestion));
}

void QueryField::showText(const QString& text)
{
    if (text != this->text()) {
        setText(text);
        m_isCompleting = false;
        m_completer->popup()->hide();
    }
}

void QueryField::complete()
{
    const std::string utf8 = fromQt(text());
    const auto cursor = static_cast<std::size_t>(text().left(cursorPosition()).toUtf8().size());
    m_completions = query::complete(utf8, cursor);
    int begin = 0;
    const auto value = valueAt(text(), cursorPosition(), begin);
    m_isCompleting = value.has_value();
    if (value && m_values) {
        const auto from = static_cast<std::size_t>(text().left(begin).toUtf8().size());
        for (const auto& known : m_values(value->first, value->second)) {
            const std::string plain = fromQt(known.text);
            m_completions.push_back(
                {fromQt(value->first) + ":"
                     + (query::isPlainValue(plain) ? plain : query::quoted(plain)) + " ",
                 fromQt(known.label),
                 from,
                 cursor});
        }
    }
    showCompletions();
}

void QueryField::completeAgain()
{
    if (!m_isCompleting) {
        return;
    }
    const QModelIndex at = m_completer->popup()->currentIndex();
    const QString chosen = m_completer->popup()->isVisible() ? at.data().toString() : QString();
    complete();
    const auto again = m_model->findItems(chosen);
    if (!chosen.isEmpty() && !again.isEmpty()) {
        m_completer->popup()->setCurrentIndex(
            m_completer->completionModel()->index(again.front()->row(), 0));
    }
}

void QueryField::showCompletions()
{
    m_model->clear();
    for (const auto& completion : m_completions) {
        m_model->appendRow(new QStandardItem(toQt(completion.text) + QStringLiteral("   ")
                                             + toQt(completion.label)));
    }
    if (m_completions.empty() || !hasFocus()) {
        m_completer->popup()->hide();
        return;
    }
    const QRect at = cursorRect();
    m_completer->complete(QRect(at.left(), 0, scaled(420), height()));
}

QStringList QueryField::completionTexts() const
{
    QStringList texts;
    for (const auto& completion : m_completions) {
        texts << toQt(completion.text);
    }
    return texts;
}

void QueryField::insertCompletion(int row)
{
    if (row < 0 || static_cast<std::size_t>(row) >= m_completions.size()) {
        return;
    }
    const auto& completion = m_completions[static_cast<std::size_t>(row)];
    const int begin = positionOf(text(), completion.begin);
    const int end = positionOf(text(), completion.end);
    const QString inserted = toQt(completion.text);
    QString changed = text();
    changed.replace(begin, end - begin, inserted);
    setText(changed);
    setCursorPosition(begin + static_cast<int>(inserted.size()));
    m_isCompleting = false;
    Q_EMIT textEdited(changed);
}

void QueryField::keyPressEvent(QKeyEvent* event)
{
    const bool open = m_completer->popup()->isVisible();
    if (open && (event->key() == Qt::Key_Down || event->key() == Qt::Key_Up)) {
        event->ignore(); // The completer takes it.
        return;
    }
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        m_isCompleting = false;
        m_completer->popup()->hide();
        Q_EMIT committed();
        return;
    }
    if (event->key() == Qt::Key_Space && event->modifiers() == Qt::ControlModifier) {
        complete();
        return;
    }
    if (event->key() == Qt::Key_Escape && open) {
        m_isCompleting = false;
        m_completer->popup()->hide();
        return;
    }
    QLineEdit::keyPressEvent(event);
}

void QueryField::paintEvent(QPaintEvent* event)
{
    QLineEdit::paintEvent(event);
    QPainter painter(this);
    const int side = scaled(13);
    paintIcon(painter,
              Icon::Search,
              QRect(scaled(10), (height() - side) / 2, side, side),
              colour(isEnabled() ? Role::Text2 : Role::Disabled));
    const QRect line = rect().adjusted(0, 4, 0, -4);
    if (m_showError && m_error) {
        paintError(painter, line);
    } else if (!text().trimmed().isEmpty() && !m_error) {
        painter.setFont(typeFont(TypeRole::Caption));
        painter.setPen(colour(Role::Text3));
        painter.drawText(
            rect().adjusted(0, 0, -scaled(12), 0), Qt::AlignRight | Qt::AlignVCenter, tr("parsed"));
    }
}

void QueryField::paintError(QPainter& painter, const QRect& line)
{
    // Where the text stands is known from the cursor: the line edit may be scrolled.
    const QFontMetricsF metrics(font());
    const QString before = text().left(cursorPosition());
    const double origin = cursorRect().center().x() - metrics.horizontalAdvance(before);
    const int begin = positionOf(text(), m_error->begin);
    const int end = std::max(begin + 1, positionOf(text(), m_error->end));
    double x = origin + metrics.horizontalAdvance(text().left(begin));
    const double stop = origin + metrics.horizontalAdvance(text().left(end));
    painter.setClipRect(line.adjusted(scaled(26), 0, -scaled(8), 4));
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colour(Role::Failed), 1.2));
    const double y = height() - scaled(5);
    for (bool up = true; x < stop; x += 2.5, up = !up) {
        painter.drawLine(QPointF(x, up ? y : y - 2.5), QPointF(x + 2.5, up ? y - 2.5 : y));
    }
}

} // namespace exhibit::ui
