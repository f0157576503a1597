// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QSslError>

#include <string>

namespace exhibit::client {

/// What is wrong with a server's certificate, and what can be done: one sentence for people.
[[nodiscard]] std::string explainTlsError(QSslError::SslError error);

} // namespace exhibit::client
