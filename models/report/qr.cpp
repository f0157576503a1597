// SPDX-License-Identifier: Apache-2.0
#include "models/report/qr.h"

#include <qrencode.h>

#include <memory>

namespace exhibit::report {

Result<Code> makeCode(const std::string& text)
{
    struct Free {
        void operator()(QRcode* code) const noexcept { QRcode_free(code); }
    };
    const std::unique_ptr<QRcode, Free> made(
        QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M));
    if (!made) {
        return fail(ErrorCode::TooLarge, "The text does not fit into a QR code.");
    }
    Code code;
    code.size = static_cast<std::size_t>(made->width);
    for (std::size_t i = 0; i < code.size * code.size; ++i) {
        code.modules.push_back((made->data[i] & 1U) != 0);
    }
    return code;
}

} // namespace exhibit::report
