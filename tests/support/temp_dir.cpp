// SPDX-License-Identifier: Apache-2.0
#include "tests/support/temp_dir.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace exhibit::test {
namespace {

[[noreturn]] void giveUp(const std::string& what)
{
    std::perror(what.c_str());
    std::abort();
}

std::filesystem::path fromEnvironment(const char* name, const std::filesystem::path& otherwise)
{
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0' ? std::filesystem::path(value) : otherwise;
}

} // namespace

TempDir::TempDir(const std::string& name)
{
    std::string pattern = (std::filesystem::temp_directory_path() / (name + "-XXXXXX")).string();
    if (::mkdtemp(pattern.data()) == nullptr) {
        giveUp(pattern);
    }
    m_path = pattern;
}

TempDir::~TempDir()
{
    std::error_code ignored;
    std::filesystem::remove_all(m_path, ignored);
}

std::string readFile(const std::filesystem::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        giveUp(file.string());
    }
    return {std::istreambuf_iterator<char>(stream), {}};
}

void writeFile(const std::filesystem::path& file, const std::string& content)
{
    std::ofstream stream(file, std::ios::binary | std::ios::trunc);
    stream << content;
    stream.close();
    if (!stream) {
        giveUp(file.string());
    }
}

std::filesystem::path sourceDir()
{
    return fromEnvironment("EXHIBIT_SOURCE_DIR", std::filesystem::current_path());
}

std::filesystem::path binDir()
{
    return fromEnvironment("EXHIBIT_BIN_DIR",
                           std::filesystem::read_symlink("/proc/self/exe").parent_path());
}

std::filesystem::path testDataDir()
{
    return fromEnvironment("EXHIBIT_TEST_DATA", sourceDir().parent_path() / "shared" / "data");
}

} // namespace exhibit::test
