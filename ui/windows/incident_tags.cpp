// SPDX-License-Identifier: Apache-2.0
// Tags of incidents: given and taken away.
#include "ui/text.h"
#include "ui/windows/incident_changes.h"
#include "ui/windows/known_values.h"

#include <QCompleter>
#include <QInputDialog>
#include <QLineEdit>
#include <QMainWindow>
#include <QMenu>
#include <QStringListModel>

#include <algorithm>
#include <map>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

bool hasTag(const domain::Incident& incident, const std::string& tag)
{
    return std::find(incident.tags.begin(), incident.tags.end(), tag) != incident.tags.end();
}

} // namespace

void IncidentChanges::askTag()
{
    withMarked([this](const Incidents& incidents) { askTagOf(incidents); });
}

void IncidentChanges::askTagOf(const Incidents& incidents)
{
    auto* dialog = new QInputDialog(m_services.window);
    dialog->setObjectName(u"tag.dialog"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Tag"));
    dialog->setLabelText(incidents.size() == 1
                             ? tr("Tag for this incident")
                             : tr("Tag for these %1 incidents").arg(incidents.size()));
    complete(*dialog);
    connect(dialog, &QInputDialog::textValueSelected, this, [this, incidents](const QString& text) {
        if (!text.trimmed().isEmpty()) {
            tag(incidents, text.trimmed());
        }
    });
    dialog->open();
}

/// With the tags that others were given, so that one thing has one name.
void IncidentChanges::complete(QInputDialog& dialog)
{
    dialog.setInputMode(QInputDialog::TextInput); // Makes the field.
    auto* field = dialog.findChild<QLineEdit*>();
    auto* known = new KnownValues(*m_services.sources, &dialog); // The dialog owns all of them.
    auto* tags = new QStringListModel(&dialog);
    auto* completer = new QCompleter(tags, &dialog);
    completer->setCaseSensitivity(Qt::CaseInsensitive);
    field->setCompleter(completer);
    const auto offer = [field, known, tags, completer] {
        tags->setStringList(known->found(u"tag"_s, field->text()));
        if (field->hasFocus() && !field->text().isEmpty()) {
            completer->complete();
        }
    };
    connect(known, &KnownValues::arrived, completer, offer);
    connect(field, &QLineEdit::textEdited, known, [known](const QString& text) {
        known->want(u"tag"_s, text);
    });
    known->want(u"tag"_s, {});
}

void IncidentChanges::bookmark()
{
    withMarked([this](const Incidents& incidents) {
        // The same word in every language: whoever searches for it finds everybody's.
        const QString word = u"bookmark"_s;
        const bool isOnAll = std::all_of(
            incidents.begin(), incidents.end(), [text = fromQt(word)](const Incident& incident) {
                return hasTag(incident, text);
            });
        isOnAll ? untag(incidents, word) : tag(incidents, word);
    });
}

void IncidentChanges::tag(const Incidents& incidents, const QString& tag)
{
    const std::string text = fromQt(tag);
    Incidents without;
    std::copy_if(incidents.begin(),
                 incidents.end(),
                 std::back_inserter(without),
                 [&text](const Incident& incident) { return !hasTag(incident, text); });
    push(without, {std::nullopt, text}, tr("tag %1").arg(inQuotes(tag)));
}

void IncidentChanges::untag(const Incidents& incidents, const QString& tag)
{
    const std::string text = fromQt(tag);
    Incidents with;
    std::copy_if(incidents.begin(),
                 incidents.end(),
                 std::back_inserter(with),
                 [&text](const Incident& incident) { return hasTag(incident, text); });
    WantedChange wanted{std::nullopt, text};
    wanted.removesTag = true;
    push(with, wanted, tr("removing tag %1").arg(inQuotes(tag)));
}

void IncidentChanges::openUntagMenu(const QPoint& at)
{
    withMarked([this, at](const Incidents& incidents) { offerTags(incidents, at); });
}

void IncidentChanges::offerTags(const Incidents& incidents, const QPoint& at)
{
    std::map<std::string, std::size_t> tags;
    for (const auto& incident : incidents) {
        for (const auto& tag : incident.tags) {
            ++tags[tag];
        }
    }
    if (tags.empty()) {
        Q_EMIT failed(tr("Nothing was changed: there is no tag to remove."), {});
        return;
    }
    auto* menu = new QMenu(m_services.window);
    menu->setObjectName(u"untag.menu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const auto& [tag, count] : tags) {
        const QString name = toQt(tag);
        QString text = incidents.size() == 1
            ? name
            : tr("%1 (of %2)").arg(name, grouped(static_cast<qint64>(count)));
        connect(menu->addAction(text.replace(u'&', u"&&"_s)),
                &QAction::triggered,
                this,
                [this, incidents, name] { untag(incidents, name); });
    }
    menu->popup(at);
}

} // namespace exhibit::ui
