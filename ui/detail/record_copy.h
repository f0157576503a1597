// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "ui/shell_quote.h"
#include "ui/windows/pane_registry.h"

namespace exhibit::ui {

/// The actions that put the selected record, or several incidents without their events, into the
/// clipboard. What they say is made in another thread: scanning a long record takes a while. The
/// newest copy wins. GUI thread.
class RecordCopy : public QObject {
    Q_OBJECT

public:
    RecordCopy(const Services& services, QObject* parent);

private:
    /// What is copied; none, with the reason said, when not all of them are here.
    [[nodiscard]] std::vector<domain::Incident> marked() const;
    void copyJson();
    void copyMarkdown();
    void copyCurl(Shell shell);
    void say(const QString& text) const;
    /// `make` runs in another thread; why it failed is said.
    void copy(std::function<Result<QString>()> make);

    Services m_services;
    int m_copies = 0;
};

} // namespace exhibit::ui
