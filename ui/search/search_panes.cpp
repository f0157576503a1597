// SPDX-License-Identifier: Apache-2.0
#include "ui/search/search_panes.h"

#include "ui/search/facets_pane.h"
#include "ui/search/query_bar.h"
#include "ui/search/results_pane.h"

namespace exhibit::ui {

void registerSearchPanes(PaneRegistry& registry)
{
    registry.add(Pane{"query",
                      QT_TRANSLATE_NOOP("Panes", "Query"),
                      Icon::Search,
                      [](const Services& services, QWidget* parent) -> QWidget* {
                          return new QueryBar(SearchController::of(services), parent);
                      },
                      Placement::Bar});
    registry.add(Pane{"facets",
                      QT_TRANSLATE_NOOP("Panes", "Facets"),
                      Icon::Funnel,
                      [](const Services& services, QWidget* parent) -> QWidget* {
                          return new FacetsPane(SearchController::of(services), parent);
                      },
                      Placement::Left,
                      true,
                      216});
    registry.add(
        Pane{"results",
             QT_TRANSLATE_NOOP("Panes", "Incidents"),
             Icon::List,
             [](const Services& services, QWidget* parent) -> QWidget* {
                 return new ResultsPane(SearchController::of(services), parent);
             },
             Placement::Top,
             true,
             350,
             [](const QWidget& pane) { return static_cast<const ResultsPane&>(pane).state(); },
             [](QWidget& pane, const QJsonObject& state) {
                 static_cast<ResultsPane&>(pane).restore(state);
             }});
}

} // namespace exhibit::ui
