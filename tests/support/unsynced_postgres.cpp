// SPDX-License-Identifier: Apache-2.0
#include "tests/support/unsynced_postgres.h"

#include "tests/support/temp_dir.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <vector>

namespace exhibit::test {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> installed()
{
    if (const char* chosen = std::getenv("EXHIBIT_PG_BIN"); chosen != nullptr && *chosen != '\0') {
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

/// Makes the first cluster, and the others as its copies with passwords of their own: half a second
/// of a processor each.
constexpr std::string_view kInitdb = R"sh(#!/bin/sh
set -e
for argument; do
    case "$argument" in
    --pgdata=*) data=${argument#*=} ;;
    --username=*) user=${argument#*=} ;;
    --pwfile=*) password=$(cat "${argument#*=}") ;;
    esac
done
if [ -d 'FIRST' ]; then
    cp -Rp 'FIRST/.' "$data"
    said=$(echo "ALTER ROLE \"$user\" PASSWORD '$password'" \
        | 'PROGRAMS/postgres' --single -D "$data" -c fsync=off -c shared_buffers=1MB template1 2>&1)
    case "$said" in *ERROR*) echo "$said"; exit 1 ;; esac
else
    'PROGRAMS/initdb' "$@" --no-sync
    cp -Rp "$data" "FIRST-$$"
    mv -T "FIRST-$$" 'FIRST' || rm -rf "FIRST-$$" # Another was first.
fi
)sh";

std::string replaced(std::string_view text, const std::map<std::string, std::string>& words)
{
    std::string result(text);
    for (const auto& [word, value] : words) {
        for (auto at = result.find(word); at != result.npos; at = result.find(word, at)) {
            result.replace(at, word.size(), value);
            at += value.size();
        }
    }
    return result;
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
        write("initdb",
              replaced(kInitdb, {{"PROGRAMS", real->string()}, {"FIRST", firstCluster(*real)}}));
        // A later option wins over the settings of the file.
        write("postgres",
              "#!/bin/sh\nexec '" + (*real / "postgres").string()
                  + "' \"$@\" -c fsync=off -c wal_compression=off"
                    " -c dynamic_shared_memory_type=mmap\n");
        m_usable = true;
    }
    [[nodiscard]] std::optional<fs::path> folder() const
    {
        return m_usable ? std::optional(m_folder.path()) : std::nullopt;
    }

private:
    void write(const std::string& name, const std::string& script) const
    {
        const auto file = m_folder.write(name, script);
        ::chmod(file.c_str(), 0755);
    }
    /// Where the database's account keeps the first cluster of these programs: for all tests of a
    /// run, or for this process.
    [[nodiscard]] std::string firstCluster(const fs::path& programs) const
    {
        auto name = programs.string();
        std::replace(name.begin(), name.end(), '/', '-');
        if (const char* shared = std::getenv("EXHIBIT_TEST_CLUSTERS"); shared != nullptr) {
            return fs::path(shared) / name;
        }
        const auto folder = m_folder.path() / "made";
        fs::create_directory(folder);
        ::chmod(folder.c_str(), 0777);
        return folder / name;
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

std::optional<fs::path> sharedPostgres()
{
    return std::getenv("EXHIBIT_TEST_CLUSTERS") != nullptr ? unsyncedPostgres() : std::nullopt;
}

} // namespace exhibit::test
