// SPDX-License-Identifier: Apache-2.0
#include "tests/support/unsynced_postgres.h"

#include "tests/support/temp_dir.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace exhibit::test {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> installed()
{
    if (const char* chosen = std::getenv("EXHIBIT_PG_BIN"); chosen != nullptr) {
        return fs::absolute(chosen);
    }
    std::vector<std::pair<int, fs::path>> found;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", error)) {
        const fs::path programs = entry.path() / "bin";
        if (fs::exists(programs / "initdb", error) && fs::exists(programs / "postgres", error)) {
            found.emplace_back(std::atoi(entry.path().filename().c_str()), programs);
        }
    }
    const auto newest = std::max_element(found.begin(), found.end());
    return newest == found.end() ? std::nullopt : std::optional(newest->second);
}

bool everybodyMayPass(fs::path folder)
{
    constexpr auto kPass = fs::perms::others_exec;
    std::error_code error;
    for (; folder != folder.root_path(); folder = folder.parent_path()) {
        if ((fs::status(folder, error).permissions() & kPass) != kPass) {
            return false;
        }
    }
    return true;
}

/// The programs' folder of this process.
class Programs {
public:
    Programs()
    {
        const auto real = installed();
        if (!real || ::chmod(m_folder.path().c_str(), 0755) != 0
            || !everybodyMayPass(m_folder.path())) {
            return;
        }
        write("initdb", *real, "--no-sync");
        // A later option wins over the settings of the file.
        write("postgres", *real, "-c fsync=off");
        m_usable = true;
    }
    [[nodiscard]] std::optional<fs::path> folder() const
    {
        return m_usable ? std::optional(m_folder.path()) : std::nullopt;
    }

private:
    void write(const std::string& name, const fs::path& real, const std::string& option) const
    {
        const auto file = m_folder.write(
            name, "#!/bin/sh\nexec '" + (real / name).string() + "' \"$@\" " + option + "\n");
        ::chmod(file.c_str(), 0755);
    }

    TempDir m_folder;
    bool m_usable = false;
};

} // namespace

std::optional<fs::path> unsyncedPostgres()
{
    static const Programs programs;
    return programs.folder();
}

} // namespace exhibit::test
