// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFrame>

#include <functional>

class QHBoxLayout;
class QLabel;
class QPushButton;

namespace exhibit::ui {

/// What happened and what to do, at the top of the pane concerned; never a dialog.
class MessageBar : public QFrame {
    Q_OBJECT

public:
    enum class Kind : std::uint8_t { Error, Warning, Note, Done };

    explicit MessageBar(QWidget* parent);
    /// Replaces what was shown. `what` stands first, in bold; `more` goes on in secondary text.
    void showMessage(Kind kind, const QString& what, const QString& more);
    /// Other words of the same message: its actions stay, and the focus on one of them.
    void rewrite(const QString& what, const QString& more);
    /// The bar's own until the next message.
    QPushButton* addAction(const QString& text, std::function<void()> run);
    void clear();
    [[nodiscard]] QString text() const;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void write();

    Kind m_kind = Kind::Note;
    QLabel* m_what;
    QHBoxLayout* m_buttons;
};

} // namespace exhibit::ui
