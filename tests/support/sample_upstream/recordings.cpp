// SPDX-License-Identifier: Apache-2.0
#include "tests/support/sample_upstream/recordings.h"

#include "tests/support/sample_upstream/json_match.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <set>

#include <zlib.h>

namespace exhibit::sample {

namespace {

constexpr std::size_t kRecordingDepthMax = 512;

std::string describe(const std::string& file, std::size_t line)
{
    return file + ":" + std::to_string(line);
}

/// Calls `take(line)` for each line of a plain or gzip file, until it fails.
Result<void> eachLine(const std::string& file,
                      const std::function<Result<void>(std::string_view)>& take)
{
    gzFile input = ::gzopen(file.c_str(), "rb"); // Reads plain files as they are.
    if (input == nullptr) {
        return fail(ErrorCode::NotFound, "cannot open " + file, file);
    }
    std::string pending;
    std::vector<char> buffer(256 * 1024);
    Result<void> result;
    std::size_t number = 0;
    int size = 0;
    const auto takeLine = [&](std::string_view line) {
        ++number;
        result = line.empty() ? Result<void>{} : take(line);
        if (!result) {
            result.error().subject = describe(file, number);
        }
    };
    while (result
           && (size = ::gzread(input, buffer.data(), static_cast<unsigned>(buffer.size()))) > 0) {
        pending.append(buffer.data(), static_cast<std::size_t>(size));
        std::size_t begin = 0;
        std::size_t end = 0;
        while (result && (end = pending.find('\n', begin)) != std::string::npos) {
            takeLine(std::string_view(pending).substr(begin, end - begin));
            begin = end + 1;
        }
        pending.erase(0, begin);
    }
    if (result) {
        takeLine(pending);
    }
    if (result && size < 0) {
        result = fail(ErrorCode::Corrupt, "cannot decompress " + file, file);
    }
    ::gzclose(input);
    return result;
}

Result<std::vector<std::string>> filesOf(const std::string& path)
{
    std::error_code error;
    if (!std::filesystem::is_directory(path, error)) {
        return std::vector<std::string>{path};
    }
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
        const std::string name = entry.path();
        if (name.ends_with(".jsonl") || name.ends_with(".jsonl.gz")) {
            files.push_back(name);
        }
    }
    if (error || files.empty()) {
        return fail(ErrorCode::NotFound, "no *.jsonl or *.jsonl.gz in " + path, path);
    }
    std::ranges::sort(files);
    return files;
}

HeaderPairs headersOf(const Json& line)
{
    HeaderPairs headers;
    const Json* recorded = findMember(line, "response_headers");
    if (recorded == nullptr || !recorded->is_object()) {
        return headers;
    }
    for (const auto& [name, value] : recorded->get_object()) {
        if (const auto* text = value.if_string()) {
            headers.emplace_back(std::string(name), std::string(*text));
        } else if (const auto* list = value.if_array()) {
            for (const Json& element : *list) {
                headers.emplace_back(std::string(name),
                                     element.is_string() ? std::string(element.get_string())
                                                         : printJson(element));
            }
        }
    }
    return headers;
}

std::string joinLines(const JsonArray& lines)
{
    std::string text;
    for (const Json& line : lines) {
        text.append(line.is_string() ? std::string_view(line.get_string()) : "").append("\n");
    }
    while (!text.ends_with("\n\n")) {
        text += '\n';
    }
    return text;
}

std::size_t keyHash(std::string_view endpointOrPath, std::size_t bodyHash)
{
    return std::hash<std::string_view>{}(endpointOrPath)*31 + bodyHash;
}

bool wantsStream(const Json& body)
{
    const Json* stream = findMember(body, "stream");
    return stream != nullptr && stream->is_bool() && stream->get_bool();
}

} // namespace

std::string endpointOfPath(std::string_view path)
{
    constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kEndings{
        {{"/chat/completions", "chat.completions"},
         {"/completions", "completions"},
         {"/responses", "responses"},
         {"/embeddings", "embeddings"},
         {"/moderations", "moderations"},
         {"/models", "models"},
         {"/messages", "messages"}}};
    for (const auto& [ending, endpoint] : kEndings) {
        if (path.ends_with(ending)) {
            return std::string(endpoint);
        }
    }
    return std::string(path);
}

Result<Recordings> Recordings::load(const std::string& path)
{
    EXHIBIT_TRY(const auto files, filesOf(path));
    Recordings recordings;
    for (const std::string& file : files) {
        EXHIBIT_CHECK(recordings.loadFile(file));
    }
    for (const Recording& recording : recordings.m_recordings) {
        recordings.index(recording);
    }
    recordings.listModels();
    return recordings;
}

Result<void> Recordings::loadFile(const std::string& file)
{
    return eachLine(file, [this](std::string_view line) { return addLine(line); });
}

Result<void> Recordings::addLine(std::string_view text)
{
    EXHIBIT_TRY(const Json line, parseJson(text, kRecordingDepthMax));
    const Json* request = findMember(line, "request");
    const Json* response = findMember(line, "response");
    const Json* sse = findMember(line, "sse");
    Recording recording;
    recording.path = stringMember(line, "path");
    recording.endpoint = stringMember(line, "endpoint");
    if (recording.endpoint.empty()) {
        recording.endpoint = endpointOfPath(recording.path);
    }
    const bool stream = sse != nullptr && sse->is_array();
    if (request == nullptr || recording.endpoint.empty() || (response == nullptr && !stream)) {
        ++m_skipped;
        return {};
    }
    recording.order = m_recordings.size();
    recording.id = stringMember(line, "id");
    recording.request = *request;
    recording.method = stringMember(line, "method");
    const Json* status = findMember(line, "status");
    recording.status = status != nullptr && status->is_number() ? status->to_number<int>() : 200;
    const HeaderPairs headers = headersOf(line);
    recording.answer = stream
        ? streamAnswer(recording.status, headers, joinLines(sse->get_array()))
        : jsonAnswer(recording.status, headers, std::string(memberText(text, "response")));
    m_recordings.push_back(std::move(recording));
    return {};
}

void Recordings::index(const Recording& recording)
{
    m_byId.emplace(recording.id, &recording); // The first of an id stays.
    const std::size_t hash = hashOfJson(recording.request);
    auto& firsts = recording.answer.stream ? m_firstStream : m_firstJson;
    for (const std::string& key : {recording.endpoint, recording.path}) {
        if (!key.empty()) {
            m_byRequest.emplace(keyHash(key, hash), &recording);
            if (recording.status == 200) {
                firsts.emplace(key, &recording);
            }
        }
    }
}

const Recording* Recordings::findEqual(std::string_view method,
                                       std::string_view path,
                                       const Json& body) const
{
    const std::string endpoint = endpointOfPath(path);
    const std::size_t hash = hashOfJson(body);
    const Recording* first = nullptr;
    for (const std::string_view key : {std::string_view(endpoint), path}) {
        const auto [begin, end] = m_byRequest.equal_range(keyHash(key, hash));
        for (auto at = begin; at != end; ++at) {
            const Recording& candidate = *at->second;
            const bool sameTarget = body.is_null()
                ? candidate.path == path && candidate.method == method
                : candidate.endpoint == endpoint || candidate.path == path;
            if (sameTarget && equalAsJson(candidate.request, body)
                && (first == nullptr || candidate.order < first->order)) {
                first = &candidate;
            }
        }
    }
    return first;
}

Recordings::Found Recordings::find(std::string_view method,
                                   std::string_view path,
                                   const Json& body) const
{
    const Recording* equal = findEqual(method, path, body);
    Json asked = body;
    for (const auto* name : {"metadata", "stream_options"}) {
        if (equal == nullptr && asked.is_object() && asked.get_object().erase(name) > 0) {
            equal = findEqual(method, path, asked);
        }
    }
    if (equal != nullptr || body.is_null()) {
        return {equal, false};
    }
    const auto& firsts = wantsStream(body) ? m_firstStream : m_firstJson;
    const auto fallback = firsts.find(endpointOfPath(path));
    return {fallback == firsts.end() ? nullptr : fallback->second, true};
}

const Recording* Recordings::findById(std::string_view id) const
{
    const auto found = m_byId.find(id);
    return found == m_byId.end() ? nullptr : found->second;
}

void Recordings::listModels()
{
    std::set<std::string> names;
    for (const Recording& recording : m_recordings) {
        const std::string_view model = stringMember(recording.request, "model");
        if (!model.empty()) {
            names.emplace(model);
        }
    }
    if (names.empty()) {
        names = {"gpt-4o", "gpt-4o-mini", "text-embedding-3-small"};
    }
    JsonArray list;
    for (const std::string& name : names) {
        list.emplace_back(JsonObject{
            {"id", name}, {"object", "model"}, {"created", 1715367049}, {"owned_by", "system"}});
    }
    m_models
        = jsonAnswer(200, {}, printJson(JsonObject{{"object", "list"}, {"data", std::move(list)}}));
}

} // namespace exhibit::sample
