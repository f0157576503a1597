// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"

#include <zlib.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

namespace exhibit::test {

/// The rows of one gzipped file of ../shared/data/llm_traffic, what providers really sent; none
/// where that is not at hand. Needs zlib.
inline std::vector<Json> llmTraffic(const std::string& name)
{
    const char* given = std::getenv("EXHIBIT_TEST_DATA");
    const char* source = std::getenv("EXHIBIT_SOURCE_DIR");
    const std::filesystem::path folder = given != nullptr
        ? std::filesystem::path(given)
        : std::filesystem::path(source != nullptr ? source : ".") / ".." / "shared" / "data";
    const auto path = folder / "llm_traffic" / name;
    std::vector<Json> found;
    if (!std::filesystem::exists(path)) {
        return found;
    }
    std::string text;
    gzFile file = ::gzopen(path.c_str(), "rb");
    std::array<char, 65536> bytes{};
    for (int got = 0; (got = ::gzread(file, bytes.data(), bytes.size())) > 0;) {
        text.append(bytes.data(), static_cast<std::size_t>(got));
    }
    ::gzclose(file);
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (auto row = parseJson(line)) {
            found.push_back(*std::move(row));
        }
    }
    return found;
}

} // namespace exhibit::test
