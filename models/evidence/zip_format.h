// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"

#include <cstdint>

/// The records of a ZIP file as the profile of packs uses them (APPNOTE 4.3): little endian.
///
///   archive := (local name content)* central* [end64 locator64] end
namespace exhibit::evidence::zip {

inline constexpr std::uint32_t kLocalMark = 0x04034b50;
inline constexpr std::uint32_t kCentralMark = 0x02014b50;
inline constexpr std::uint32_t kEndMark = 0x06054b50;
inline constexpr std::uint32_t kEnd64Mark = 0x06064b50;
inline constexpr std::uint32_t kLocator64Mark = 0x07064b50;

inline constexpr std::size_t kLocalBytes = 30;
inline constexpr std::size_t kCentralBytes = 46;
inline constexpr std::size_t kEndBytes = 22;
inline constexpr std::size_t kEnd64Bytes = 56;
inline constexpr std::size_t kLocator64Bytes = 20;

inline constexpr std::uint16_t kStored = 0;
inline constexpr std::uint16_t kDeflated = 8;
inline constexpr std::uint16_t kMadeByUnix20 = 3U << 8U | 20U;
inline constexpr std::uint16_t kVersion20 = 20;
inline constexpr std::uint16_t kVersion45 = 45; ///< ZIP64.
inline constexpr std::uint16_t kCountBeyond = 0xffff; ///< The number stands in end64.
inline constexpr std::uint16_t kDate1980 = 0x21; ///< 1980-01-01.
inline constexpr std::uint32_t kRegularFile = 0100644U << 16U;

/// Reads numbers one after the other; the caller has checked that they are there.
class Fields {
public:
    explicit Fields(BytesView bytes)
        : m_bytes(bytes)
    {
    }
    std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
    std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
    std::uint64_t u64() { return number(8); }

private:
    std::uint64_t number(std::size_t size)
    {
        std::uint64_t value = 0;
        for (std::size_t i = size; i-- > 0;) {
            value = value << 8U | static_cast<std::uint8_t>(m_bytes[i]);
        }
        m_bytes.remove_prefix(size);
        return value;
    }
    BytesView m_bytes;
};

inline void put(Bytes& out, std::uint64_t value, std::size_t size)
{
    for (std::size_t i = 0; i < size; ++i) {
        out += static_cast<char>(value >> (8 * i) & 0xffU);
    }
}

} // namespace exhibit::evidence::zip
