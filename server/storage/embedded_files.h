// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

/// Files of resources/ that are part of the program, so that exhibitd needs none beside it. Made at
/// build time by embed_files.cmake, sorted by name.
namespace exhibit::storage {

struct EmbeddedFile {
    std::string_view name; ///< Without folder.
    std::string_view text;
};

[[nodiscard]] std::span<const EmbeddedFile> embeddedMigrations();
[[nodiscard]] std::span<const EmbeddedFile> embeddedPriceTables();
/// What laws and authorities ask for, as data: resources/mappings.
[[nodiscard]] std::span<const EmbeddedFile> embeddedMappings();

} // namespace exhibit::storage
