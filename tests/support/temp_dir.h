// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

namespace exhibit::test {

/// A private folder under the system's temporary one (mode 0700), removed with all it holds.
class TempDir {
public:
    TempDir();
    ~TempDir();
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }
    /// The path of an entry, as text.
    [[nodiscard]] std::string file(const std::string& name) const { return m_path / name; }
    /// Writes a file of that name and returns its path.
    std::string write(const std::string& name, const std::string& content) const;

private:
    std::filesystem::path m_path;
};

} // namespace exhibit::test
