// SPDX-License-Identifier: Apache-2.0
// Any bytes as an expression: what compiles has a value or says why not.
#include "models/base/assert.h"
#include "server/prevention/expression.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace exhibit;
    const auto expression = prevention::Expression::compile(
        std::string_view(reinterpret_cast<const char*>(data), size));
    if (!expression) {
        EXHIBIT_ASSERT(!expression.error().message.empty());
        return 0;
    }
    const auto holds
        = expression->holds([](const std::vector<std::string>& path) -> std::optional<Json> {
              EXHIBIT_ASSERT(!path.empty());
              return path.size() == 2 ? std::optional<Json>(7) : std::nullopt;
          });
    EXHIBIT_ASSERT(holds || !holds.error().message.empty());
    return 0;
}
