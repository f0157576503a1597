// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/api/access.h"

#include <optional>
#include <string>

namespace exhibit::api {

/// SOC 2 evidence as it is asked for.
struct Soc2Request {
    std::string format = "pdf"; ///< pdf, json, csv, zip
    std::string periodStart; ///< YYYY-MM-DD; empty: see answerSoc2().
    std::string periodEnd; ///< Inclusive.
    storage::HandOver handOver;
    bool redact = true;
};

/// "soc2" is "pdf", "soc2_json" is "json"; nullopt: no format of SOC 2 evidence.
[[nodiscard]] std::optional<std::string> soc2Format(std::string_view format);

/// Evidence of a period. Without one it is of the stated period; with an incident, where that is
/// not of the stated period or none is stated, of the calendar quarter that the incident is of.
[[nodiscard]] http::Response answerSoc2(const SharedServices& services,
                                        const http::Request& request,
                                        const security::Principal& principal,
                                        std::optional<IncidentId> incident,
                                        Soc2Request body);

} // namespace exhibit::api
