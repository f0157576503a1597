// SPDX-License-Identifier: Apache-2.0
#include "ui/detail/tag_line.h"

#include "ui/text.h"
#include "ui/theme/fonts.h"

namespace exhibit::ui {

TagLine::TagLine(QWidget* parent)
    : PhraseLabel(parent)
{
    setObjectName(QStringLiteral("record.tags"));
    setFont(typeFont(TypeRole::Small));
    setTextFormat(Qt::PlainText);
    setWordWrap(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    hide();
}

void TagLine::show(const std::vector<std::string>& tags, const std::optional<std::string>& assignee)
{
    QStringList all;
    for (const auto& tag : tags) {
        all << toQt(tag);
    }
    QStringList lines;
    if (!all.isEmpty()) {
        lines << tr("Tags: %1").arg(listed(all));
    }
    if (assignee) {
        lines << tr("Assigned to: %1").arg(isolatedText(toQt(*assignee)));
    }
    setText(lines.join(QLatin1Char('\n')));
    setVisible(!lines.isEmpty());
}

} // namespace exhibit::ui
