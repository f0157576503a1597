// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

namespace exhibit::prevention {

/// Adds up the time that judging took. All policies of a stage run as one automaton, so this is
/// the time of the stage, and stands in each of its decisions.
class EvaluationClock {
public:
    class Running {
    public:
        explicit Running(EvaluationClock& clock)
            : m_clock(clock)
        {
        }
        ~Running() { m_clock.m_spent += std::chrono::steady_clock::now() - m_since; }
        Running(const Running&) = delete;
        Running& operator=(const Running&) = delete;

    private:
        EvaluationClock& m_clock;
        std::chrono::steady_clock::time_point m_since = std::chrono::steady_clock::now();
    };

    /// Counts until the returned object goes.
    [[nodiscard]] Running run() { return Running(*this); }
    [[nodiscard]] std::int64_t microseconds() const
    {
        return std::chrono::ceil<std::chrono::microseconds>(m_spent).count();
    }

private:
    std::chrono::nanoseconds m_spent{};
};

} // namespace exhibit::prevention
