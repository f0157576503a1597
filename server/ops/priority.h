// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Who of the server's threads gets a processor first. Linux has no finer means that holds: between
/// threads of different niceness the one that wakes may wait for a tick of the clock, four
/// milliseconds (EEVDF, sched(7)), and a call wakes several times.
namespace exhibit::ops {

/// For a thread that calls wait for, and that itself does little at a time: real-time priority, the
/// lowest there is (SCHED_RR 1), of the calling thread alone, while this lives there; threads and
/// programs that it starts have the ordinary one. Not where the system does not permit it
/// (RLIMIT_RTPRIO, CAP_SYS_NICE), nor where the process has one processor, on which a thread that
/// runs on would leave nothing to the rest.
class WorkBeforeOthers {
public:
    WorkBeforeOthers();
    ~WorkBeforeOthers();
    WorkBeforeOthers(const WorkBeforeOthers&) = delete;
    WorkBeforeOthers& operator=(const WorkBeforeOthers&) = delete;

    [[nodiscard]] bool isPermitted() const { return m_isPermitted; }

private:
    int m_thread; ///< As the kernel numbers it.
    bool m_isPermitted = false;
};

/// `first`: whether such threads go first, as at the beginning, or share with everything else, so
/// that what has to be done with their work gets done. From any thread.
void letCallsGoFirst(bool first);

/// For work that can wait: the lowest niceness, of the calling thread alone. It stays so.
void workBehindCalls();

} // namespace exhibit::ops
