// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStringList>

#include <string>
#include <string_view>

namespace exhibit::ui {

/// The two places where text crosses between the core (UTF-8) and Qt.
[[nodiscard]] QString toQt(std::string_view utf8);
[[nodiscard]] std::string fromQt(const QString& text);

/// Keeps an id, a hash or code left to right and apart from the text around it.
[[nodiscard]] QString isolated(const QString& leftToRight);
/// The same for what people wrote, in whichever direction that runs: it turns nothing around it.
[[nodiscard]] QString isolatedText(const QString& text);
/// A name that somebody gave, within a sentence.
[[nodiscard]] QString inQuotes(const QString& name);
/// Several of them, in their order.
[[nodiscard]] QString listed(const QStringList& names);
/// What was put together of these for the eye, for a clipboard or a file.
[[nodiscard]] QString withoutIsolates(const QString& text);

/// A number in groups of three with thin spaces, the same in every locale of the table columns.
[[nodiscard]] QString grouped(qint64 number);
/// The same, "about" where it is an estimate.
[[nodiscard]] QString totalText(qint64 number, bool isEstimate);
/// With the decimal sign of the person's locale.
[[nodiscard]] QString decimal(double number, int decimals);

/// The number that a text of tr() is chosen by; larger ones than an int holds are all "many".
[[nodiscard]] int forPlural(qint64 number);

/// An id with its middle left out: "inc_01m7yrr…w39q".
[[nodiscard]] QString shortId(const QString& id);

} // namespace exhibit::ui
