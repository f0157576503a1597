// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/main/configuration.h"

namespace exhibit::server {

struct ReplaceSignerOptions {
    std::string reason;
    std::string operatorName; ///< Empty: the account that runs the command.
};

/// replace-signer: the operator's act after the signer's folder was lost for good, while no server
/// runs. The log of every tenant that lost something ends as it is and goes on in a new epoch with
/// the keys that the signer has now (docs/decisions/0086). Prints a line per tenant; kExitFinding
/// when nothing is lost. Interrupted, it is run again.
[[nodiscard]] Result<int> replaceSigner(const Configuration& configuration,
                                        const ReplaceSignerOptions& options);

} // namespace exhibit::server
