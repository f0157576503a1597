// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/call_exchange.h"

#include <QString>

namespace exhibit::ui {

/// Texts of a recorded call for people. Any thread.

/// Every byte: as they are where they are text, as offset, hex and letters where they are not.
[[nodiscard]] QString rawText(BytesView bytes);

/// A recorded body to be read: indented where it is JSON; what is no UTF-8 is shown as U+FFFD.
[[nodiscard]] QString bodyText(const Bytes& body);
/// The request; `sent` what went to the provider where that differs.
[[nodiscard]] QString requestText(const domain::CallExchange& call,
                                  const Bytes& request,
                                  const Bytes& sent);
/// An answer that came in one piece.
[[nodiscard]] QString responseText(const domain::CallExchange& call,
                                   const Bytes& released,
                                   const Bytes& withheld);
/// The headers of both that are kept.
[[nodiscard]] QString headersText(const domain::CallExchange& call);
/// The answer event by event as it came: when, how much, and whether it was let out.
[[nodiscard]] QString eventsText(const domain::CallExchange& call,
                                 const Bytes& released,
                                 const Bytes& withheld);

} // namespace exhibit::ui
