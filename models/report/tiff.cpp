// SPDX-License-Identifier: Apache-2.0
#include "models/report/tiff.h"

#include <tiffio.h>

#include <cstring>
#include <memory>

namespace exhibit::report {
namespace {

/// What libtiff writes to, in place of a file.
struct Memory {
    Bytes bytes;
    std::size_t at = 0;
};

tmsize_t readSome(thandle_t handle, void* data, tmsize_t size)
{
    auto& memory = *static_cast<Memory*>(handle);
    const std::size_t left = memory.bytes.size() - std::min(memory.at, memory.bytes.size());
    const std::size_t taken = std::min(static_cast<std::size_t>(size), left);
    std::memcpy(data, memory.bytes.data() + memory.at, taken);
    memory.at += taken;
    return static_cast<tmsize_t>(taken);
}

tmsize_t writeSome(thandle_t handle, void* data, tmsize_t size)
{
    auto& memory = *static_cast<Memory*>(handle);
    const auto count = static_cast<std::size_t>(size);
    memory.bytes.resize(std::max(memory.bytes.size(), memory.at + count));
    std::memcpy(memory.bytes.data() + memory.at, data, count);
    memory.at += count;
    return size;
}

toff_t seek(thandle_t handle, toff_t offset, int whence)
{
    auto& memory = *static_cast<Memory*>(handle);
    const std::size_t base = whence == SEEK_SET ? 0
        : whence == SEEK_CUR                    ? memory.at
                                                : memory.bytes.size();
    memory.at = base + offset;
    return memory.at;
}

toff_t sizeOf(thandle_t handle)
{
    return static_cast<Memory*>(handle)->bytes.size();
}

int closeNothing(thandle_t)
{
    return 0;
}

struct Close {
    void operator()(TIFF* tiff) const noexcept { TIFFClose(tiff); }
};

} // namespace

Result<Bytes> writeTiff(Bitmap bitmap)
{
    Memory memory;
    std::unique_ptr<TIFF, Close> tiff(TIFFClientOpen(
        "page", "wl", &memory, readSome, writeSome, seek, closeNothing, sizeOf, nullptr, nullptr));
    if (!tiff) {
        return fail(ErrorCode::Internal, "A page image could not be begun.");
    }
    const double resolution = bitmap.dotsPerInch;
    TIFFSetField(tiff.get(), TIFFTAG_IMAGEWIDTH, bitmap.width);
    TIFFSetField(tiff.get(), TIFFTAG_IMAGELENGTH, bitmap.height);
    TIFFSetField(tiff.get(), TIFFTAG_BITSPERSAMPLE, 1);
    TIFFSetField(tiff.get(), TIFFTAG_SAMPLESPERPIXEL, 1);
    TIFFSetField(tiff.get(), TIFFTAG_ROWSPERSTRIP, bitmap.height);
    TIFFSetField(tiff.get(), TIFFTAG_COMPRESSION, COMPRESSION_CCITTFAX4);
    TIFFSetField(tiff.get(), TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISWHITE);
    TIFFSetField(tiff.get(), TIFFTAG_FILLORDER, FILLORDER_MSB2LSB);
    TIFFSetField(tiff.get(), TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    TIFFSetField(tiff.get(), TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
    TIFFSetField(tiff.get(), TIFFTAG_XRESOLUTION, resolution);
    TIFFSetField(tiff.get(), TIFFTAG_YRESOLUTION, resolution);
    const auto size = static_cast<tmsize_t>(bitmap.rows.size());
    if (TIFFWriteEncodedStrip(tiff.get(), 0, bitmap.rows.data(), size) != size
        || TIFFFlush(tiff.get()) == 0) {
        return fail(ErrorCode::Internal, "A page image could not be written.");
    }
    tiff.reset();
    return std::move(memory.bytes);
}

} // namespace exhibit::report
