// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QSslError>
#include <QString>

namespace exhibit::client {

/// What is wrong with a server's certificate, and what can be done: one sentence for people.
[[nodiscard]] QString explainTlsError(QSslError::SslError error);

} // namespace exhibit::client
