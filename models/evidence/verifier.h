// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/report.h"
#include "models/evidence/trust.h"

/// The one verifier that server, command line and console share. It binds every arrow: anchor ->
/// checkpoint -> proof -> entry -> field -> claim. A damaged file is a successful report.
namespace exhibit::evidence {

/// A pack, by its bytes (usually a memory map). Nothing is written anywhere.
[[nodiscard]] VerificationReport verifyPack(BytesView archive, const TrustAnchors& anchors);

/// A certificate alone: its DSSE envelope. What only the log can show is not checked, its issue
/// above all: at most untrusted.
[[nodiscard]] VerificationReport verifyCertificate(BytesView envelope, const TrustAnchors& anchors);

/// A certificate as it is handed out, with its entries and their proofs.
[[nodiscard]] VerificationReport verifyCertificateDocument(BytesView document,
                                                           const TrustAnchors& anchors);

/// By content, not by name: a pack, a certificate's document or its envelope; everything else is
/// unreadable.
[[nodiscard]] VerificationReport verifyFile(BytesView bytes, const TrustAnchors& anchors);

} // namespace exhibit::evidence
