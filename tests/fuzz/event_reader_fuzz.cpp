// SPDX-License-Identifier: Apache-2.0
// The client's reader of text/event-stream: cut anywhere it reads the same messages.
#include "backend-client/event_reader.h"

#include <cstdint>
#include <cstdlib>

using exhibit::client::EventReader;
using exhibit::client::ServerSentEvent;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    std::vector<ServerSentEvent> whole;
    EventReader reader;
    if (!reader.add(bytes, whole)) {
        return 0;
    }
    std::vector<ServerSentEvent> pieces;
    EventReader slow;
    for (const char byte : bytes) {
        if (!slow.add({&byte, 1}, pieces)) {
            std::abort();
        }
    }
    if (whole.size() != pieces.size()) {
        std::abort();
    }
    for (std::size_t i = 0; i < whole.size(); ++i) {
        if (whole[i].data != pieces[i].data || whole[i].id != pieces[i].id
            || whole[i].type != pieces[i].type) {
            std::abort();
        }
    }
    return 0;
}
