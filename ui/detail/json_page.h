// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"

#include <QPlainTextEdit>

#include <functional>

namespace exhibit::ui {

/// Recorded text, made in a pool thread; one that was overtaken is dropped. A large one says its
/// size first and is loaded on request.
class JsonPage : public QPlainTextEdit {
    Q_OBJECT

public:
    explicit JsonPage(QWidget* parent);
    /// Indented. `json` is called in a pool thread, as what it returns may be much.
    void show(std::function<Json()> json);
    /// What `text` returns; it is called in a pool thread.
    void make(std::function<QString()> text);
    /// Calls `load` at once, or when Enter asks for it: then it is large.
    void offer(std::int64_t bytes, std::function<void()> load);
    void showNothing(const QString& why);
    [[nodiscard]] bool isWorking() const { return m_working; }

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void reset();
    /// Calls `work` in the pool and `done` with its result here, unless overtaken.
    template <class T>
    void work(std::function<T()> work, std::function<void(T)> done);
    void fill(const QString& text, qsizetype from);

    int m_generation = 0;
    bool m_working = false;
    std::function<void()> m_load; ///< A large text that waits for Enter.
};

} // namespace exhibit::ui
