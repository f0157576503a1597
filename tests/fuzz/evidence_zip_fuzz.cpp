// SPDX-License-Identifier: Apache-2.0
// Any bytes: an archive that is opened is read within its limits, and no two files share a name.
#include "models/base/assert.h"
#include "models/evidence/zip_reader.h"

#include <set>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace exhibit;
    const auto archive = evidence::ZipArchive::open({reinterpret_cast<const char*>(data), size});
    if (!archive) {
        return 0;
    }
    std::set<std::string> names;
    for (const auto& file : archive->files()) {
        EXHIBIT_ASSERT(names.insert(file.name).second && evidence::isPackName(file.name));
        if (const auto content = archive->read(file)) {
            EXHIBIT_ASSERT(content->view().size() == file.bytes);
        }
    }
    return 0;
}
