// SPDX-License-Identifier: Apache-2.0
#include "ui/search/query_reference.h"

#include "models/query/fields.h"
#include "ui/text.h"
#include "ui/theme/style.h"

#include <QCoreApplication>
#include <QTextBrowser>
#include <QVBoxLayout>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;
using query::ValueKind;

struct Joint {
    const char* example;
    const char* meaning;
};

constexpr Joint kJoints[] = {
    {"renewal notice", QT_TRANSLATE_NOOP("QueryReference", "Both words, in any place")},
    {"\"notice period\"", QT_TRANSLATE_NOOP("QueryReference", "These words one after the other")},
    {"renewal or notice", QT_TRANSLATE_NOOP("QueryReference", "One of its two neighbours")},
    {"-renewal", QT_TRANSLATE_NOOP("QueryReference", "Without the word, phrase or filter behind")},
    {"severity:high -status:resolved or status:open",
     QT_TRANSLATE_NOOP("QueryReference", "Everything must hold; “or” joins what stands beside it")},
};

template <class E>
QStringList namesOf()
{
    QStringList names;
    for (const auto& entry : EnumNames<E>::kNames) {
        names << toQt(entry.second);
    }
    return names;
}

QStringList valuesOf(ValueKind kind)
{
    switch (kind) {
    case ValueKind::Severity:
        return namesOf<domain::Severity>();
    case ValueKind::Status:
        return namesOf<domain::IncidentStatus>();
    case ValueKind::Failure:
        return namesOf<domain::FailureCode>();
    default:
        return {};
    }
}

const char* exampleValue(ValueKind kind)
{
    switch (kind) {
    case ValueKind::Text:
        return "\"one value\"";
    case ValueKind::PolicyId:
        return "CONTENT_ACCURACY";
    case ValueKind::Time:
        return "2026-11-01T10:30:00Z";
    case ValueKind::Money:
        return ">0.50";
    case ValueKind::Duration:
        return ">=2s";
    case ValueKind::Severity:
    case ValueKind::Status:
    case ValueKind::Failure:
        break;
    }
    return "";
}

QString noteOf(const query::FieldSpec& field)
{
    if (const auto values = valuesOf(field.kind); !values.isEmpty()) {
        return values.join(u", "_s);
    }
    switch (field.kind) {
    case ValueKind::Time:
        return QueryReference::tr("a date (midnight UTC), or a time as RFC 3339");
    case ValueKind::PolicyId:
        return QueryReference::tr("upper case");
    case ValueKind::Money:
        return QueryReference::tr("also >= < <=");
    case ValueKind::Duration:
        return QueryReference::tr("also > < <=; us, ms, s, m, h; without a unit milliseconds");
    default:
        return QueryReference::tr("compared whole; in quotes where it has spaces");
    }
}

QString row(const QString& code, const QString& meaning, const QString& note)
{
    return u"<tr><td><code>%1</code></td><td>%2</td><td>%3</td></tr>"_s.arg(
        code.toHtmlEscaped(), meaning.toHtmlEscaped(), note.toHtmlEscaped());
}

} // namespace

QString QueryReference::exampleOf(const query::FieldSpec& field)
{
    const auto values = valuesOf(field.kind);
    const QString value
        = values.isEmpty() ? QString::fromLatin1(exampleValue(field.kind)) : values.front();
    return toQt(field.name) + u':' + value;
}

QStringList QueryReference::examples()
{
    QStringList examples;
    for (const auto& joint : kJoints) {
        examples << QString::fromLatin1(joint.example);
    }
    return examples;
}

QString QueryReference::text()
{
    QString html = u"<h2>%1</h2><p>%2</p><table cellpadding=\"4\">"_s.arg(
        tr("Query reference").toHtmlEscaped(),
        tr("A query is words and filters. Case and accents do not count.").toHtmlEscaped());
    for (const auto& joint : kJoints) {
        html += row(QString::fromLatin1(joint.example), tr(joint.meaning), {});
    }
    html += u"</table><h3>%1</h3><table cellpadding=\"4\">"_s.arg(tr("Fields").toHtmlEscaped());
    for (const auto& field : query::kFields) {
        html += row(exampleOf(field), toQt(field.label), noteOf(field));
    }
    return html + u"</table>"_s;
}

void QueryReference::open(QWidget* window)
{
    auto* shown = window->findChild<QueryReference*>();
    if (shown == nullptr) {
        shown = new QueryReference(window); // The window owns it.
    }
    shown->show();
    shown->raise();
    shown->activateWindow();
}

QueryReference::QueryReference(QWidget* parent)
    : QDialog(parent)
{
    setObjectName(u"query.reference"_s);
    setWindowTitle(tr("Query reference"));
    auto* page = new QTextBrowser(this);
    page->setAccessibleName(windowTitle());
    page->setFrameShape(QFrame::NoFrame);
    page->document()->setDocumentMargin(scaled(16));
    page->setHtml(text());
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(page);
    resize(scaled(760), scaled(520));
}

} // namespace exhibit::ui
