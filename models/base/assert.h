// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <cstdlib>

/// For what only this program controls: a false condition is our bug, in release too.
/// Never on input, network, disk or evidence bytes; those are Results.
#define EXHIBIT_ASSERT(condition)                                                                  \
    do {                                                                                           \
        if (!(condition)) [[unlikely]] {                                                           \
            std::fprintf(stderr, "%s:%d: assertion failed: %s\n", __FILE__, __LINE__, #condition); \
            std::abort();                                                                          \
        }                                                                                          \
    } while (false)
