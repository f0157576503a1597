// SPDX-License-Identifier: Apache-2.0
#include "ui/calls/call_window.h"

#include "ui/calls/calls_model.h"
#include "ui/detail/call_pages.h"
#include "ui/detail/json_page.h"
#include "ui/search/value_filter.h"
#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/widgets/time_display.h"

#include <QClipboard>
#include <QCoreApplication>
#include <QDialogButtonBox>
#include <QGuiApplication>
#include <QMainWindow>
#include <QPushButton>
#include <QTabWidget>
#include <QTextEdit>
#include <QVBoxLayout>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;
using domain::FoundCall;

QString tr(const char* text)
{
    return QCoreApplication::translate("CallWindow", text);
}

QString nameOf(const CallId& call)
{
    return u"call."_s + toQt(call.text());
}

/// Those that did something; that all passed, or none judged it, where that is known.
QStringList decisionLines(const FoundCall& call)
{
    QStringList lines;
    for (const auto& decision : call.decisions) {
        lines << tr("%1: %2, %3")
                     .arg(isolated(toQt(decision.policyId)),
                          wordOf(markOf(decision.result)),
                          wordOf(markOf(decision.severity)));
    }
    if (lines.isEmpty()) {
        lines << (call.passed ? resultText(call) : tr("The server does not say."));
    }
    return lines;
}

QString row(const QString& name, const QString& value)
{
    return u"<tr><td style=\"padding-right:16px\">%1</td><td>%2</td></tr>"_s.arg(
        name.toHtmlEscaped(), value.toHtmlEscaped().replace(u'\n', u"<br>"_s));
}

QString part(const QString& title, const QString& text)
{
    return u"<p><b>%1</b><br>%2</p>"_s.arg(title.toHtmlEscaped(),
                                           text.toHtmlEscaped().replace(u'\n', u"<br>"_s));
}

QTextEdit* summary(const FoundCall& call, QWidget* parent)
{
    QString html = u"<table>"_s;
    for (const auto& [name, value] : factsOfCall(call)) {
        html += row(name, value);
    }
    html += u"</table>"_s + part(tr("Asked"), toQt(call.asked))
        + part(tr("Answered"), toQt(call.answered));
    auto* text = new QTextEdit(parent); // The parent owns it.
    text->setReadOnly(true);
    text->setFrameShape(QFrame::NoFrame);
    text->setTabChangesFocus(true);
    text->setAccessibleName(tr("Summary"));
    text->document()->setDocumentMargin(scaled(8));
    text->setHtml(html);
    return text;
}

} // namespace

QList<std::pair<QString, QString>> factsOfCall(const FoundCall& call)
{
    const auto& times = TimeDisplay::instance();
    QList<std::pair<QString, QString>> facts{
        {tr("Call"), toQt(call.callId.text())},
        {tr("Run"), toQt(call.runId.text())},
        {tr("Opened"), times.iso(call.openedAt)},
        {tr("Closed"), times.iso(call.closedAt)},
        {tr("Outcome"),
         tr("%1, HTTP %2")
             .arg(toQt(call.outcome).replace(u'_', u' '), QString::number(call.status))},
        {tr("Decisions"), decisionLines(call).join(u'\n')}};
    const auto add = [&facts](const QString& name, const std::optional<std::string>& value) {
        if (value && !value->empty()) {
            facts.push_back({name, toQt(*value)});
        }
    };
    add(tr("Error"), call.errorCode);
    add(tr("Endpoint"), call.endpoint);
    add(tr("Model"), call.model);
    add(tr("Answered by"), call.answeredModel);
    add(tr("Provider"), call.upstream);
    add(tr("User"), call.userId);
    add(tr("Session"), call.sessionId);
    facts.push_back(
        {tr("Tokens"),
         tr("%1 in, %2 out").arg(grouped(call.promptTokens), grouped(call.completionTokens))});
    facts.push_back({tr("Cost"), costText(call.costMicrocents, call.currency)});
    facts.push_back({tr("Latency"), durationText(call.latencyUs)});
    for (const auto& incident : call.incidentIds) {
        facts.push_back({tr("Incident"), toQt(incident.text())});
    }
    if (call.incidentIds.empty()) {
        facts.push_back({tr("Incident"), tr("none")});
    }
    return facts;
}

void CallWindow::open(SearchController& search, const FoundCall& call)
{
    auto* window = search.services().window;
    auto* shown = window->findChild<CallWindow*>(nameOf(call.callId));
    if (shown == nullptr) {
        shown = new CallWindow(search, call, window); // The window owns it, until it is closed.
    }
    shown->show();
    shown->raise();
    shown->activateWindow();
}

CallWindow::CallWindow(SearchController& search, const FoundCall& call, QWidget* parent)
    : QDialog(parent)
    , m_tabs(new QTabWidget(this))
{
    setObjectName(nameOf(call.callId));
    setWindowTitle(tr("Call %1").arg(shortId(toQt(call.callId.text()))));
    setAttribute(Qt::WA_DeleteOnClose);
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(summary(call, m_tabs), tr("Summary"));
    auto* pages = new CallPages(*search.services().sources, *m_tabs, this);
    m_tabs->addTab(&pages->request(), tr("Request"));
    m_tabs->addTab(&pages->response(), tr("Response"));
    m_tabs->addTab(&pages->headers(), tr("Headers"));
    m_tabs->addTab(&pages->bytes(), tr("Bytes"));
    pages->follow(call.callId.text());
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_tabs, 1);
    layout->addWidget(buttons(search, call));
    resize(scaled(680), scaled(560));
}

QWidget* CallWindow::buttons(SearchController& search, const FoundCall& call)
{
    auto* box = new QDialogButtonBox(QDialogButtonBox::Close, this);
    box->setContentsMargins(scaled(8), 0, scaled(8), scaled(8));
    connect(box, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* copy = box->addButton(tr("&Copy call id"), QDialogButtonBox::ActionRole);
    connect(copy, &QPushButton::clicked, this, [id = toQt(call.callId.text())] {
        QGuiApplication::clipboard()->setText(id);
    });
    auto* run = box->addButton(tr("&Only this run"), QDialogButtonBox::ActionRole);
    connect(run, &QPushButton::clicked, &search, [&search, run = call.runId.text()] {
        filterOnly(search, {query::Field::Run, run});
    });
    for (auto* button : box->findChildren<QPushButton*>()) {
        button->setAutoDefault(false); // Return is of the page that it is pressed in.
    }
    return box;
}

QString CallWindow::summaryText() const
{
    return qobject_cast<QTextEdit*>(m_tabs->widget(0))->toPlainText();
}

} // namespace exhibit::ui
