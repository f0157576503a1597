// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace exhibit::bench {

inline constexpr int kSamples = 200;

/// A query to measure; by sample, so that no answer is merely cached.
struct Shape {
    std::string name;
    std::function<std::string(int)> query;
};

/// Words and fields that incidents and calls have alike, the worst cases included.
[[nodiscard]] std::vector<Shape> commonShapes();

/// The times of one shape. Prints p50, p95 and the largest, with what the p95 is allowed to be.
class Times {
public:
    void add(std::chrono::steady_clock::duration took);
    void print(const std::string& name, const std::string& note, double barMs);

private:
    std::vector<double> m_ms;
};

void printHeading(const std::string& title);

/// Measures `work` once per sample.
[[nodiscard]] Result<Times> measure(int samples, const std::function<Result<void>(int)>& work);

} // namespace exhibit::bench
