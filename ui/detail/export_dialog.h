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

class ExportDetails;

/// Format and contents of an export, or of a certificate. What the server or the format cannot do
/// is grey, with the reason beside it, which screen readers say too.
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
    /// Not while a file that was named cannot be read; says why.
    void accept() override;
    /// Whether the file is to be verified here once it is written.
    [[nodiscard]] bool verifiesAfterwards() const;

private:
    /// A part with what it is asked for, and why it cannot be had: hidden where it can.
    struct Include {
        QCheckBox* box;
        QLabel* why;
        bool wanted; ///< As the person chose, also while the format takes no choice.
    };

    QLayout* parts(const SourceHub& server, bool can);
    QWidget* formats(const QSet<QString>& known);
    QWidget* includes(const ExportIncludes& offered);
    void followFormat();
    [[nodiscard]] QString format() const;

    QLabel* m_reason;
    QPushButton* m_go;
    ExportIncludes m_offered;
    QButtonGroup* m_format = nullptr;
    QLabel* m_whyNone = nullptr; ///< Why nothing can be chosen in this format.
    QList<Include> m_includes;
    QLineEdit* m_why = nullptr;
    ExportDetails* m_details = nullptr; ///< Of an export.
    QCheckBox* m_verify = nullptr;
};

} // namespace exhibit::ui
