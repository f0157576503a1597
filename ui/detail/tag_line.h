// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/widgets/phrase_label.h"

#include <optional>
#include <string>
#include <vector>

namespace exhibit::ui {

/// The tags of an incident and who looks after it, where it has any.
class TagLine : public PhraseLabel {
    Q_OBJECT

public:
    explicit TagLine(QWidget* parent);
    void show(const std::vector<std::string>& tags, const std::optional<std::string>& assignee);

private:
    using QLabel::show;
};

} // namespace exhibit::ui
