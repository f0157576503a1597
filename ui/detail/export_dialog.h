// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/incident_source.h"
#include "ui/windows/source_hub.h"

#include <QDialog>

class QButtonGroup;
class QCheckBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace exhibit::ui {

/// Format and contents of an export, or of a certificate. What the server cannot do is grey, with
/// the reason beside it.
class ExportDialog : public QDialog {
    Q_OBJECT

public:
    enum class Kind : std::uint8_t { Export, Certify };

    ExportDialog(Kind kind,
                 const domain::Incident& incident,
                 const SourceHub& server,
                 QWidget* parent);
    [[nodiscard]] bool canGoOn() const;
    [[nodiscard]] QString reason() const;
    [[nodiscard]] domain::ExportChoice choice() const;
    /// Whether the file is to be verified here once it is written.
    [[nodiscard]] bool verifiesAfterwards() const;

private:
    QWidget* formats(const QSet<QString>& known);
    QWidget* includes();

    QLabel* m_reason;
    QPushButton* m_go;
    QButtonGroup* m_format = nullptr;
    QList<QCheckBox*> m_includes;
    QLineEdit* m_why = nullptr;
    QCheckBox* m_verify;
};

} // namespace exhibit::ui
