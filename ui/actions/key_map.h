// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/actions/action_spec.h"

#include <QKeySequence>
#include <QList>
#include <QObject>

namespace exhibit::ui {

/// The keys of actions: those of the table, or what a person chose instead, in the settings. One
/// per process, so that all windows have the same ones. GUI thread.
class KeyMap : public QObject {
    Q_OBJECT

public:
    [[nodiscard]] static KeyMap& instance();

    [[nodiscard]] static QList<QKeySequence> defaults(const ActionSpec& spec);
    /// A default that somebody chose for another action of the same place is left out: a later
    /// version may bring one.
    [[nodiscard]] static QList<QKeySequence> keys(const ActionSpec& spec);
    /// One key cannot mean two things in both.
    [[nodiscard]] static bool overlap(Context one, Context other);
    [[nodiscard]] static bool isOwn(const ActionSpec& spec);
    /// None: the action has no key any more.
    void set(const ActionSpec& spec, const QList<QKeySequence>& keys);
    void reset(const ActionSpec& spec);

Q_SIGNALS:
    void changed(const exhibit::ui::ActionSpec* spec);
};

} // namespace exhibit::ui
