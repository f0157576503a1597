// SPDX-License-Identifier: Apache-2.0
#include "ui/detail/json_page.h"

#include "ui/detail/json_layout.h"
#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"

#include <QApplication>
#include <QKeyEvent>
#include <QPointer>
#include <QTextCursor>
#include <QThreadPool>
#include <QTimer>

#include <memory>

namespace exhibit::ui {
namespace {

constexpr std::int64_t kAskAboveBytes = 1024 * 1024;
constexpr qsizetype kSliceChars = 64 * 1024;

} // namespace

JsonPage::JsonPage(QWidget* parent)
    : QPlainTextEdit(parent)
{
    setReadOnly(true);
    setFrameShape(QFrame::NoFrame);
    setFont(typeFont(TypeRole::Mono));
    setLineWrapMode(WidgetWidth);
    setLayoutDirection(Qt::LeftToRight);
    setTabChangesFocus(true);
    setUndoRedoEnabled(false); // Nobody writes here.
    document()->setDocumentMargin(scaled(8));
}

void JsonPage::reset()
{
    ++m_generation; // What was asked for before, and what waits for Enter, is of another record.
    m_load = nullptr;
    m_working = false;
}

template <class T>
void JsonPage::work(std::function<T()> work, std::function<void(T)> done)
{
    reset();
    m_working = true;
    QThreadPool::globalInstance()->start([page = QPointer<JsonPage>(this),
                                          generation = m_generation,
                                          work = std::move(work),
                                          done = std::move(done)] {
        auto made = std::make_shared<T>(work());
        QMetaObject::invokeMethod(qApp, [page, generation, done, made] {
            if (page && page->m_generation == generation) {
                done(std::move(*made));
            }
        });
    });
}

void JsonPage::show(std::function<Json()> json)
{
    work<std::string>([json = std::move(json)] { return printJson(json()); },
                      [this](std::string text) {
                          const auto size = static_cast<std::int64_t>(text.size());
                          offer(size, [this, text = std::move(text)] {
                              make([text] { return prettyJson(text); });
                          });
                      });
}

void JsonPage::showNothing(const QString& why)
{
    reset();
    setPlainText(why);
}

void JsonPage::offer(std::int64_t bytes, std::function<void()> load)
{
    reset();
    if (bytes <= kAskAboveBytes) {
        load();
        return;
    }
    setPlainText(
        tr("%1 bytes. Press Enter to load them.", nullptr, forPlural(bytes)).arg(grouped(bytes)));
    m_load = std::move(load);
}

void JsonPage::make(std::function<QString()> text)
{
    work<QString>(std::move(text), [this](const QString& made) {
        clear();
        fill(made, 0);
    });
}

/// In slices, since a document takes its time for each line.
void JsonPage::fill(const QString& text, qsizetype from)
{
    const auto line = text.indexOf(QLatin1Char('\n'), from + kSliceChars);
    const auto end = line < 0 ? text.size() : line + 1;
    QTextCursor at(document());
    at.movePosition(QTextCursor::End);
    at.insertText(text.mid(from, end - from));
    if (end == text.size()) {
        m_working = false;
        return;
    }
    QTimer::singleShot(0, this, [this, text, end, generation = m_generation] {
        if (generation == m_generation) {
            fill(text, end);
        }
    });
}

void JsonPage::keyPressEvent(QKeyEvent* event)
{
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (enter && m_load) {
        std::exchange(m_load, nullptr)();
        return;
    }
    QPlainTextEdit::keyPressEvent(event);
}

} // namespace exhibit::ui
