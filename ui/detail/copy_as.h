// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/incident_source.h"

#include <QString>

namespace exhibit::ui {

/// Keys and tokens in a text replaced by "[REDACTED]": what leaves through the clipboard.
[[nodiscard]] QString withoutSecrets(const QString& text);

/// The request that began the call of an incident, for a terminal; the key is a variable. Comments
/// before it say what of the request is not in it.
[[nodiscard]] QString asCurl(const domain::TimelineEvent& input, const QString& server);
[[nodiscard]] QString asMarkdown(const domain::Incident& incident,
                                 const domain::TimelineReply* timeline);
[[nodiscard]] QString asJson(const domain::Incident& incident,
                             const domain::TimelineReply* timeline);

} // namespace exhibit::ui
