// SPDX-License-Identifier: Apache-2.0
#include "tests/support/temp_dir.h"

#include "models/base/assert.h"

#include <chrono>
#include <fstream>
#include <system_error>
#include <thread>

#include <stdlib.h>

namespace exhibit::test {
namespace {

/// Where the server that had its data in `folder` noted its socket, which lies elsewhere: one that
/// was killed leaves it behind.
void removeSocketOf(const std::filesystem::path& folder)
{
    std::ifstream note(folder / "postgres.socket");
    std::string text;
    std::getline(note, text);
    const std::filesystem::path socket(text);
    if (socket.is_absolute() && socket.filename().string().starts_with("exhibit-")) {
        std::error_code error;
        std::filesystem::remove_all(socket, error);
    }
}

} // namespace

TempDir::TempDir()
{
    std::string name = std::filesystem::temp_directory_path() / "exhibit-test-XXXXXX";
    EXHIBIT_ASSERT(::mkdtemp(name.data()) != nullptr);
    m_path = name;
}

TempDir::~TempDir()
{
    // A process that the test ended may still be tidying up (PostgreSQL removes its pid file): what
    // vanishes or appears meanwhile makes remove_all give up.
    constexpr int kTriesMax = 100;
    std::error_code error;
    removeSocketOf(m_path);
    for (const auto& entry : std::filesystem::directory_iterator(m_path, error)) {
        removeSocketOf(entry.path());
    }
    for (int i = 0; i < kTriesMax && std::filesystem::exists(m_path, error); ++i) {
        std::filesystem::remove_all(m_path, error);
        if (error) {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
    }
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
