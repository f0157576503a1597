// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

class QWidget;

namespace exhibit::console {

/// For benchmarks, where EXHIBIT_FIRST_PAINT is set: says on standard error when the window's first
/// picture was handed to the platform, as "first paint N", N in nanoseconds of the steady clock,
/// which all processes of a machine share.
class FirstPaint : public QObject {
    Q_OBJECT

public:
    /// Goes with the window, or when it has said it.
    static void watch(QWidget& window);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    using QObject::QObject;
};

} // namespace exhibit::console
