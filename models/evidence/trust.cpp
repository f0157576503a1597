// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/trust.h"

#include "models/base/limits.h"

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

Result<void> TrustAnchors::addKeyring(BytesView bytes, const std::optional<NoteKey>& root)
{
    EXHIBIT_TRY(const Note note, parseNote(bytes));
    if (root) {
        EXHIBIT_TRY(const auto verified, verifyNote(note, {&*root, 1}));
        if (verified.empty()) {
            return fail(ErrorCode::InvalidInput, "the keyring is not signed by the root key");
        }
    }
    EXHIBIT_TRY(const auto lines, parseKeyring(note.text));
    for (const auto& line : lines) {
        if (line.status == KeyStatus::Revoked && !line.toSize) {
            continue; // Revoked with no size up to which it still counts.
        }
        if (line.purpose == "log") {
            logKeys.push_back({line.key, line.fromSize, line.toSize.value_or(UINT64_MAX)});
        } else if (line.purpose == "certificate") {
            certificateKeys.push_back(line.key.key());
        } else if (line.purpose == "witness") {
            witnesses.push_back(line.key);
        }
    }
    return {};
}

SignerKind signerOf(const SignedCheckpoint& checkpoint,
                    const TrustAnchors& anchors,
                    std::span<const NoteKey> enclosed)
{
    std::vector<NoteKey> pinned;
    for (const auto& trusted : anchors.logKeys) {
        const std::uint64_t size = checkpoint.checkpoint.head.size;
        if (size >= trusted.fromSize && size <= trusted.toSize) {
            pinned.push_back(trusted.key);
        }
    }
    const auto byPinned = verifyNote(checkpoint.note, pinned);
    const auto byEnclosed = verifyNote(checkpoint.note, enclosed);
    if (!byPinned || !byEnclosed) {
        return SignerKind::Forged;
    }
    return !byPinned->empty() ? SignerKind::Pinned
        : byEnclosed->empty() ? SignerKind::Unknown
                              : SignerKind::Enclosed;
}

} // namespace exhibit::evidence
