// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"

#include <QPlainTextEdit>

#include <memory>

namespace exhibit::ui {

/// Recorded JSON, indented in a pool thread; an answer that was overtaken is dropped. A large text
/// says its size first and is loaded on request.
class JsonPage : public QPlainTextEdit {
    Q_OBJECT

public:
    explicit JsonPage(QWidget* parent);
    void show(const Json& json);
    void showNothing(const QString& why);
    [[nodiscard]] bool isWorking() const { return m_working; }

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void format(std::string text);

    int m_generation = 0;
    bool m_working = false;
    std::string m_withheldBack; ///< A large text that waits for Enter.
};

} // namespace exhibit::ui
