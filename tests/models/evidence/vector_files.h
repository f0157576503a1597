// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/base64.h"
#include "models/base/json.h"
#include "models/base/sha256.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

/// The independent vectors, where they are there: third-party data is never part of the tree.
namespace exhibit::evidence::testing {

namespace fs = std::filesystem;

inline std::string readFile(const fs::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

inline fs::path vectors()
{
    const char* const source = std::getenv("EXHIBIT_SOURCE_DIR");
    return fs::path(source == nullptr ? "." : source) / ".." / "shared" / "vectors";
}

inline std::vector<fs::path> filesIn(const fs::path& folder)
{
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder)) {
        files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

inline Json readJson(const fs::path& file)
{
    return parseJson(readFile(file)).value();
}

inline Digest digestFrom(BytesView bytes)
{
    Digest digest{};
    EXPECT_EQ(bytes.size(), digest.size());
    std::copy_n(bytes.begin(), std::min(bytes.size(), digest.size()), digest.begin());
    return digest;
}

inline std::string text(const Json& json, std::string_view name)
{
    return std::string(stringMember(json, name));
}

} // namespace exhibit::evidence::testing

/// Skips the test when the vectors are not beside the checkout.
#define NEEDS_VECTORS()                                                                            \
    if (!std::filesystem::exists(exhibit::evidence::testing::vectors())) {                         \
        GTEST_SKIP() << "no ../shared/vectors";                                                    \
    }                                                                                              \
    static_assert(true)
