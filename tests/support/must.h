// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"

#include <stdexcept>
#include <type_traits>

namespace exhibit::test {

/// The value, or a failed test: gtest reports the exception.
template <class T>
T must(Result<T> result)
{
    if (!result) {
        throw std::runtime_error(result.error().message + " [" + result.error().subject + "]");
    }
    if constexpr (!std::is_void_v<T>) {
        return *std::move(result);
    }
}

} // namespace exhibit::test
