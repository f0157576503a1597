// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/entry.h"

#include "models/base/json_walk.h"
#include "models/base/limits.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace exhibit::evidence {
namespace {

constexpr std::string_view kVersion = "exhibit/entry/v1";
constexpr std::uint64_t kSequenceMax = 9'007'199'254'740'991; // 2^53 - 1
constexpr std::size_t kTimeBytes = 27;

/// 64 lower-case hexadecimal digits; false when one is none. Most of an entry are these: the loops
/// have no branches, so that compilers work on many digits at once.
bool readDigits(const char* text, Digest& digest)
{
    std::array<std::uint8_t, 2 * std::tuple_size_v<Digest>> values{};
    std::uint8_t wrong = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto number = static_cast<std::uint8_t>(text[i] - '0');
        const auto letter = static_cast<std::uint8_t>(text[i] - 'a');
        values[i] = number < 10 ? number : static_cast<std::uint8_t>(letter + 10);
        wrong = static_cast<std::uint8_t>(wrong | (number >= 10 && letter >= 6 ? 1 : 0));
    }
    for (std::size_t i = 0; i < digest.size(); ++i) {
        digest[i] = static_cast<std::uint8_t>(values[2 * i] << 4U | values[2 * i + 1]);
    }
    return wrong == 0;
}

tl::unexpected<Error> malformed(std::string why)
{
    return fail(ErrorCode::InvalidInput, "the entry is malformed: " + std::move(why));
}

bool isTime(std::string_view text)
{
    constexpr std::string_view kShape = "0000-00-00T00:00:00.000000Z";
    if (text.size() != kTimeBytes) {
        return false;
    }
    for (std::size_t i = 0; i < kTimeBytes; ++i) {
        const bool digit = text[i] >= '0' && text[i] <= '9';
        if (kShape[i] == '0' ? !digit : text[i] != kShape[i]) {
            return false;
        }
    }
    return true;
}

/// Reads the one spelling that a canonical entry has, without building a value.
class Scanner {
public:
    explicit Scanner(BytesView text)
        : m_text(text)
    {
    }

    bool take(std::string_view literal)
    {
        if (!m_text.substr(m_at).starts_with(literal)) {
            return false;
        }
        m_at += literal.size();
        return true;
    }

    bool takeDigest(Digest& digest)
    {
        if (m_text.size() - m_at < 64) {
            return false;
        }
        m_at += 64;
        return readDigits(m_text.data() + m_at - 64, digest);
    }

    /// The raw text up to the closing quote, which is taken too.
    bool takeString(BytesView& raw)
    {
        const std::size_t begin = m_at;
        while (m_at < m_text.size() && m_text[m_at] != '"') {
            m_at += m_text[m_at] == '\\' ? 2 : 1;
        }
        if (m_at >= m_text.size()) {
            return false;
        }
        raw = m_text.substr(begin, m_at - begin);
        ++m_at;
        return true;
    }

    bool takeNumber(std::uint64_t& number)
    {
        const char* const begin = m_text.data() + m_at;
        const auto read = std::from_chars(begin, m_text.data() + m_text.size(), number);
        const auto length = static_cast<std::size_t>(read.ptr - begin);
        if (read.ec != std::errc{} || number > kSequenceMax || (*begin == '0' && length > 1)) {
            return false;
        }
        m_at += length;
        return true;
    }

    [[nodiscard]] bool atEnd() const { return m_at == m_text.size(); }

private:
    BytesView m_text;
    std::size_t m_at = 0;
};

/// True when the raw text of a string is the canonical spelling of a field path.
bool isRawPath(BytesView raw)
{
    if (raw.empty() || raw.front() != '/' || raw.size() > limits::kFieldPathBytesMax) {
        return false;
    }
    const bool plain = std::all_of(
        raw.begin(), raw.end(), [](char c) { return c >= 0x20 && c < 0x7f && c != '\\'; });
    if (plain) {
        return true;
    }
    // Rare: anything beyond printable ASCII takes the long way round.
    const std::string quoted = '"' + std::string(raw) + '"';
    const auto walk = JsonWalk::parse(quoted);
    return walk && isValidUtf8(raw) && quoteJson(walk->string(0)) == quoted;
}

template <class OnField>
Result<EntryHead> scan(BytesView bytes, OnField onField)
{
    if (bytes.size() > limits::kEntryBytesMax) {
        return fail(ErrorCode::TooLarge, "the entry is larger than entries may be");
    }
    Scanner scanner(bytes);
    EntryHead head;
    Digest digest{};
    BytesView path;
    std::size_t fields = 0;
    if (!scanner.take(R"({"fields":[)")) {
        return malformed("it does not begin with its fields");
    }
    while (!scanner.take("]")) {
        const bool fine = (fields == 0 || scanner.take(",")) && scanner.take(R"({"d":")")
            && scanner.takeDigest(digest) && scanner.take(R"(","p":")") && scanner.takeString(path)
            && isRawPath(path) && scanner.take("}") && fields < limits::kEntryFieldsMax;
        if (!fine) {
            return malformed("field " + std::to_string(fields));
        }
        ++fields;
        onField(digest, path);
    }
    if (!scanner.take(R"(,"log":")") || !scanner.takeString(head.log) || !isOrigin(head.log)) {
        return malformed("log");
    }
    if (!scanner.take(R"(,"prev":")") || !scanner.takeDigest(head.previous)
        || !scanner.take(R"(","seq":)") || !scanner.takeNumber(head.sequence)) {
        return malformed("prev or seq");
    }
    if (!scanner.take(R"(,"ts":")") || !scanner.takeString(head.time) || !isTime(head.time)
        || !scanner.take(R"(,"type":")") || !scanner.takeString(head.type)
        || !isEntryType(head.type)) {
        return malformed("ts or type");
    }
    if (!scanner.take(R"(,"v":")") || !scanner.take(kVersion) || !scanner.take("\"}")
        || !scanner.atEnd()) {
        return malformed("v");
    }
    return head;
}

} // namespace

bool isEntryType(std::string_view type)
{
    return !type.empty() && type.size() <= 64 && std::all_of(type.begin(), type.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
    });
}

bool isOrigin(std::string_view origin)
{
    return !origin.empty() && origin.size() <= 255
        && std::all_of(origin.begin(), origin.end(), [](char c) {
               return c > 0x20 && c < 0x7f && c != '+' && c != '"' && c != '\\';
           });
}

Result<Bytes> writeEntry(const Entry& entry)
{
    Bytes bytes = R"({"fields":[)";
    bytes.reserve(256 + entry.fields.size() * 100);
    for (const auto& field : entry.fields) {
        bytes += bytes.back() == '[' ? R"({"d":")" : R"(,{"d":")";
        bytes += toHex(asView(field.digest));
        bytes += R"(","p":)";
        bytes += quoteJson(field.path);
        bytes += '}';
    }
    bytes += R"(],"log":")" + entry.log + R"(","prev":")" + toHex(asView(entry.previous));
    bytes += R"(","seq":)" + std::to_string(entry.sequence) + R"(,"ts":")" + entry.time;
    bytes += R"(","type":")" + entry.type + R"(","v":")";
    bytes += kVersion;
    bytes += "\"}";
    // What is written is what readers take, or it is not written.
    EXHIBIT_TRY([[maybe_unused]] const Entry readBack, parseEntry(bytes));
    return bytes;
}

Result<Entry> parseEntry(BytesView bytes)
{
    Entry entry;
    EXHIBIT_TRY(const EntryHead head, scan(bytes, [&entry](const Digest& digest, BytesView path) {
                    entry.fields.push_back({digest, decodeJsonString(path)});
                }));
    std::vector<std::string_view> paths;
    for (const auto& field : entry.fields) {
        paths.emplace_back(field.path);
    }
    std::sort(paths.begin(), paths.end());
    if (std::adjacent_find(paths.begin(), paths.end()) != paths.end()) {
        return malformed("a field path stands twice");
    }
    entry.log = head.log;
    entry.previous = head.previous;
    entry.sequence = head.sequence;
    entry.time = head.time;
    entry.type = head.type;
    return entry;
}

Result<EntryHead> parseEntryHead(BytesView bytes)
{
    return scan(bytes, [](const Digest&, BytesView) {});
}

Digest genesisPrevious(std::string_view origin)
{
    return sha256("exhibit/genesis/v1\n" + std::string(origin) + "\n");
}

} // namespace exhibit::evidence
