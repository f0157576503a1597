// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/search/search_controller.h"

#include <QDialog>

class QTabWidget;

namespace exhibit::ui {

class CallPages;

/// One call in a window of its own, whether it has an incident or not: what is known of it, what
/// policies decided, and request, response, headers and bytes as they are recorded.
class CallWindow : public QDialog {
    Q_OBJECT

public:
    /// The one that is open for this call comes to the front.
    static void open(SearchController& search, const domain::FoundCall& call);
    [[nodiscard]] QTabWidget& tabs() { return *m_tabs; }
    [[nodiscard]] QString summaryText() const;

private:
    CallWindow(SearchController& search, const domain::FoundCall& call, QWidget* parent);
    QWidget* buttons(SearchController& search, const domain::FoundCall& call);

    QTabWidget* m_tabs;
};

/// What is known of a call, as rows of name and value.
[[nodiscard]] QList<std::pair<QString, QString>> factsOfCall(const domain::FoundCall& call);

} // namespace exhibit::ui
