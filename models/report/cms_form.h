// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"

struct CMS_ContentInfo_st;
struct x509_st;

namespace exhibit::report {

/// Whether `der` is exactly what the signer writes: one signer by issuer and serial number, its
/// certificate with those that vouch for it, SHA-256 with P-256 or RSA, signed attributes, nothing
/// unsigned but a time stamp. Parts of a CMS message that no signature covers could be changed
/// otherwise without being found.
[[nodiscard]] bool hasOurForm(CMS_ContentInfo_st* cms, x509_st* signer, BytesView der);

} // namespace exhibit::report
