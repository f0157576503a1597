// SPDX-License-Identifier: Apache-2.0
#include "ui/detail/export_dialog.h"

#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/widgets/tool_bar_parts.h"

#include <QButtonGroup>
#include <QCheckBox>
#include <QCoreApplication>
#include <QDialogButtonBox>
#include <QLabel>
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
    {"soc2", QT_TRANSLATE_NOOP("Export", "SOC 2 bundle")},
    {"legal_discovery", QT_TRANSLATE_NOOP("Export", "Legal discovery bundle")},
    {"executive_debrief", QT_TRANSLATE_NOOP("Export", "Executive debrief")},
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

} // namespace

ExportDialog::ExportDialog(Kind kind,
                           const domain::Incident& incident,
                           const QSet<QString>& routes,
                           QWidget* parent)
    : QDialog(parent)
    , m_reason(new QLabel(this))
{
    const bool exports = kind == Kind::Export;
    const QString route
        = exports ? u"/api/v1/incidents/{id}/export"_s : u"/api/v1/incidents/{id}/certificate"_s;
    const bool can = routes.contains(route);
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
        layout->addWidget(formats(can));
    } else {
        auto* what = new QLabel(
            tr("The call is replayed under its snapshot, compared with the original, and the "
               "result is signed and entered in the ledger."),
            this);
        what->setWordWrap(true);
        layout->addWidget(what);
    }
    layout->addWidget(includes(can));
    m_reason->setText(can ? QString()
                          : tr("This server cannot do it yet: it has no route %1.").arg(route));
    m_reason->setWordWrap(true);
    makeSecondary(m_reason);
    layout->addWidget(m_reason);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_go = buttons->addButton(exports ? tr("Export") : tr("Certify"), QDialogButtonBox::AcceptRole);
    m_go->setEnabled(can);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    layout->addWidget(buttons);
}

QWidget* ExportDialog::formats(bool enabled)
{
    auto* part = new QWidget(this);
    auto* column = new QVBoxLayout(part);
    column->addWidget(new QLabel(tr("Format"), part));
    auto* group = new QButtonGroup(part); // The part owns it.
    for (const auto& [name, text] : kFormats) {
        auto* button = new QRadioButton(word(text), part);
        button->setObjectName(QString::fromLatin1(name));
        button->setEnabled(enabled);
        group->addButton(button);
        column->addWidget(button);
        button->setChecked(column->count() == 2);
    }
    return part;
}

QWidget* ExportDialog::includes(bool enabled)
{
    auto* part = new QWidget(this);
    auto* column = new QVBoxLayout(part);
    column->addWidget(new QLabel(tr("Include"), part));
    for (const auto& [name, text] : kIncludes) {
        auto* box = new QCheckBox(word(text), part);
        box->setObjectName(QString::fromLatin1(name));
        box->setEnabled(enabled);
        box->setChecked(true);
        column->addWidget(box);
    }
    return part;
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
