// SPDX-License-Identifier: Apache-2.0
#include "ui/detail/json_page.h"

#include "ui/detail/json_layout.h"
#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"

#include <QApplication>
#include <QKeyEvent>
#include <QPointer>
#include <QThreadPool>

namespace exhibit::ui {
namespace {

constexpr std::int64_t kAskAboveBytes = 1024 * 1024;

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
    document()->setDocumentMargin(scaled(8));
}

void JsonPage::reset()
{
    ++m_generation; // What was asked for before, and what waits for Enter, is of another record.
    m_load = nullptr;
    m_working = false;
}

void JsonPage::show(const Json& json)
{
    std::string text = printJson(json);
    const auto size = static_cast<std::int64_t>(text.size());
    offer(size, [this, text = std::move(text)] { make([text] { return prettyJson(text); }); });
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
    setPlainText(tr("%1 bytes. Press Enter to load them.").arg(grouped(bytes)));
    m_load = std::move(load);
}

void JsonPage::make(std::function<QString()> text)
{
    reset();
    m_working = true;
    QThreadPool::globalInstance()->start(
        [page = QPointer<JsonPage>(this), generation = m_generation, text = std::move(text)] {
            QString made = text();
            QMetaObject::invokeMethod(qApp, [page, generation, made = std::move(made)] {
                if (page && page->m_generation == generation) {
                    page->m_working = false;
                    page->setPlainText(made);
                }
            });
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
