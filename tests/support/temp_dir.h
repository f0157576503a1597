// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

namespace exhibit::test {

/// A private folder (mode 0700) under the system's temporary one, removed with all it holds.
class TempDir {
public:
    explicit TempDir(const std::string& name = "exhibit-test");
    ~TempDir();
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }
    [[nodiscard]] std::filesystem::path operator/(const std::string& name) const
    {
        return m_path / name;
    }

private:
    std::filesystem::path m_path;
};

/// The whole file; aborts the program when it cannot be read.
[[nodiscard]] std::string readFile(const std::filesystem::path& file);
void writeFile(const std::filesystem::path& file, const std::string& content);

/// Folders that the build tells tests about through the environment.
[[nodiscard]] std::filesystem::path binDir();
[[nodiscard]] std::filesystem::path sourceDir();
/// Third-party data: EXHIBIT_TEST_DATA, else ../shared/data beside the checkout; may not exist.
[[nodiscard]] std::filesystem::path testDataDir();

} // namespace exhibit::test
