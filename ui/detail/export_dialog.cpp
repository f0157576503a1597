// SPDX-License-Identifier: Apache-2.0
#include "ui/detail/export_dialog.h"

#include "ui/detail/export_details.h"
#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/widgets/tool_bar_parts.h"

#include <QButtonGroup>
#include <QCheckBox>
#include <QCoreApplication>
#include <QDialogButtonBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QVBoxLayout>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

/// Wire names with what they mean (domain.md, "Export formats", "Includes").
constexpr std::pair<const char*, const char*> kFormats[] = {
    {"exhibit", QT_TRANSLATE_NOOP("Export", "Evidence pack (.exhibit), verifiable offline")},
    {"json", QT_TRANSLATE_NOOP("Export", "JSON")},
    {"pdf", QT_TRANSLATE_NOOP("Export", "Incident report (PDF)")},
    {"soc2", QT_TRANSLATE_NOOP("Export", "SOC 2 bundle of the period (PDF)")},
    {"legal_discovery", QT_TRANSLATE_NOOP("Export", "Legal discovery bundle")},
    {"executive_debrief", QT_TRANSLATE_NOOP("Export", "Executive debrief (PDF)")},
    {"executive_debrief_json", QT_TRANSLATE_NOOP("Export", "Executive debrief (JSON)")},
    {"ai_act_art73", QT_TRANSLATE_NOOP("Export", "Draft report under AI Act, Article 73 (PDF)")},
    {"fre_902", QT_TRANSLATE_NOOP("Export", "Draft certification under FRE 902 (PDF)")},
    {"case_uco", QT_TRANSLATE_NOOP("Export", "CASE/UCO graph (JSON-LD)")},
};
constexpr std::pair<const char*, const char*> kIncludes[] = {
    {"full_trace", QT_TRANSLATE_NOOP("Export", "Full trace: every step of the run")},
    {"policy_log", QT_TRANSLATE_NOOP("Export", "Policy log: every decision")},
    {"replay_cert", QT_TRANSLATE_NOOP("Export", "Replay certificate")},
    {"root_cause", QT_TRANSLATE_NOOP("Export", "Root cause analysis")},
    {"raw_io", QT_TRANSLATE_NOOP("Export", "Raw requests and answers")},
};

QString word(const char* text)
{
    return QCoreApplication::translate("Export", text);
}

QLabel* headingOf(const QString& text, QWidget* part)
{
    auto* heading = new QLabel(text, part);
    heading->setFont(boldFont(TypeRole::Small));
    makeSecondary(heading);
    return heading;
}

QLabel* reasonBelow(QWidget* part)
{
    auto* why = new QLabel(part);
    why->setFont(typeFont(TypeRole::Small));
    why->setWordWrap(true);
    why->setIndent(scaled(22)); // Under the words of the button.
    makeSecondary(why);
    return why;
}

/// Grey with its reason, in sight and for who does not see it; empty: it can be had.
void explain(QAbstractButton& button, QLabel& why, const QString& reason)
{
    button.setEnabled(reason.isEmpty());
    button.setAccessibleDescription(reason);
    why.setText(reason);
    why.setVisible(!reason.isEmpty());
}

} // namespace

ExportDialog::ExportDialog(Kind kind,
                           const domain::Incident& incident,
                           const SourceHub& server,
                           QWidget* parent)
    : QDialog(parent)
    , m_reason(new QLabel(this))
{
    const bool exports = kind == Kind::Export;
    const QString route
        = exports ? u"/api/v1/incidents/{id}/export"_s : u"/api/v1/incidents/{id}/certificate"_s;
    const bool can = server.routes().contains(route);
    setWindowTitle(exports ? tr("Export incident") : tr("Certify incident"));
    setAttribute(Qt::WA_DeleteOnClose);
    auto* title = new QLabel(toQt(incident.title), this);
    title->setFont(typeFont(TypeRole::Heading));
    title->setWordWrap(true);
    auto* id = new QLabel(toQt(incident.incidentId.text()), this);
    id->setFont(typeFont(TypeRole::Mono));
    makeSecondary(id);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(title);
    layout->addWidget(id);
    if (exports) {
        layout->addLayout(parts(server, can));
    } else {
        auto* what = new QLabel(
            tr("The call is sent to its provider once more and compared with the original; the "
               "recorded policies judge the recorded answer again. The result is signed and "
               "entered in the ledger. Tools are not called."),
            this);
        what->setWordWrap(true);
        layout->addWidget(what);
    }
    m_verify = new QCheckBox(tr("Verify the file here when it is written"), this);
    m_verify->setChecked(true);
    layout->addWidget(m_verify);
    m_reason->setText(can ? QString()
                          : tr("This server cannot do it yet: it has no route %1.").arg(route));
    m_reason->setWordWrap(true);
    m_reason->setVisible(!can);
    makeSecondary(m_reason);
    layout->addWidget(m_reason);
    setAccessibleDescription(m_reason->text());
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_go = buttons->addButton(exports ? tr("Export…") : tr("Certify…"),
                              QDialogButtonBox::AcceptRole);
    m_go->setEnabled(can);
    if (m_format != nullptr && m_format->checkedButton() != nullptr) {
        m_format->checkedButton()->setFocus();
    }
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    layout->addWidget(buttons);
}

QLayout* ExportDialog::parts(const SourceHub& server, bool can)
{
    m_why = new QLineEdit(this);
    m_why->setAccessibleName(tr("Reason"));
    m_why->setPlaceholderText(tr("Why it is taken out; stands in the ledger"));
    m_why->setMaxLength(250);
    m_details = new ExportDetails(this);
    m_details->setMinimumWidth(scaled(400)); // Room for what its lines ask for.
    auto* columns = new QHBoxLayout;
    columns->setSpacing(scaled(24));
    columns->addWidget(formats(can ? server.exportFormats() : QSet<QString>()), 0, Qt::AlignTop);
    auto* right = new QVBoxLayout;
    right->addWidget(includes(server.exportIncludes()));
    right->addWidget(m_why);
    right->addWidget(m_details);
    right->addStretch(1);
    columns->addLayout(right, 1);
    return columns;
}

QWidget* ExportDialog::formats(const QSet<QString>& known)
{
    auto* part = new QWidget(this);
    auto* column = new QVBoxLayout(part);
    column->setSpacing(scaled(2));
    column->addWidget(headingOf(tr("Format"), part));
    m_format = new QButtonGroup(part); // The part owns it.
    for (const auto& [name, text] : kFormats) {
        const QString format = QString::fromLatin1(name);
        auto* button = new QRadioButton(word(text), part);
        button->setObjectName(format);
        m_format->addButton(button);
        column->addWidget(button);
        auto* why = reasonBelow(part);
        column->addWidget(why);
        explain(*button,
                *why,
                known.contains(format) ? QString() : tr("This server does not export it."));
        if (button->isEnabled() && m_format->checkedButton() == nullptr) {
            button->setChecked(true);
        }
    }
    connect(m_format, &QButtonGroup::buttonToggled, this, &ExportDialog::followFormat);
    return part;
}

QWidget* ExportDialog::includes(const ExportIncludes& offered)
{
    m_offered = offered;
    auto* part = new QWidget(this);
    auto* column = new QVBoxLayout(part);
    column->setSpacing(scaled(2));
    column->addWidget(headingOf(tr("Include"), part));
    m_whyNone = reasonBelow(part);
    m_whyNone->setObjectName(u"include.why"_s);
    column->addWidget(m_whyNone);
    for (const auto& [name, text] : kIncludes) {
        auto* box = new QCheckBox(word(text), part);
        box->setObjectName(QString::fromLatin1(name));
        auto* why = reasonBelow(part);
        column->addWidget(box);
        column->addWidget(why);
        m_includes << Include{box, why, true};
        connect(box, &QCheckBox::clicked, this, [this, at = m_includes.size() - 1](bool on) {
            m_includes[at].wanted = on;
        });
    }
    followFormat();
    return part;
}

QString ExportDialog::format() const
{
    return m_format != nullptr && m_format->checkedButton() != nullptr
        ? m_format->checkedButton()->objectName()
        : QString();
}

/// What a format takes no choice of stays as it was chosen, for the next format.
void ExportDialog::followFormat()
{
    const bool whole = m_offered.alwaysWhole.contains(format());
    const bool without = m_offered.without.contains(format());
    const QString why = whole ? tr("A production holds everything that it does not withhold.")
        : without ? tr("It is evidence of a period, not of one incident: no part of it is chosen.")
                  : QString();
    if (m_whyNone == nullptr) {
        return; // The formats are still being made.
    }
    m_details->setFormat(format());
    m_whyNone->setText(why);
    m_whyNone->setVisible(!why.isEmpty());
    for (const auto& include : m_includes) {
        const QString name = include.box->objectName();
        const bool known = m_offered.known.isEmpty() || m_offered.known.contains(name);
        const QString unknown = known ? QString() : tr("This server does not know it.");
        explain(*include.box, *include.why, why.isEmpty() ? unknown : why);
        include.why->setVisible(why.isEmpty() && !known); // One reason of all is said once.
        include.box->setChecked(whole ? known : known && !without && include.wanted);
    }
}

domain::ExportChoice ExportDialog::choice() const
{
    domain::ExportChoice choice;
    choice.format = fromQt(format());
    for (const auto& include : m_includes) {
        if (include.box->isChecked()) {
            choice.include.push_back(fromQt(include.box->objectName()));
        }
    }
    choice.reason = m_why != nullptr ? fromQt(m_why->text()) : std::string();
    if (m_details != nullptr) {
        choice.details = m_details->request().value_or(JsonObject{});
    }
    return choice;
}

void ExportDialog::accept()
{
    if (m_details != nullptr) {
        if (const auto request = m_details->request(); !request) {
            m_reason->setText(toQt(request.error().message));
            m_reason->show();
            return;
        }
    }
    QDialog::accept();
}

bool ExportDialog::verifiesAfterwards() const
{
    return m_verify->isChecked();
}

bool ExportDialog::canGoOn() const
{
    return m_go->isEnabled();
}

QString ExportDialog::reason() const
{
    return m_reason->text();
}

} // namespace exhibit::ui
