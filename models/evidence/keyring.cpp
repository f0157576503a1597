// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/keyring.h"

#include "models/base/limits.h"
#include "models/evidence/checkpoint.h"

#include <algorithm>
#include <sstream>

namespace exhibit::evidence {
namespace {

constexpr std::pair<KeyStatus, std::string_view> kStatuses[] = {{KeyStatus::Active, "active"},
                                                                {KeyStatus::Retired, "retired"},
                                                                {KeyStatus::Revoked, "revoked"}};

Result<KeyringLine> parseLine(const std::string& line)
{
    std::istringstream words(line);
    std::string key;
    std::string purpose;
    std::string vkey;
    std::string from;
    std::string to;
    std::string status;
    std::string more;
    words >> key >> purpose >> vkey >> from >> to >> status;
    if (key != "key" || status.empty() || words >> more) {
        return fail(ErrorCode::InvalidInput,
                    "a keyring line reads: key PURPOSE VKEY FROM TO STATUS");
    }
    EXHIBIT_TRY(NoteKey parsed, NoteKey::parse(vkey));
    KeyringLine result{purpose, std::move(parsed), 0, std::nullopt, KeyStatus::Active};
    EXHIBIT_TRY(result.fromSize, parseTreeNumber(from));
    if (to != "-") {
        EXHIBIT_TRY(result.toSize, parseTreeNumber(to));
    }
    for (const auto& [value, name] : kStatuses) {
        if (name == status) {
            result.status = value;
            return result;
        }
    }
    return fail(ErrorCode::InvalidInput, "a key is active, retired or revoked");
}

} // namespace

Result<std::vector<KeyringLine>> parseKeyring(BytesView text)
{
    std::vector<KeyringLine> lines;
    std::istringstream stream{std::string(text)};
    for (std::string line; std::getline(stream, line);) {
        if (!line.starts_with("key ")) {
            continue; // The first line names the keyring; others are for people.
        }
        if (lines.size() == limits::kKeyringLinesMax) {
            return fail(ErrorCode::TooLarge, "a keyring has at most 1000 keys");
        }
        EXHIBIT_TRY(auto parsed, parseLine(line));
        lines.push_back(std::move(parsed));
    }
    return lines;
}

std::string writeKeyring(const std::vector<KeyringLine>& lines)
{
    std::string text = "exhibit keyring\n";
    for (const auto& line : lines) {
        text += "key " + line.purpose + " " + line.key.text() + " " + std::to_string(line.fromSize)
            + " " + (line.toSize ? std::to_string(*line.toSize) : "-") + " ";
        for (const auto& [value, name] : kStatuses) {
            text += value == line.status ? name : "";
        }
        text += "\n";
    }
    return text;
}

const KeyringLine* findKey(std::span<const KeyringLine> lines,
                           std::string_view purpose,
                           std::string_view vkey)
{
    const auto found = std::find_if(lines.begin(), lines.end(), [&](const KeyringLine& line) {
        return line.purpose == purpose && line.key.text() == vkey;
    });
    return found == lines.end() ? nullptr : &*found;
}

Result<void> expectFollows(std::span<const KeyringLine> last, std::span<const KeyringLine> next)
{
    for (const auto& line : last) {
        const std::string vkey = line.key.text();
        const auto* now = findKey(next, line.purpose, vkey);
        if (now == nullptr) {
            return fail(ErrorCode::Conflict, "a key of the last keyring is left out", vkey);
        }
        if (line.status != KeyStatus::Revoked) {
            continue;
        }
        // A key that was revoked without a size counts for nothing; so does one up to size 0.
        if (now->status != KeyStatus::Revoked
            || now->toSize.value_or(0) > line.toSize.value_or(0)) {
            return fail(ErrorCode::Conflict, "what was revoked stays revoked", vkey);
        }
    }
    return {};
}

} // namespace exhibit::evidence
