// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QLabel>

#include <string>
#include <vector>

namespace exhibit::ui {

/// The tags of an incident, where it has any.
class TagLine : public QLabel {
    Q_OBJECT

public:
    explicit TagLine(QWidget* parent);
    void setTags(const std::vector<std::string>& tags);
};

} // namespace exhibit::ui
