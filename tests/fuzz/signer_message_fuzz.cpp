// SPDX-License-Identifier: Apache-2.0
// Any bytes on the signer's socket: what is no message of its kind is refused, a reply always fits
// into a message, and no head is ever signed that is smaller than the last one.
#include "models/base/assert.h"
#include "server/signer/protocol.h"
#include "server/signer/signer.h"
#include "tests/support/temp_dir.h"

namespace {

using namespace exhibit;

/// One signer for all inputs: it remembers, as the real one does.
signer::Signer& theSigner()
{
    static const test::TempDir folder;
    static signer::Signer made = [] {
        auto heads = signer::HeadsFile::open(folder.path() / "heads");
        return signer::Signer::create(signer::makeKeys(), *std::move(heads)).value();
    }();
    return made;
}

void askOnce(BytesView message)
{
    const auto request = parseJson(message);
    if (!request) {
        return;
    }
    const Json reply = theSigner().handle(*request);
    EXHIBIT_ASSERT(reply.is_object());
    const auto framed = signer::frame(reply);
    EXHIBIT_ASSERT(framed || framed.error().code == ErrorCode::TooLarge);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    BytesView bytes(reinterpret_cast<const char*>(data), size);
    // Framed, as on the socket; and bare, so that the fuzzer need not guess lengths.
    while (bytes.size() >= signer::kPrefixBytes) {
        const auto announced = signer::announcedSize(bytes);
        if (!announced || bytes.size() - signer::kPrefixBytes < *announced) {
            break;
        }
        askOnce(bytes.substr(signer::kPrefixBytes, *announced));
        bytes.remove_prefix(signer::kPrefixBytes + *announced);
    }
    askOnce(bytes);
    return 0;
}
