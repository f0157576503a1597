// SPDX-License-Identifier: Apache-2.0
#include "ui/detail/json_page.h"

#include "ui/detail/copy_as.h"
#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"

#include <QApplication>
#include <QKeyEvent>
#include <QPointer>
#include <QThreadPool>

namespace exhibit::ui {
namespace {

constexpr std::size_t kAskAboveBytes = 1024 * 1024;

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

void JsonPage::show(const Json& json)
{
    ++m_generation; // What was asked for before, and what waits for Enter, is of another record.
    m_withheldBack.clear();
    m_working = false;
    std::string text = printJson(json);
    if (text.size() > kAskAboveBytes) {
        setPlainText(tr("%1 bytes. Press Enter to load them.")
                         .arg(grouped(static_cast<qint64>(text.size()))));
        m_withheldBack = std::move(text);
        return;
    }
    format(std::move(text));
}

void JsonPage::showNothing(const QString& why)
{
    ++m_generation;
    m_withheldBack.clear();
    m_working = false;
    setPlainText(why);
}

void JsonPage::format(std::string text)
{
    const int generation = ++m_generation;
    m_working = true;
    QThreadPool::globalInstance()->start(
        [page = QPointer<JsonPage>(this), generation, text = std::move(text)] {
            QString pretty = prettyJson(text);
            QMetaObject::invokeMethod(qApp, [page, generation, pretty = std::move(pretty)] {
                if (page && page->m_generation == generation) {
                    page->m_working = false;
                    page->setPlainText(pretty);
                }
            });
        });
}

void JsonPage::keyPressEvent(QKeyEvent* event)
{
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (enter && !m_withheldBack.empty()) {
        format(std::exchange(m_withheldBack, {}));
        return;
    }
    QPlainTextEdit::keyPressEvent(event);
}

} // namespace exhibit::ui
