// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/section.h"

#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/style.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/tool_bar_parts.h"

#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

namespace exhibit::ui {

Section::Section(const QString& heading, QWidget* parent)
    : QWidget(parent)
    , m_toggle(new QToolButton(this))
    , m_note(new ElidedLabel(this))
    , m_layout(new QVBoxLayout(this))
{
    m_toggle->setText(heading);
    m_toggle->setFont(boldFont(TypeRole::Caption));
    m_toggle->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_toggle->setIconSize(QSize(scaled(9), scaled(9)));
    m_toggle->setCheckable(true);
    m_toggle->setProperty("quiet", true);
    m_toggle->setAutoRaise(true);
    m_note->setFont(typeFont(TypeRole::Caption));
    makeSecondary(m_note);
    m_note->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(0, 0, scaled(12), 0);
    head->addWidget(m_toggle);
    head->addWidget(m_note, 1);
    m_layout->setContentsMargins(scaled(4), scaled(6), 0, scaled(8));
    m_layout->setSpacing(scaled(2));
    m_layout->addLayout(head);
    connect(m_toggle, &QToolButton::clicked, this, [this] {
        setExpanded(m_content == nullptr || m_content->isHidden());
    });
    setExpanded(true);
}

void Section::setContent(QWidget* content)
{
    m_content = content;
    m_layout->addWidget(content);
}

void Section::setHeading(const QString& heading)
{
    m_toggle->setText(heading);
}

void Section::setNote(const QString& note)
{
    m_note->setText(note);
}

void Section::setExpanded(bool expanded)
{
    m_toggle->setChecked(false); // The chevron says it; a checked look would be a selection.
    m_toggle->setIcon(icon(expanded ? Icon::ChevronDown : Icon::ChevronRight));
    m_toggle->setAccessibleDescription(expanded ? tr("expanded") : tr("collapsed"));
    if (m_content != nullptr) {
        m_content->setVisible(expanded);
    }
}

bool Section::isExpanded() const
{
    return m_content == nullptr || !m_content->isHidden();
}

} // namespace exhibit::ui
