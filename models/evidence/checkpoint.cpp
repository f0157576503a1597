// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/checkpoint.h"

#include "models/base/base64.h"
#include "models/base/limits.h"

#include <algorithm>
#include <charconv>

namespace exhibit::evidence {
namespace {

constexpr std::string_view kProofHeader = "c2sp.org/tlog-proof@v1";

/// Lines that end with a line feed, one after the other.
class Lines {
public:
    explicit Lines(BytesView text)
        : m_rest(text)
    {
    }
    /// nullopt when no whole line is left.
    std::optional<std::string_view> next()
    {
        const std::size_t end = m_rest.find('\n');
        if (end == m_rest.npos) {
            return std::nullopt;
        }
        const auto line = m_rest.substr(0, end);
        m_rest.remove_prefix(end + 1);
        return line;
    }
    [[nodiscard]] BytesView rest() const { return m_rest; }

private:
    BytesView m_rest;
};

/// The hashes up to the empty line, which is taken too.
Result<Proof> parseHashes(Lines& lines)
{
    Proof hashes;
    while (true) {
        const auto line = lines.next();
        if (!line) {
            return fail(ErrorCode::InvalidInput, "the proof ends before its checkpoint");
        }
        if (line->empty()) {
            return hashes;
        }
        if (hashes.size() == limits::kProofHashesMax) {
            return fail(ErrorCode::InvalidInput, "the proof has more than 63 hashes");
        }
        EXHIBIT_TRY(const Digest hash, parseTreeHash(*line));
        hashes.push_back(hash);
    }
}

std::string hashLines(const Proof& hashes)
{
    std::string text;
    for (const auto& hash : hashes) {
        text += toBase64(asView(hash)) + "\n";
    }
    return text + "\n";
}

Result<std::uint64_t> numberAfter(const std::optional<std::string_view>& line,
                                  std::string_view word)
{
    if (!line || !line->starts_with(word)) {
        return fail(ErrorCode::InvalidInput, "expected a line \"" + std::string(word) + "N\"");
    }
    return parseTreeNumber(line->substr(word.size()));
}

Result<void> checkProofSize(BytesView bytes)
{
    if (bytes.size() > limits::kNoteBytesMax) {
        return fail(ErrorCode::TooLarge, "the proof is larger than proofs may be");
    }
    return {};
}

} // namespace

Result<std::uint64_t> parseTreeNumber(std::string_view text)
{
    std::uint64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = read.ec == std::errc{} && read.ptr == text.data() + text.size();
    if (text.empty() || !whole || (text.front() == '0' && text.size() > 1)
        || number > static_cast<std::uint64_t>(INT64_MAX)) {
        return fail(ErrorCode::InvalidInput, "not a tree size or index");
    }
    return number;
}

Result<Digest> parseTreeHash(std::string_view text)
{
    EXHIBIT_TRY(const Bytes bytes, fromBase64(text));
    Digest digest{};
    if (bytes.size() != digest.size()) {
        return fail(ErrorCode::InvalidInput, "a hash is not 32 bytes");
    }
    std::copy(bytes.begin(), bytes.end(), digest.begin());
    return digest;
}

std::string writeCheckpoint(const Checkpoint& checkpoint)
{
    return checkpoint.origin + "\n" + std::to_string(checkpoint.head.size) + "\n"
        + toBase64(asView(checkpoint.head.root)) + "\n";
}

Result<Checkpoint> parseCheckpoint(BytesView text)
{
    Lines lines(text);
    const auto origin = lines.next();
    const auto size = lines.next();
    const auto root = lines.next();
    if (!origin || origin->empty() || !size || !root) {
        return fail(ErrorCode::InvalidInput, "a checkpoint has three lines");
    }
    Checkpoint checkpoint{std::string(*origin), {}};
    EXHIBIT_TRY(checkpoint.head.size, parseTreeNumber(*size));
    EXHIBIT_TRY(checkpoint.head.root, parseTreeHash(*root));
    while (!lines.rest().empty()) {
        const auto extension = lines.next();
        if (!extension || extension->empty()) {
            return fail(ErrorCode::InvalidInput, "an extension line of a checkpoint is empty");
        }
    }
    return checkpoint;
}

Result<SignedCheckpoint> parseSignedCheckpoint(BytesView bytes)
{
    EXHIBIT_TRY(Note note, parseNote(bytes));
    EXHIBIT_TRY(Checkpoint checkpoint, parseCheckpoint(note.text));
    return SignedCheckpoint{std::move(checkpoint), std::move(note), std::string(bytes)};
}

std::string writeTlogProof(const TlogProof& proof)
{
    std::string text(kProofHeader);
    text += proof.extra.empty() ? "\n" : "\nextra " + toBase64(proof.extra) + "\n";
    return text + "index " + std::to_string(proof.index) + "\n" + hashLines(proof.hashes)
        + proof.checkpoint;
}

Result<TlogProof> parseTlogProof(BytesView bytes)
{
    EXHIBIT_CHECK(checkProofSize(bytes));
    Lines lines(bytes);
    if (lines.next() != kProofHeader) {
        return fail(ErrorCode::InvalidInput, "no c2sp.org/tlog-proof@v1");
    }
    TlogProof proof;
    auto line = lines.next();
    if (line && line->starts_with("extra ")) {
        EXHIBIT_TRY(proof.extra, fromBase64(line->substr(6)));
        line = lines.next();
    }
    EXHIBIT_TRY(proof.index, numberAfter(line, "index "));
    EXHIBIT_TRY(proof.hashes, parseHashes(lines));
    proof.checkpoint = lines.rest();
    return proof;
}

std::string writeConsistency(const ConsistencyFile& file)
{
    return "old " + std::to_string(file.oldSize) + "\n" + hashLines(file.hashes) + file.checkpoint;
}

Result<ConsistencyFile> parseConsistency(BytesView bytes)
{
    EXHIBIT_CHECK(checkProofSize(bytes));
    Lines lines(bytes);
    ConsistencyFile file;
    EXHIBIT_TRY(file.oldSize, numberAfter(lines.next(), "old "));
    EXHIBIT_TRY(file.hashes, parseHashes(lines));
    file.checkpoint = lines.rest();
    return file;
}

} // namespace exhibit::evidence
