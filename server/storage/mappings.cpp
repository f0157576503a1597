// SPDX-License-Identifier: Apache-2.0
#include "server/storage/mappings.h"

#include "server/storage/embedded_files.h"

namespace exhibit::storage {

Result<Json> readMapping(std::string_view name)
{
    for (const auto& mapping : embeddedMappings()) {
        if (mapping.name == name) {
            return parseJson(mapping.text);
        }
    }
    return fail(ErrorCode::Internal, "there is no such mapping", std::string(name));
}

} // namespace exhibit::storage
