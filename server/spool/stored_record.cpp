// SPDX-License-Identifier: Apache-2.0
#include "server/spool/stored_record.h"

#include "models/base/assert.h"
#include "server/spool/little_endian.h"

#include <algorithm>

namespace exhibit::spool {
namespace {

constexpr std::size_t kUuidBytes = 16;
constexpr std::size_t kHeaderBytes = 32 + 8 + 8 + 1 + kUuidBytes + kUuidBytes;
constexpr std::size_t kRecordNoAt = 32;
constexpr std::size_t kAtAt = 40;
constexpr std::size_t kKindAt = 48;
constexpr std::size_t kTenantAt = 49;
constexpr std::size_t kCallAt = 65;

BytesView associatedData(BytesView stored)
{
    return stored.substr(kRecordNoAt, kHeaderBytes - kRecordNoAt);
}

Uuid uuidAt(BytesView stored, std::size_t at)
{
    Uuid uuid;
    std::copy_n(
        asSpan(stored).begin() + static_cast<std::ptrdiff_t>(at), kUuidBytes, uuid.bytes.begin());
    return uuid;
}

} // namespace

Result<StoredView> takeStored(BytesView& batch)
{
    const auto length = batch.size() >= 4 ? readLittleEndian<std::uint32_t>(batch) : 0;
    if (length < kHeaderBytes + kNonceBytes + kTagBytes || length > batch.size() - 4) {
        return fail(ErrorCode::Corrupt, "a stored record is cut short");
    }
    StoredView view;
    view.stored = batch.substr(4, length);
    std::copy_n(asSpan(view.stored).begin(), view.previousHash.size(), view.previousHash.begin());
    view.recordNo = readLittleEndian<std::int64_t>(view.stored.substr(kRecordNoAt));
    batch.remove_prefix(4 + length);
    return view;
}

Result<void> advance(ChainEnd& end, const StoredView& view)
{
    if (view.recordNo != end.recordNo + 1 || view.previousHash != end.hash) {
        return fail(ErrorCode::Corrupt,
                    "record " + std::to_string(end.recordNo + 1)
                        + " is missing or does not follow from the one before it");
    }
    end.recordNo = view.recordNo;
    end.hash = sha256(view.stored);
    return {};
}

void RecordSealer::seal(ChainEnd& end, const Record& record, Bytes& batch)
{
    EXHIBIT_ASSERT(record.payload.size() <= limits::kSpoolRecordBytesMax);
    const std::size_t length = kHeaderBytes + kNonceBytes + record.payload.size() + kTagBytes;
    appendLittleEndian(batch, static_cast<std::uint32_t>(length));
    const std::size_t begin = batch.size();
    batch += asView(end.hash);
    appendLittleEndian(batch, end.recordNo + 1);
    appendLittleEndian(batch, std::int64_t{record.at.time_since_epoch().count()});
    batch += static_cast<char>(record.kind);
    batch += asView(record.tenant.value.bytes);
    batch += asView(record.call.value.bytes);
    Bytes nonce(kNonceBytes - sizeof m_sealCount, '\0');
    appendLittleEndian(nonce, m_sealCount++);
    batch += nonce;
    batch.reserve(begin + length);
    m_cipher.seal(nonce, associatedData(BytesView(batch).substr(begin)), record.payload, batch);
    end.recordNo += 1;
    end.hash = sha256(BytesView(batch).substr(begin));
}

Result<Record> openStored(const StoredView& view, AesGcm& cipher)
{
    const BytesView nonce = view.stored.substr(kHeaderBytes, kNonceBytes);
    Record record;
    auto payload = cipher.open(
        nonce, associatedData(view.stored), view.stored.substr(kHeaderBytes + kNonceBytes));
    if (!payload) {
        return fail(ErrorCode::Corrupt,
                    "record " + std::to_string(view.recordNo) + ": " + payload.error().message);
    }
    record.payload = *std::move(payload);
    record.at = UtcTime{
        std::chrono::nanoseconds{readLittleEndian<std::int64_t>(view.stored.substr(kAtAt))}};
    record.kind = static_cast<RecordKind>(view.stored[kKindAt]);
    record.tenant = {uuidAt(view.stored, kTenantAt)};
    record.call = {uuidAt(view.stored, kCallAt)};
    return record;
}

} // namespace exhibit::spool
