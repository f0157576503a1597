// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/inspection.h"

/// Whatever of ours lies on somebody's desk, by its content and not by its name: packs and
/// certificates (models/evidence), reports, SOC 2 evidence and legal productions as archives, and
/// bundles as JSON. The command line and the console ask this.
namespace exhibit::report {

/// Whom a verification believes: keys, and certificates (PEM) that sign reports or stand above
/// those.
struct Anchors {
    evidence::TrustAnchors keys;
    std::vector<Bytes> reportCertificates;
};

[[nodiscard]] evidence::VerificationReport verifyHandedOut(BytesView bytes, const Anchors& anchors);

/// The same with what lies in the file, for people to look at. Any thread.
[[nodiscard]] evidence::Inspection inspectHandedOut(BytesView bytes, const Anchors& anchors);

} // namespace exhibit::report
