// SPDX-License-Identifier: Apache-2.0
#include "server/signer/sandbox.h"

#include <seccomp.h>

#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace exhibit::signer {
namespace {

/// What a single-threaded server of sockets that are open already needs.
constexpr int kAllowed[] = {SCMP_SYS(read),          SCMP_SYS(write),
                            SCMP_SYS(recvfrom),      SCMP_SYS(sendto),
                            SCMP_SYS(recvmsg),       SCMP_SYS(sendmsg),
                            SCMP_SYS(accept),        SCMP_SYS(accept4),
                            SCMP_SYS(getsockopt),    SCMP_SYS(poll),
                            SCMP_SYS(ppoll),         SCMP_SYS(close),
                            SCMP_SYS(fdatasync),     SCMP_SYS(fsync),
                            SCMP_SYS(lseek),         SCMP_SYS(fstat),
                            SCMP_SYS(newfstatat),    SCMP_SYS(futex),
                            SCMP_SYS(mmap),          SCMP_SYS(munmap),
                            SCMP_SYS(mremap),        SCMP_SYS(brk),
                            SCMP_SYS(madvise),       SCMP_SYS(mlock),
                            SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),
                            SCMP_SYS(getrandom),     SCMP_SYS(getpid),
                            SCMP_SYS(gettid),        SCMP_SYS(tgkill),
                            SCMP_SYS(rt_sigreturn),  SCMP_SYS(rt_sigprocmask),
                            SCMP_SYS(rt_sigaction),  SCMP_SYS(restart_syscall),
                            SCMP_SYS(exit),          SCMP_SYS(exit_group)};

Result<void> dropPrivileges()
{
    if (::geteuid() != 0) {
        return {};
    }
    const passwd* const nobody = ::getpwnam("nobody");
    if (nobody == nullptr || ::setgroups(0, nullptr) != 0
        || ::setresgid(nobody->pw_gid, nobody->pw_gid, nobody->pw_gid) != 0
        || ::setresuid(nobody->pw_uid, nobody->pw_uid, nobody->pw_uid) != 0) {
        return fail(ErrorCode::Internal, "the signer cannot give up root's rights");
    }
    return {};
}

Result<void> filterCalls()
{
    const scmp_filter_ctx context = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    bool fine = context != nullptr;
    for (const int call : kAllowed) {
        fine = fine && seccomp_rule_add(context, SCMP_ACT_ALLOW, call, 0) == 0;
    }
    fine = fine && seccomp_load(context) == 0;
    seccomp_release(context);
    if (!fine) {
        return fail(ErrorCode::Internal, "the signer cannot restrict its system calls");
    }
    return {};
}

} // namespace

Result<JsonObject> shutIn()
{
    const bool ownNetwork = ::unshare(CLONE_NEWNET) == 0;
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    // What is allocated later is locked too where nothing limits it; elsewhere it could not be had.
    const rlimit all{RLIM_INFINITY, RLIM_INFINITY};
    const bool unlimited = ::setrlimit(RLIMIT_MEMLOCK, &all) == 0;
    const bool locked = ::mlockall(unlimited ? MCL_CURRENT | MCL_FUTURE : MCL_CURRENT) == 0;
    EXHIBIT_CHECK(dropPrivileges());
    ::prctl(PR_SET_DUMPABLE, 0);
    // Changing accounts took back what the parent had set.
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return fail(ErrorCode::Internal, "the signer cannot give up new privileges");
    }
    EXHIBIT_CHECK(filterCalls());
    return JsonObject{{"seccomp", true},
                      {"network_namespace", ownNetwork},
                      {"memory_locked", locked},
                      {"uid", static_cast<std::int64_t>(::geteuid())}};
}

JsonObject probe()
{
    const int file = ::open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    const bool openRefused = file < 0 && errno == EPERM;
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool socketRefused = socket < 0 && errno == EPERM;
    return {{"open_refused", openRefused}, {"socket_refused", socketRefused}};
}

} // namespace exhibit::signer
