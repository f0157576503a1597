// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/error.h"

#include <tl/expected.hpp>

#include <utility>

namespace exhibit {

template <class T = void>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code,
                                                std::string message,
                                                std::string subject = {})
{
    return tl::make_unexpected(Error{code, std::move(message), std::move(subject)});
}

} // namespace exhibit

// EXHIBIT_TRY(declaration, expression): binds the value or returns the error of a Result.
// EXHIBIT_CHECK(expression): the same for Result<void>. The CO_ forms are for coroutines.
// Portable form: no GNU statement expressions, so that MSVC stays possible.
#define EXHIBIT_CONCAT_INNER(a, b) a##b
#define EXHIBIT_CONCAT(a, b) EXHIBIT_CONCAT_INNER(a, b)
#define EXHIBIT_TRY_IMPL(ret, tmp, decl, ...)                                                      \
    auto tmp = (__VA_ARGS__);                                                                      \
    if (!tmp) [[unlikely]] {                                                                       \
        ret ::tl::make_unexpected(std::move(tmp).error());                                         \
    }                                                                                              \
    decl = *std::move(tmp)
#define EXHIBIT_CHECK_IMPL(ret, tmp, ...)                                                          \
    do {                                                                                           \
        auto tmp = (__VA_ARGS__);                                                                  \
        if (!tmp) [[unlikely]] {                                                                   \
            ret ::tl::make_unexpected(std::move(tmp).error());                                     \
        }                                                                                          \
    } while (false)
#define EXHIBIT_TRY(decl, ...)                                                                     \
    EXHIBIT_TRY_IMPL(return, EXHIBIT_CONCAT(exhibitTry, __LINE__), decl, __VA_ARGS__)
#define EXHIBIT_CO_TRY(decl, ...)                                                                  \
    EXHIBIT_TRY_IMPL(co_return, EXHIBIT_CONCAT(exhibitTry, __LINE__), decl, __VA_ARGS__)
#define EXHIBIT_CHECK(...)                                                                         \
    EXHIBIT_CHECK_IMPL(return, EXHIBIT_CONCAT(exhibitCheck, __LINE__), __VA_ARGS__)
#define EXHIBIT_CO_CHECK(...)                                                                      \
    EXHIBIT_CHECK_IMPL(co_return, EXHIBIT_CONCAT(exhibitCheck, __LINE__), __VA_ARGS__)
