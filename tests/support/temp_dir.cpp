// SPDX-License-Identifier: Apache-2.0
#include "tests/support/temp_dir.h"

#include "models/base/assert.h"

#include <fstream>
#include <system_error>

#include <stdlib.h>

namespace exhibit::test {

TempDir::TempDir()
{
    std::string name = std::filesystem::temp_directory_path() / "exhibit-test-XXXXXX";
    EXHIBIT_ASSERT(::mkdtemp(name.data()) != nullptr);
    m_path = name;
}

TempDir::~TempDir()
{
    std::error_code ignored;
    std::filesystem::remove_all(m_path, ignored);
}

std::string TempDir::write(const std::string& name, const std::string& content) const
{
    const std::string path = file(name);
    std::ofstream stream(path, std::ios::binary);
    stream << content;
    stream.close();
    EXHIBIT_ASSERT(stream.good());
    return path;
}

} // namespace exhibit::test
