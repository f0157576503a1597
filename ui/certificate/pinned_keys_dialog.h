// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/certificate/trust_store.h"

#include <QDialog>

class QLineEdit;
class QListWidget;
class QPlainTextEdit;
class QPushButton;

namespace exhibit::ui {

class MessageBar;

/// The keys a person decided to believe: pin one that came by another way than the file, or take
/// one back.
class PinnedKeysDialog : public QDialog {
    Q_OBJECT

public:
    PinnedKeysDialog(TrustStore& trust, QWidget* parent);
    /// As the button does; false and a message when it is no key.
    bool pin(const QString& key, const QString& note);

private:
    void fill();

    TrustStore& m_trust;
    MessageBar* m_message;
    QListWidget* m_list;
    QPlainTextEdit* m_key;
    QLineEdit* m_note;
    QPushButton* m_remove;
};

} // namespace exhibit::ui
