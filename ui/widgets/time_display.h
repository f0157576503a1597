// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/time.h"

#include <QDateTime>
#include <QObject>
#include <QTimeZone>

#include <optional>
#include <string>

namespace exhibit::ui {

/// The one switch for how times are shown. One per process, GUI thread.
class TimeDisplay : public QObject {
    Q_OBJECT

public:
    [[nodiscard]] static TimeDisplay& instance();

    void setZone(const QTimeZone& zone);
    [[nodiscard]] QTimeZone zone() const { return m_zone; }
    [[nodiscard]] bool isUtc() const { return m_zone == QTimeZone::utc(); }

    [[nodiscard]] QDateTime inZone(UtcTime time) const;
    /// "11:00:01.788" today, "21 Nov 11:00:01" this year, "21 Nov 2025 11:00:01" before.
    [[nodiscard]] QString clock(UtcTime time) const;
    /// The same to the minute: "11:00", "21 Nov 11:00", "21 Nov 2025 11:00".
    [[nodiscard]] QString shortClock(UtcTime time) const;
    /// "21 Nov", with the year where it is not this one.
    [[nodiscard]] QString day(UtcTime time) const;
    [[nodiscard]] QString dateAndClock(UtcTime time) const;
    /// ISO 8601 with offset, for copying: never without its zone.
    [[nodiscard]] QString iso(UtcTime time) const;
    /// "UTC+01:00 (Vienna)", for the status bar.
    [[nodiscard]] QString zoneText(UtcTime at) const;
    /// "UTC+01:00".
    [[nodiscard]] QString offsetText(UtcTime at) const;

Q_SIGNALS:
    void changed();

private:
    TimeDisplay();
    [[nodiscard]] bool isToday(UtcTime time) const;

    QTimeZone m_zone;
};

/// "837 ms", "1 204 ms", "41 µs".
[[nodiscard]] QString durationText(qint64 microseconds);
/// "USD 0.0023" of microcents: the code, because a sign stands for several currencies. Without one
/// where the server names none.
[[nodiscard]] QString costText(qint64 microcents, const std::optional<std::string>& currency);

} // namespace exhibit::ui
