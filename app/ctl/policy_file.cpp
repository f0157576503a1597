// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/policy_file.h"

#include <fmt/format.h>

#include <fstream>
#include <iostream>

namespace exhibit::ctl {
namespace {

/// The file, or standard input for "-".
template <class Read>
auto readOpened(const std::string& path, Read read) -> decltype(read(std::cin, path))
{
    if (path == "-") {
        return read(std::cin, path);
    }
    std::ifstream opened(path, std::ios::binary);
    if (!opened) {
        return fail(ErrorCode::InvalidInput, "The file cannot be read.", path);
    }
    return read(opened, path);
}

} // namespace

std::string PolicyFile::pointerInFile(const std::string& pointer) const
{
    constexpr std::string_view kWrapper = "/policies";
    return wasArray && pointer.starts_with(kWrapper) ? pointer.substr(kWrapper.size()) : pointer;
}

Result<Json> readJsonFile(std::istream& stream, const std::string& name)
{
    Bytes text(limits::kApiBodyBytesMax + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (stream.bad()) {
        return fail(ErrorCode::InvalidInput, "The file cannot be read.", name);
    }
    if (text.size() > limits::kApiBodyBytesMax) {
        return fail(ErrorCode::TooLarge,
                    fmt::format("The file is larger than {} KiB.", limits::kApiBodyBytesMax / 1024),
                    name);
    }
    auto json = parseWrittenJson(text);
    if (!json) {
        const auto& [code, message, pointer] = json.error();
        return fail(
            code, pointer.empty() ? "This is no JSON: " + message : pointer + ": " + message, name);
    }
    return *std::move(json);
}

Result<PolicyFile> readPolicyFile(std::istream& stream, const std::string& name)
{
    auto json = readJsonFile(stream, name);
    if (!json) {
        return tl::make_unexpected(std::move(json).error());
    }
    if (json->is_array()) {
        return PolicyFile{JsonObject{{"policies", *std::move(json)}}, true};
    }
    if (!json->is_object()) {
        return fail(ErrorCode::InvalidInput,
                    "Expected a policy, an array of policies, or {\"policies\": [...]}.",
                    name);
    }
    return PolicyFile{*std::move(json), false};
}

Result<Json> openJsonFile(const std::string& path)
{
    return readOpened(path, readJsonFile);
}

Result<PolicyFile> openPolicyFile(const std::string& path)
{
    return readOpened(path, readPolicyFile);
}

} // namespace exhibit::ctl
