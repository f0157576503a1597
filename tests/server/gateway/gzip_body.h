// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"

#include <gtest/gtest.h>

#include <zlib.h>

namespace exhibit::gateway {

constexpr int kGzipWindow = 31;

/// `windowBits` as zlib has it: 31 is gzip, 15 deflate, -15 deflate without a head.
inline Bytes deflateBody(const Bytes& body, int windowBits = kGzipWindow)
{
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY), Z_OK);
    Bytes out(deflateBound(&stream, static_cast<uLong>(body.size())) + 64, '\0');
    Bytes input = body;
    stream.next_in = reinterpret_cast<Bytef*>(input.data());
    stream.avail_in = static_cast<uInt>(input.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(out.size() - stream.avail_out);
    deflateEnd(&stream);
    return out;
}

} // namespace exhibit::gateway
