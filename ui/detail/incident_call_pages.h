// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/detail/call_pages.h"

namespace exhibit::ui {

/// The call of the selected incident. What the source cannot give is shown as the run's steps keep
/// it.
class IncidentCallPages : public CallPages {
    Q_OBJECT

public:
    IncidentCallPages(const Services& services, QTabWidget& tabs, QObject* parent);

protected:
    [[nodiscard]] QString waitsFor() const override;
    bool showOtherwise(JsonPage& page, const QString& failure) override;

private:
    Selection& m_selection;
};

} // namespace exhibit::ui
