// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/widgets/message_bar.h"
#include "ui/windows/pane_registry.h"
#include "ui/windows/source_hub.h"

#include <optional>

namespace exhibit::ui {

/// Says that the server is away, or no longer takes the key, for as long as that is so, and what
/// can be done. What is shown stays.
class ConnectionBar : public MessageBar {
    Q_OBJECT

public:
    ConnectionBar(const Services& services, QWidget* parent);

private:
    void follow();
    void addActions();
    void showDetails();

    Services m_services;
    std::optional<ConnectionState> m_said; ///< What the bar is shown for.
    QPushButton* m_retry = nullptr;
    QPushButton* m_details = nullptr;
    bool m_showsDetails = false; ///< Of this outage: each attempt would close them again.
};

} // namespace exhibit::ui
