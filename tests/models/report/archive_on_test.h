// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/assert.h"
#include "models/base/sha256.h"
#include "models/evidence/zip_reader.h"
#include "models/evidence/zip_writer.h"
#include "models/report/archive_files.h"

/// Archives of exports, taken apart and packed again by somebody who changes something.
namespace exhibit::report {

using FilesOnTest = std::map<std::string, Bytes>; ///< By their path in the folder.

inline FilesOnTest filesOf(BytesView archive)
{
    FilesOnTest files;
    const auto zip = evidence::ZipArchive::open(archive).value();
    for (const auto& file : zip.files()) {
        files.emplace(file.name.substr(file.name.find('/') + 1), zip.read(file)->view());
    }
    return files;
}

inline Bytes packedAs(const std::string& folder, const FilesOnTest& files)
{
    Bytes archive;
    evidence::ZipWriter writer([&archive](BytesView bytes) -> Result<void> {
        archive += bytes;
        return {};
    });
    for (const auto& [path, bytes] : files) {
        EXHIBIT_ASSERT(writer.add(folder + "/" + path, bytes));
    }
    EXHIBIT_ASSERT(writer.finish());
    return archive;
}

/// With a manifest that fits.
inline Bytes listedAs(const std::string& folder, FilesOnTest files)
{
    files.erase(std::string(kFileManifest));
    Bytes manifest;
    for (const auto& [path, bytes] : files) {
        manifest += toHex(asView(sha256(bytes))) + "  " + path + "\n";
    }
    files[std::string(kFileManifest)] = manifest;
    return packedAs(folder, files);
}

} // namespace exhibit::report
