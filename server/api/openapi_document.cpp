// SPDX-License-Identifier: Apache-2.0
#include "server/api/openapi_document.h"

#include "server/storage/embedded_files.h"

namespace exhibit::storage {

/// Made by embed_files.cmake for this module.
std::span<const EmbeddedFile> embeddedApiDescription();

} // namespace exhibit::storage

namespace exhibit::api {

std::string_view openApiDocument()
{
    return storage::embeddedApiDescription().front().text;
}

} // namespace exhibit::api
