// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/incident_source.h"
#include "ui/shell_quote.h"

#include <QString>

namespace exhibit::ui {

/// What leaves through the clipboard. Personal data and secrets are replaced as in every export, by
/// the packs that ship (models/redaction); of what the gateway withheld only the size leaves. Any
/// thread; long records take long.
[[nodiscard]] QString withoutSecrets(const QString& text);

/// The request that began the call of an incident, for a terminal of that shell; the key is a
/// variable of the environment. Comments before it say what of the request is not in it. An error
/// in words where the shell cannot hold it.
[[nodiscard]] Result<QString> asCurl(const domain::TimelineEvent& input,
                                     const QString& server,
                                     Shell shell = Shell::Posix);
/// `time` is the incident's, as text.
[[nodiscard]] QString asMarkdown(const domain::Incident& incident,
                                 const domain::TimelineReply* timeline,
                                 const QString& time);
[[nodiscard]] QString asJson(const domain::Incident& incident,
                             const domain::TimelineReply* timeline);
/// An array of them.
[[nodiscard]] QString asJson(const std::vector<domain::Incident>& incidents);

} // namespace exhibit::ui
