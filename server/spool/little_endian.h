// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"

#include <bit>
#include <cstring>

namespace exhibit::spool {

static_assert(std::endian::native == std::endian::little,
              "spool files are little-endian; swap the bytes here on other machines");

template <class T>
void appendLittleEndian(Bytes& out, T value)
{
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

/// `bytes` holds at least sizeof(T).
template <class T>
[[nodiscard]] T readLittleEndian(BytesView bytes)
{
    T value{};
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

} // namespace exhibit::spool
