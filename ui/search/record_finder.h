// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/search/search_controller.h"

namespace exhibit::ui {

class MessageBar;
class ResultsView;

/// Records for the command palette: those of the first page, and whatever a whole id names, also
/// what the search did not find. A record that is opened has its row selected, where it has one.
class RecordFinder : public QObject {
    Q_OBJECT

public:
    /// Says in `bar` what it could not open.
    RecordFinder(SearchController& search, ResultsView& view, MessageBar& bar);

private:
    [[nodiscard]] QList<PaletteEntry> entries(const QString& text);
    void openIncident(const std::string& id);
    void openCall(const std::string& id);
    void show(std::shared_ptr<const domain::SearchHit> hit);
    void fail(const std::string& id, const domain::SourceFailure& failure);

    SearchController& m_search;
    ResultsView& m_view;
    MessageBar& m_bar;
    domain::Question m_question;
};

} // namespace exhibit::ui
