// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/search/search_controller.h"

class QMenu;

namespace exhibit::ui {

/// The searches that somebody saved by name: their menu, the dialog that names one, and what is
/// found of them by Ctrl+K. Saving, replacing and forgetting one are steps that can be undone.
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
    void push(const QString& name, const std::optional<SearchStep>& step, const QString& what);
    void say(const QString& text) const;
    [[nodiscard]] std::optional<SearchStep> find(const QString& name) const;
    [[nodiscard]] QList<PaletteEntry> paletteEntries() const;

    SearchController& m_search;
};

} // namespace exhibit::ui
