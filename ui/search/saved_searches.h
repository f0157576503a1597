// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/search/search_controller.h"

class QMenu;

namespace exhibit::ui {

/// The searches that somebody saved by name: their menu, the dialog that names one, what is found
/// of them by Ctrl+K, and how they are given to others as text. Saving, replacing and forgetting
/// one are steps that can be undone.
class SavedSearches : public QObject {
    Q_OBJECT

public:
    SavedSearches(SearchController& search, QObject* parent);
    void fill(QMenu& menu);
    /// Asks how the search that stands in the window is to be called.
    void ask();
    void save(const QString& name);
    void forget(const QString& name);

private:
    void push(const QString& name, const std::optional<SavedSearch>& after, const QString& what);
    void copy(const SavedSearch& search) const;
    void paste();
    void say(const QString& text) const;
    /// What stands in the window.
    [[nodiscard]] SavedSearch present(const QString& name) const;
    [[nodiscard]] std::optional<SavedSearch> find(const QString& name) const;
    [[nodiscard]] QList<PaletteEntry> paletteEntries() const;

    SearchController& m_search;
};

} // namespace exhibit::ui
