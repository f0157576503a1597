// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QCoreApplication>

namespace exhibit::client {

/// Context of the texts about connections: Network::tr(). English where nobody translates.
class Network {
    Q_DECLARE_TR_FUNCTIONS(exhibit::client::Network)
};

} // namespace exhibit::client
