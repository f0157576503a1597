// SPDX-License-Identifier: Apache-2.0
#include "ui/windows/gateway_help.h"

#include "ui/theme/fonts.h"
#include "ui/theme/style.h"

#include <QClipboard>
#include <QDialogButtonBox>
#include <QGuiApplication>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

/// Code: the same in every language.
const QString kLines
    = uR"(exhibitctl key create --project default --role service --scopes run:create

# OpenAI's SDKs
client = OpenAI(base_url="%1/v1", api_key="exk_…")

# Anthropic's SDKs
client = Anthropic(base_url="%1", api_key="exk_…")

# without a change of code
export OPENAI_BASE_URL=%1/v1 OPENAI_API_KEY=exk_…)"_s;

} // namespace

GatewayHelp::GatewayHelp(const QString& baseUrl, QWidget* parent)
    : QDialog(parent)
    , m_lines(kLines.arg(baseUrl.isEmpty() ? u"https://host:port"_s : baseUrl))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setObjectName(u"gateway.help"_s);
    setWindowTitle(tr("Point an application at the gateway"));
    auto* text = new QLabel(tr("An application sends its calls to this address instead of the "
                               "provider’s, with a key of its own. Nothing else of it changes. An "
                               "administrator makes the key; it is shown once."),
                            this);
    text->setWordWrap(true);
    auto* code = new QPlainTextEdit(m_lines, this);
    code->setReadOnly(true);
    code->setFont(typeFont(TypeRole::Mono));
    code->setAccessibleName(windowTitle());
    code->setLineWrapMode(QPlainTextEdit::NoWrap);
    code->setLayoutDirection(Qt::LeftToRight);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    auto* copy = buttons->addButton(tr("Copy"), QDialogButtonBox::ActionRole);
    connect(copy, &QPushButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(m_lines);
    });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::close);
    auto* column = new QVBoxLayout(this);
    column->addWidget(text);
    column->addWidget(code, 1);
    column->addWidget(buttons);
    resize(scaled(560), scaled(320));
}

} // namespace exhibit::ui
