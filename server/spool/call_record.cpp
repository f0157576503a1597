// SPDX-License-Identifier: Apache-2.0
#include "server/spool/call_record.h"

#include "models/base/assert.h"
#include "server/spool/call_record_fields.h"
#include "server/spool/json_text.h"
#include "server/spool/little_endian.h"

#include <limits>

namespace exhibit::spool {
namespace {

// A client's metadata may use the whole depth and stands one level down in the record.
constexpr std::size_t kRecordDepthMax = limits::kJsonDepthMax + 4;
// Enough for the JSON of an ordinary record without growing the string.
constexpr std::size_t kJsonBytesUsual = 1024;

/// CallOpened with what only the payload needs.
struct OpenedHeader {
    CallOpened opened;
    bool secondBody = false;
};

template <class V>
void visitFields(V& visit, Of<V, OpenedHeader>& header)
{
    visitFields(visit, header.opened);
    visit.defaulted("second_body", header.secondBody);
}

void appendLength(Bytes& out, std::size_t length)
{
    EXHIBIT_ASSERT(length <= std::numeric_limits<std::uint32_t>::max());
    appendLittleEndian(out, static_cast<std::uint32_t>(length));
}

/// Fills in json_length once the JSON stands behind it.
void closeHeader(Bytes& out)
{
    Bytes length;
    appendLength(length, out.size() - 4);
    out.replace(0, length.size(), length);
}

/// json_length and json.
template <class T>
void appendHeader(Bytes& out, const T& header)
{
    out.append(4, '\0');
    appendJson(out, header);
    closeHeader(out);
}

template <class T>
Bytes encode(const T& record)
{
    Bytes out;
    out.reserve(kJsonBytesUsual);
    appendHeader(out, record);
    return out;
}

template <class T>
Bytes encodeWithBody(const T& record)
{
    Bytes out;
    out.reserve(kJsonBytesUsual + record.body.size());
    appendHeader(out, record);
    out += record.body;
    return out;
}

Bytes encode(const ChunkRecord& record)
{
    return encodeWithBody(record);
}

Bytes encode(const WithheldRecord& record)
{
    return encodeWithBody(record);
}

Bytes encode(const CallOpened& record)
{
    Bytes out;
    const std::size_t second = record.sentRequest ? record.sentRequest->size() : 0;
    out.reserve(kJsonBytesUsual + record.request.size() + second);
    out.append(4, '\0');
    out += '{';
    JsonTextWriter writer(out);
    // Read only, as in JsonTextWriter::write().
    visitFields(writer, const_cast<CallOpened&>(record));
    if (record.sentRequest) {
        writer("second_body", true);
    }
    out += '}';
    closeHeader(out);
    if (record.sentRequest) {
        appendLength(out, record.request.size());
        out += record.request;
        out += *record.sentRequest;
    } else {
        out += record.request;
    }
    return out;
}

tl::unexpected<Error> malformed(std::string message)
{
    return fail(ErrorCode::InvalidInput, "the record payload is malformed: " + message);
}

/// length:u32-le and so many bytes off the front.
Result<BytesView> takeCounted(BytesView& payload)
{
    if (payload.size() < 4) {
        return malformed("a length is cut short");
    }
    const auto length = readLittleEndian<std::uint32_t>(payload);
    payload.remove_prefix(4);
    if (length > payload.size()) {
        return malformed("a length goes beyond the end");
    }
    const BytesView counted = payload.substr(0, length);
    payload.remove_prefix(length);
    return counted;
}

template <class T>
Result<T> takeHeader(BytesView& payload)
{
    EXHIBIT_TRY(const BytesView text, takeCounted(payload));
    EXHIBIT_TRY(const Json json, parseJson(text, kRecordDepthMax));
    return fromJson<T>(json);
}

template <class T>
Result<RecordContent> decode(BytesView payload)
{
    EXHIBIT_TRY(auto record, takeHeader<T>(payload));
    if (!payload.empty()) {
        return malformed("bytes follow the end");
    }
    return RecordContent(std::move(record));
}

template <class T>
Result<RecordContent> decodeWithBody(BytesView payload)
{
    EXHIBIT_TRY(auto record, takeHeader<T>(payload));
    record.body = payload;
    return RecordContent(std::move(record));
}

Result<RecordContent> decodeOpened(BytesView payload)
{
    EXHIBIT_TRY(auto header, takeHeader<OpenedHeader>(payload));
    if (header.secondBody) {
        EXHIBIT_TRY(const BytesView request, takeCounted(payload));
        header.opened.request = request;
        header.opened.sentRequest = Bytes(payload);
    } else {
        header.opened.request = payload;
    }
    return RecordContent(std::move(header.opened));
}

} // namespace

Bytes encodeRecord(const RecordContent& content)
{
    return std::visit([](const auto& record) { return encode(record); }, content);
}

Record recordOf(TenantId tenant, const RunEnded& ended)
{
    Record record;
    record.tenant = tenant;
    record.at = ended.at;
    record.kind = RecordKind::RunEnded;
    record.payload = encodeRecord(ended);
    return record;
}

RecordKind kindOf(const RecordContent& content)
{
    // The alternatives stand in the order of the kinds, which begin with 1.
    static_assert(std::is_same_v<std::variant_alternative_t<5, RecordContent>, CallClosed>);
    return static_cast<RecordKind>(content.index() + 1);
}

Result<RecordContent> decodeRecord(RecordKind kind, BytesView payload)
{
    switch (kind) {
    case RecordKind::CallOpened:
        return decodeOpened(payload);
    case RecordKind::Chunk:
        return decodeWithBody<ChunkRecord>(payload);
    case RecordKind::Withheld:
        return decodeWithBody<WithheldRecord>(payload);
    case RecordKind::Decisions:
        return decode<DecisionsRecord>(payload);
    case RecordKind::Incident:
        return decode<IncidentRecord>(payload);
    case RecordKind::CallClosed:
        return decode<CallClosed>(payload);
    case RecordKind::RunEnded:
        return decode<RunEnded>(payload);
    }
    return malformed("its kind is unknown");
}

} // namespace exhibit::spool
