// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/incident.h"

#include <QDialog>
#include <QSet>

class QButtonGroup;
class QCheckBox;
class QLabel;
class QPushButton;

namespace exhibit::ui {

/// Format and contents of an export, or of a certificate. What the server cannot do is grey, with
/// the reason beside it.
class ExportDialog : public QDialog {
    Q_OBJECT

public:
    enum class Kind : std::uint8_t { Export, Certify };

    /// `routes` are those of the server's own description.
    ExportDialog(Kind kind,
                 const domain::Incident& incident,
                 const QSet<QString>& routes,
                 QWidget* parent);
    [[nodiscard]] bool canGoOn() const;
    [[nodiscard]] QString reason() const;

private:
    QWidget* formats(bool enabled);
    QWidget* includes(bool enabled);

    QLabel* m_reason;
    QPushButton* m_go;
};

} // namespace exhibit::ui
