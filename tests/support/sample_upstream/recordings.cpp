// SPDX-License-Identifier: Apache-2.0
#include "tests/support/sample_upstream/recordings.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace exhibit::sample {
namespace {

/// Text that is equal for equal JSON values: members sorted, numbers by value.
void writeCanonical(const Json& value, std::string& into)
{
    if (const auto* object = value.if_object()) {
        std::map<std::string_view, const Json*> sorted;
        for (const auto& [name, member] : *object) {
            sorted.emplace(name, &member);
        }
        into += '{';
        for (const auto& [name, member] : sorted) {
            into += printJson(Json(name));
            writeCanonical(*member, into);
        }
        into += '}';
    } else if (const auto* array = value.if_array()) {
        into += '[';
        for (const auto& element : *array) {
            writeCanonical(element, into);
            into += ',';
        }
        into += ']';
    } else if (value.is_number()) {
        into += fmt::format("{}", value.to_number<double>());
    } else {
        into += printJson(value);
    }
}

std::string requestKey(std::string_view endpoint, const Json& request)
{
    std::string key(endpoint);
    key += '\n';
    writeCanonical(request, key);
    return key;
}

bool isFraming(std::string_view header)
{
    static const std::set<std::string, std::less<>> names
        = {"connection", "content-encoding", "content-length", "keep-alive", "transfer-encoding"};
    return names.contains(header);
}

std::string headOf(int status, const Json& row)
{
    std::string head = fmt::format("HTTP/1.1 {} {}\r\n", status, status == 200 ? "OK" : "Recorded");
    if (const Json* headers = findMember(row, "response_headers");
        headers && headers->is_object()) {
        for (const auto& [name, value] : headers->get_object()) {
            if (!isFraming(name) && value.is_string() && name != "content-type") {
                head += fmt::format(
                    "{}: {}\r\n", std::string_view(name), std::string_view(value.get_string()));
            }
        }
    }
    return head;
}

void setStream(Recording& recording, const JsonArray& lines)
{
    for (const auto& line : lines) {
        recording.body += line.is_string() ? std::string_view(line.get_string()) : "";
        recording.body += '\n';
        if (line.is_string() && line.get_string().empty()) {
            recording.eventEnds.push_back(recording.body.size());
        }
    }
    if (recording.eventEnds.empty() || recording.eventEnds.back() != recording.body.size()) {
        recording.body += '\n';
        recording.eventEnds.push_back(recording.body.size());
    }
    recording.streaming = true;
}

} // namespace

std::string endpointOf(std::string_view path)
{
    if (path.ends_with("/chat/completions")) {
        return "chat.completions";
    }
    const auto slash = path.rfind('/');
    return std::string(path.substr(slash == std::string_view::npos ? 0 : slash + 1));
}

Result<Recordings> Recordings::load(const std::filesystem::path& path)
{
    std::vector<std::filesystem::path> files;
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) {
        for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
            const std::string name = entry.path().filename().string();
            if (name.ends_with(".jsonl") || name.ends_with(".jsonl.gz")) {
                files.push_back(entry.path());
            }
        }
        std::sort(files.begin(), files.end());
    } else {
        files.push_back(path);
    }
    Recordings recordings;
    for (const auto& file : files) {
        EXHIBIT_CHECK(recordings.addFile(file));
    }
    if (recordings.m_recordings.empty()) {
        return fail(ErrorCode::NotFound, "no recordings there", path.string());
    }
    std::sort(recordings.m_models.begin(), recordings.m_models.end());
    const auto last = std::unique(recordings.m_models.begin(), recordings.m_models.end());
    recordings.m_models.erase(last, recordings.m_models.end());
    return recordings;
}

Result<void> Recordings::addFile(const std::filesystem::path& file)
{
    // gzread also reads files that are not compressed.
    const gzFile input = ::gzopen(file.c_str(), "rb");
    if (input == nullptr) {
        return fail(ErrorCode::NotFound, "cannot be opened", file.string());
    }
    std::string text;
    std::vector<char> bytes(1 << 16);
    int got = 0;
    while ((got = ::gzread(input, bytes.data(), static_cast<unsigned>(bytes.size()))) > 0) {
        text.append(bytes.data(), static_cast<std::size_t>(got));
    }
    ::gzclose(input);
    if (got < 0) {
        return fail(ErrorCode::Corrupt, "cannot be read", file.string());
    }
    std::string_view rest = text;
    while (!rest.empty()) {
        const auto newline = std::min(rest.find('\n'), rest.size());
        addLine(rest.substr(0, newline));
        rest.remove_prefix(std::min(newline + 1, rest.size()));
    }
    return {};
}

void Recordings::addLine(std::string_view line)
{
    const auto row = parseJson(line, 128);
    const Json* request = row ? findMember(*row, "request") : nullptr;
    const Json* response = row ? findMember(*row, "response") : nullptr;
    const Json* sse = row ? findMember(*row, "sse") : nullptr;
    if (request == nullptr || (response == nullptr && sse == nullptr)) {
        m_skipped += line.empty() ? 0 : 1;
        return;
    }
    Recording recording;
    recording.id = stringMember(*row, "id");
    recording.path = stringMember(*row, "path");
    recording.endpoint = stringMember(*row, "endpoint");
    if (recording.endpoint.empty()) {
        recording.endpoint = endpointOf(recording.path);
    }
    const Json* status = findMember(*row, "status");
    recording.status = status && status->is_int64() ? static_cast<int>(status->get_int64()) : 200;
    recording.head = headOf(recording.status, *row);
    const Json* headers = findMember(*row, "response_headers");
    recording.contentType = headers ? stringMember(*headers, "content-type") : "";
    if (sse != nullptr && sse->is_array()) {
        setStream(recording, sse->get_array());
    } else if (response != nullptr) {
        recording.body = printJson(*response);
    }
    if (recording.contentType.empty()) {
        recording.contentType = recording.streaming ? "text/event-stream" : "application/json";
    }
    if (const auto model = stringMember(*request, "model"); !model.empty()) {
        m_models.emplace_back(model);
    }
    m_byId.emplace(recording.id, m_recordings.size());
    m_byRequest.emplace(requestKey(recording.endpoint, *request), m_recordings.size());
    m_recordings.push_back(std::move(recording));
}

const Recording* Recordings::byId(const std::string& id) const
{
    const auto found = m_byId.find(id);
    return found == m_byId.end() ? nullptr : &m_recordings[found->second];
}

const Recording* Recordings::match(std::string_view path, const Json& request) const
{
    const auto found = m_byRequest.find(requestKey(endpointOf(path), request));
    return found == m_byRequest.end() ? nullptr : &m_recordings[found->second];
}

const Recording* Recordings::fallback(std::string_view path, bool streaming) const
{
    const std::string endpoint = endpointOf(path);
    const auto found
        = std::find_if(m_recordings.begin(), m_recordings.end(), [&](const Recording& r) {
              return r.endpoint == endpoint && r.streaming == streaming && r.status == 200;
          });
    return found == m_recordings.end() ? nullptr : &*found;
}

} // namespace exhibit::sample
