// SPDX-License-Identifier: Apache-2.0
#include "ui/detail/tag_line.h"

#include "ui/text.h"
#include "ui/theme/fonts.h"

namespace exhibit::ui {

TagLine::TagLine(QWidget* parent)
    : QLabel(parent)
{
    setObjectName(QStringLiteral("record.tags"));
    setFont(typeFont(TypeRole::Small));
    setTextFormat(Qt::PlainText);
    setWordWrap(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    hide();
}

void TagLine::setTags(const std::vector<std::string>& tags)
{
    QStringList all;
    for (const auto& tag : tags) {
        all << toQt(tag);
    }
    setText(tr("Tags: %1").arg(all.join(QStringLiteral(", "))));
    setVisible(!all.isEmpty());
}

} // namespace exhibit::ui
