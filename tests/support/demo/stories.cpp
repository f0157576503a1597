// SPDX-License-Identifier: Apache-2.0
#include "tests/support/demo/stories.h"

#include <fstream>
#include <iterator>

namespace exhibit::demo {
namespace {

Result<std::string> readFile(const std::filesystem::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        return fail(ErrorCode::NotFound, "cannot be read", file.string());
    }
    return std::string(std::istreambuf_iterator<char>(stream), {});
}

Result<void> addRequests(const std::filesystem::path& file, std::map<std::string, Json>& into)
{
    std::ifstream stream(file);
    for (std::string line; std::getline(stream, line);) {
        EXHIBIT_TRY(const Json row, parseJson(line));
        if (const Json* request = findMember(row, "request")) {
            into.emplace(stringMember(row, "id"), *request);
        }
    }
    return {};
}

} // namespace

Result<Stories> loadStories(const std::filesystem::path& supportFolder)
{
    EXHIBIT_TRY(const std::string text, readFile(supportFolder / "stories.json"));
    EXHIBIT_TRY(const Json json, parseJson(text));
    const Json* stories = findMember(json, "stories");
    const Json* ordinary = findMember(json, "ordinary");
    if (stories == nullptr || ordinary == nullptr) {
        return fail(ErrorCode::InvalidInput, "stories and ordinary are required", "stories.json");
    }
    Stories loaded;
    EXHIBIT_TRY(loaded.stories, fromJson<std::vector<Story>>(*stories, UnknownMembers::Reject));
    EXHIBIT_TRY(loaded.ordinary, fromJson<std::vector<std::string>>(*ordinary));
    for (const auto& entry : std::filesystem::directory_iterator(supportFolder / "recordings")) {
        EXHIBIT_CHECK(addRequests(entry.path(), loaded.requests));
    }
    return loaded;
}

} // namespace exhibit::demo
