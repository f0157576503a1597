// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/pack_parts.h"

namespace exhibit::api {

/// {"logs": [{origin, vkey, status}], "certificates": [{key, key_id, status}]}: of the log that
/// grows the keys that sign, of those that ended the keys that were noted then; the certificate
/// keys with the current one first.
[[nodiscard]] Result<JsonObject> keyLists(storage::Transaction& transaction,
                                          const storage::PackKeys& keys);

} // namespace exhibit::api
