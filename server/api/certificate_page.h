// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/certificate.h"
#include "models/evidence/report.h"

#include <string>

namespace exhibit::api {

/// A certificate as a page for people: one HTML document without scripts or anything fetched, that
/// prints. Every check stands there with what it means and what it does not.
[[nodiscard]] std::string certificatePage(const domain::IssuedCertificate& issued,
                                          const evidence::VerificationReport& report);
/// A page that says one thing, e.g. that there is no such certificate.
[[nodiscard]] std::string messagePage(std::string_view title, std::string_view message);

} // namespace exhibit::api
