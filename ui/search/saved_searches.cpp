// SPDX-License-Identifier: Apache-2.0
#include "ui/search/saved_searches.h"

#include "ui/search/search_text.h"
#include "ui/text.h"
#include "ui/windows/layouts.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QInputDialog>
#include <QMenu>
#include <QStatusBar>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr int kSavedSaidMs = 6000;
constexpr qsizetype kQueryShown = 80;

class KeepSearch : public QUndoCommand {
public:
    KeepSearch(SearchMemory& memory,
               QString name,
               std::optional<SavedSearch> before,
               std::optional<SavedSearch> after,
               const QString& text)
        : QUndoCommand(text)
        , m_memory(memory)
        , m_name(std::move(name))
        , m_before(std::move(before))
        , m_after(std::move(after))
    {
    }
    void undo() override { put(m_before); }
    void redo() override { put(m_after); }

private:
    void put(const std::optional<SavedSearch>& search)
    {
        search ? m_memory.save(*search) : m_memory.forget(m_name);
    }

    SearchMemory& m_memory;
    QString m_name;
    std::optional<SavedSearch> m_before; ///< Empty: there was none of that name.
    std::optional<SavedSearch> m_after;
};

QString inMenu(QString text)
{
    return text.replace(u'&', u"&&"_s);
}

} // namespace

SavedSearches::SavedSearches(SearchController& search, QObject* parent)
    : QObject(parent)
    , m_search(search)
{
    auto& actions = *search.services().actions;
    actions.handle(u"search.save", this, [this] { ask(); });
    actions.handle(u"search.copy_text", this, [this] { copy(present({})); });
    actions.handle(u"search.paste_text", this, [this] { paste(); });
    search.services().addPaletteProvider([this](const QString&) { return paletteEntries(); });
}

void SavedSearches::fill(QMenu& menu)
{
    menu.clear();
    for (const auto* id : {"search.save", "search.copy_text", "search.paste_text"}) {
        menu.addAction(m_search.services().actions->action(QString::fromLatin1(id)));
    }
    menu.addSeparator();
    for (const auto& saved : m_search.memory().saved()) {
        auto* one = menu.addMenu(inMenu(saved.name));
        connect(one->addAction(
                    tr("Search %1").arg(isolatedText(inMenu(saved.step.query.left(kQueryShown))))),
                &QAction::triggered,
                this,
                [this, saved] { m_search.showSaved(saved); });
        connect(one->addAction(tr("Copy as text")), &QAction::triggered, this, [this, saved] {
            copy(saved);
        });
        connect(one->addAction(tr("Forget")), &QAction::triggered, this, [this, name = saved.name] {
            forget(name);
        });
    }
}

void SavedSearches::ask()
{
    auto* dialog = new QInputDialog(m_search.services().window);
    dialog->setObjectName(u"search.save.dialog"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Save this search"));
    const auto tell = [this, dialog](const QString& text) {
        const bool replaces = find(Layouts::nameOf(text)).has_value();
        dialog->setLabelText(
            replaces ? tr("There is a search of this name: it is replaced, until you undo that.")
                     : tr("Name"));
        dialog->setOkButtonText(replaces ? tr("&Replace") : tr("&Save"));
    };
    tell({});
    connect(dialog, &QInputDialog::textValueChanged, this, tell);
    connect(dialog, &QInputDialog::textValueSelected, this, &SavedSearches::save);
    dialog->open();
}

void SavedSearches::save(const QString& text)
{
    const QString name = Layouts::nameOf(text);
    const auto search = present(name);
    const auto before = find(name);
    if (name.isEmpty() || before == search) {
        return;
    }
    push(name, search, (before ? tr("replacing search %1") : tr("saving search %1")));
    say((before ? tr("Search %1 was replaced. Edit, Undo brings it back.")
                : tr("Search %1 was saved."))
            .arg(inQuotes(name)));
}

void SavedSearches::forget(const QString& name)
{
    if (find(name)) {
        push(name, std::nullopt, tr("forgetting search %1"));
        say(tr("Search %1 was forgotten. Edit, Undo brings it back.").arg(inQuotes(name)));
    }
}

void SavedSearches::push(const QString& name,
                         const std::optional<SavedSearch>& after,
                         const QString& what)
{
    m_search.services().undo->push(new KeepSearch( // The stack owns it.
        m_search.memory(),
        name,
        find(name),
        after,
        inMenu(what.arg(inQuotes(name)))));
}

void SavedSearches::say(const QString& text) const
{
    m_search.services().window->statusBar()->showMessage(text, kSavedSaidMs);
}

SavedSearch SavedSearches::present(const QString& name) const
{
    return {name, m_search.step(), m_search.columns()};
}

void SavedSearches::copy(const SavedSearch& search) const
{
    QGuiApplication::clipboard()->setText(printSearch(search));
    say(tr("The search was copied as text."));
}

void SavedSearches::paste()
{
    if (const auto search = parseSearch(QGuiApplication::clipboard()->text())) {
        m_search.showSaved(*search);
    } else {
        say(tr("The clipboard holds no search."));
    }
}

std::optional<SavedSearch> SavedSearches::find(const QString& name) const
{
    for (const auto& saved : m_search.memory().saved()) {
        if (saved.name == name) {
            return saved;
        }
    }
    return std::nullopt;
}

QList<PaletteEntry> SavedSearches::paletteEntries() const
{
    QList<PaletteEntry> entries;
    if (m_search.services().sources->source() == nullptr) {
        return entries;
    }
    for (const auto& saved : m_search.memory().saved()) {
        entries << PaletteEntry{
            tr("Saved searches"), saved.name, saved.step.query, Icon::Bookmark, {}, [this, saved] {
                m_search.showSaved(saved);
            }};
    }
    return entries;
}

} // namespace exhibit::ui
