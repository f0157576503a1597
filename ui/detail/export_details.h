// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QDateEdit;
class QDateTimeEdit;
class QFormLayout;
class QLabel;
class QLineEdit;
class QStackedWidget;

namespace exhibit::ui {

/// What an export is asked for beside its format and its parts: by what right, to whom and for
/// which case it is handed out, whether people's data stay in it, and what its format alone needs:
/// the period of SOC 2 evidence, what is known for a report under Article 73, how a production is
/// numbered and what stays out of it. What nobody enters is not sent: the server's default holds,
/// or it stays open.
class ExportDetails : public QWidget {
    Q_OBJECT

public:
    explicit ExportDetails(QWidget* parent);

    void setFormat(const QString& format);
    /// Members of ExportRequest (openapi.json). InvalidInput, with words for people, when the file
    /// that was named cannot be read as a JSON object.
    [[nodiscard]] Result<JsonObject> request() const;

private:
    QWidget* periodPage();
    QWidget* draftPage();
    QWidget* productionPage();
    /// A line with a button that asks for a file; named for tests and screen readers.
    QLineEdit* addFile(QFormLayout& form, const QString& label, const QString& what);
    [[nodiscard]] Result<JsonObject> draft() const;
    [[nodiscard]] Result<JsonObject> production() const;

    QLineEdit* m_authority;
    QLineEdit* m_recipient;
    QLineEdit* m_case;
    QCheckBox* m_unredacted;
    QStackedWidget* m_pages;
    QCheckBox* m_hasPeriod = nullptr;
    QDateEdit* m_from = nullptr;
    QDateEdit* m_to = nullptr;
    QComboBox* m_stage = nullptr;
    QCheckBox* m_isAware = nullptr;
    QDateTimeEdit* m_awareAt = nullptr; ///< UTC.
    QComboBox* m_circumstance = nullptr;
    QComboBox* m_limb = nullptr;
    QLineEdit* m_fields = nullptr; ///< File.
    QList<QPair<QString, QLineEdit*>> m_production; ///< By member.
    QComboBox* m_encoding = nullptr;
    QLineEdit* m_kept = nullptr; ///< File: what stays out of a production.
    QString m_format;
};

} // namespace exhibit::ui
