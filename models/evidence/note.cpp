// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/note.h"

#include "models/base/base64.h"
#include "models/base/limits.h"
#include "models/base/sha256.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace exhibit::evidence {
namespace {

constexpr std::string_view kDash = "\xe2\x80\x94 ";
constexpr std::size_t kIdBytes = 4;
constexpr std::size_t kTimeBytes = 8;

std::uint64_t bigEndian(BytesView bytes)
{
    std::uint64_t value = 0;
    for (const std::uint8_t byte : asSpan(bytes)) {
        value = value << 8U | byte;
    }
    return value;
}

bool isKeyName(std::string_view name)
{
    return !name.empty() && name.size() <= 255 && isValidUtf8(name)
        && std::none_of(name.begin(), name.end(), [](char c) {
               return static_cast<unsigned char>(c) <= 0x20 || c == '+' || c == 0x7f;
           });
}

bool hasControls(BytesView text)
{
    return std::any_of(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f;
    });
}

tl::unexpected<Error> malformed(std::string why)
{
    return fail(ErrorCode::InvalidInput, "the note is malformed: " + std::move(why));
}

Result<NoteSignature> parseSignature(std::string_view line)
{
    if (!line.starts_with(kDash)) {
        return malformed("a signature line does not begin with a dash");
    }
    line.remove_prefix(kDash.size());
    const std::size_t space = line.find(' ');
    if (space == line.npos || !isKeyName(line.substr(0, space))) {
        return malformed("a signature names no key");
    }
    auto bytes = fromBase64(line.substr(space + 1));
    if (!bytes || bytes->size() <= kIdBytes) {
        return malformed("a signature is no base64");
    }
    return NoteSignature{std::string(line.substr(0, space)),
                         static_cast<std::uint32_t>(bigEndian(bytes->substr(0, kIdBytes))),
                         bytes->substr(kIdBytes)};
}

} // namespace

NoteKey::NoteKey(std::string name, std::uint8_t type, PublicKey key)
    : m_name(std::move(name))
    , m_type(type)
    , m_key(std::move(key))
{
    const Bytes named = m_name + '\n' + static_cast<char>(m_type) + m_key.raw();
    m_id = static_cast<std::uint32_t>(bigEndian(asView(sha256(named)).substr(0, kIdBytes)));
}

Result<NoteKey> NoteKey::parse(std::string_view vkey)
{
    const std::size_t first = vkey.find('+');
    const std::size_t second = first == vkey.npos ? first : vkey.find('+', first + 1);
    if (second == vkey.npos || !isKeyName(vkey.substr(0, first))) {
        return fail(ErrorCode::InvalidInput, "a note key reads name+id+base64");
    }
    EXHIBIT_TRY(const Bytes bytes, fromBase64(vkey.substr(second + 1)));
    const auto type = static_cast<std::uint8_t>(bytes.empty() ? 0 : bytes.front());
    if (type != kEd25519 && type != kCosignature) {
        return fail(ErrorCode::InvalidInput, "the note key is not of a type known here");
    }
    EXHIBIT_TRY(auto key, PublicKey::fromEd25519(BytesView(bytes).substr(1)));
    NoteKey parsed(std::string(vkey.substr(0, first)), type, std::move(key));
    if (parsed.text() != vkey) {
        return fail(ErrorCode::InvalidInput, "the note key's id does not belong to its key");
    }
    return parsed;
}

Result<NoteKey> NoteKey::make(std::string name, const PublicKey& key)
{
    if (!isKeyName(name) || key.raw().empty()) {
        return fail(ErrorCode::InvalidInput, "a note key needs a plain name and an Ed25519 key");
    }
    return NoteKey(std::move(name), kEd25519, key);
}

std::string NoteKey::text() const
{
    return fmt::format(
        "{}+{:08x}+{}", m_name, m_id, toBase64(static_cast<char>(m_type) + m_key.raw()));
}

bool NoteKey::verify(BytesView text, BytesView signature) const
{
    if (m_type == kEd25519) {
        return m_key.verify(text, signature);
    }
    if (signature.size() <= kTimeBytes) {
        return false;
    }
    const std::string message = fmt::format(
        "cosignature/v1\ntime {}\n{}", bigEndian(signature.substr(0, kTimeBytes)), text);
    return m_key.verify(message, signature.substr(kTimeBytes));
}

Result<Note> parseNote(BytesView bytes)
{
    if (bytes.size() > limits::kNoteBytesMax) {
        return fail(ErrorCode::TooLarge, "the note is larger than notes may be");
    }
    if (!isValidUtf8(bytes) || hasControls(bytes)) {
        return malformed("it is not UTF-8 without control characters");
    }
    const std::size_t split = bytes.rfind("\n\n");
    if (split == bytes.npos || !bytes.ends_with('\n') || split + 2 == bytes.size()) {
        return malformed("it has no signatures behind an empty line");
    }
    Note note{std::string(bytes.substr(0, split + 1)), {}};
    for (BytesView rest = bytes.substr(split + 2); !rest.empty();) {
        const std::size_t end = rest.find('\n');
        if (note.signatures.size() == limits::kNoteSignaturesMax) {
            return malformed("it has too many signatures");
        }
        EXHIBIT_TRY(auto signature, parseSignature(rest.substr(0, end)));
        note.signatures.push_back(std::move(signature));
        rest.remove_prefix(end + 1);
    }
    return note;
}

Result<std::string> writeNote(const Note& note)
{
    std::string bytes = note.text + "\n";
    for (const auto& signature : note.signatures) {
        const std::array<char, kIdBytes> id{static_cast<char>(signature.keyId >> 24U),
                                            static_cast<char>(signature.keyId >> 16U),
                                            static_cast<char>(signature.keyId >> 8U),
                                            static_cast<char>(signature.keyId)};
        bytes += kDash;
        bytes += signature.name + " "
            + toBase64(std::string(id.data(), id.size()) + signature.signature) + "\n";
    }
    EXHIBIT_TRY(const Note readBack, parseNote(bytes));
    if (readBack.text != note.text) {
        return malformed("its text would be read differently");
    }
    return bytes;
}

NoteSignature makeSignature(const NoteKey& key, Bytes signature)
{
    return {key.name(), key.id(), std::move(signature)};
}

Result<std::vector<std::size_t>> verifyNote(const Note& note, std::span<const NoteKey> known)
{
    std::vector<std::size_t> verified;
    for (const auto& signature : note.signatures) {
        const auto key = std::find_if(known.begin(), known.end(), [&](const NoteKey& candidate) {
            return candidate.id() == signature.keyId && candidate.name() == signature.name;
        });
        if (key == known.end()) {
            continue;
        }
        if (!key->verify(note.text, signature.signature)) {
            return fail(
                ErrorCode::InvalidInput, "a signature of a known key does not fit", signature.name);
        }
        const auto at = static_cast<std::size_t>(key - known.begin());
        if (std::find(verified.begin(), verified.end(), at) == verified.end()) {
            verified.push_back(at);
        }
    }
    return verified;
}

} // namespace exhibit::evidence
