// SPDX-License-Identifier: Apache-2.0
#include "server/signer/sandbox.h"

#include "server/spool/local_file.h"

#include <seccomp.h>

#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <pwd.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
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

/// What a token's module needs beside them, below its own folders.
constexpr int kAllowedWithFiles[] = {SCMP_SYS(openat),
                                     SCMP_SYS(fcntl),
                                     SCMP_SYS(getdents64),
                                     SCMP_SYS(access),
                                     SCMP_SYS(faccessat),
                                     SCMP_SYS(faccessat2)};

struct Account {
    uid_t uid;
    gid_t gid;
};

Result<Account> accountFor(const std::vector<std::string>& folders)
{
    if (!folders.empty()) {
        struct stat status { };
        if (::stat(folders.front().c_str(), &status) != 0) {
            return fail(ErrorCode::NotFound, "the token's folder is missing", folders.front());
        }
        return Account{status.st_uid, status.st_gid};
    }
    const passwd* const nobody = ::getpwnam("nobody");
    if (nobody == nullptr) {
        return fail(ErrorCode::Internal, "there is no account to give up root's rights for");
    }
    return Account{nobody->pw_uid, nobody->pw_gid};
}

Result<void> dropPrivileges(const std::vector<std::string>& folders)
{
    if (::geteuid() != 0) {
        return {};
    }
    EXHIBIT_TRY(const Account account, accountFor(folders));
    if (::setgroups(0, nullptr) != 0 || ::setresgid(account.gid, account.gid, account.gid) != 0
        || ::setresuid(account.uid, account.uid, account.uid) != 0) {
        return fail(ErrorCode::Internal, "the signer cannot give up root's rights");
    }
    return {};
}

Result<void> allowFolder(int rules, const std::string& folder)
{
    const spool::FileDescriptor opened(::open(folder.c_str(), O_PATH | O_CLOEXEC));
    landlock_path_beneath_attr beneath{};
    beneath.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR
        | LANDLOCK_ACCESS_FS_WRITE_FILE;
    beneath.parent_fd = opened.get();
    if (opened.get() < 0
        || ::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) != 0) {
        return fail(ErrorCode::Internal, "the signer cannot allow itself a folder", folder);
    }
    return {};
}

/// Every other file is out of reach, whatever the account may open.
Result<void> restrictFiles(const std::vector<std::string>& folders)
{
    landlock_ruleset_attr attributes{};
    attributes.handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1U) - 1; // All of the first ABI.
    const spool::FileDescriptor rules(static_cast<int>(
        ::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0)));
    if (rules.get() < 0) {
        return fail(ErrorCode::Unavailable,
                    "a token with files of its own needs a kernel with Landlock");
    }
    for (const auto& folder : folders) {
        EXHIBIT_CHECK(allowFolder(rules.get(), folder));
    }
    if (::syscall(SYS_landlock_restrict_self, rules.get(), 0) != 0) {
        return fail(ErrorCode::Internal, "the signer cannot restrict its files");
    }
    return {};
}

Result<void> filterCalls(bool withFiles)
{
    const scmp_filter_ctx context = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    bool fine = context != nullptr;
    for (const int call : kAllowed) {
        fine = fine && seccomp_rule_add(context, SCMP_ACT_ALLOW, call, 0) == 0;
    }
    for (const int call : kAllowedWithFiles) {
        fine = fine && (!withFiles || seccomp_rule_add(context, SCMP_ACT_ALLOW, call, 0) == 0);
    }
    fine = fine && seccomp_load(context) == 0;
    seccomp_release(context);
    if (!fine) {
        return fail(ErrorCode::Internal, "the signer cannot restrict its system calls");
    }
    return {};
}

} // namespace

Result<JsonObject> shutIn(const std::vector<std::string>& folders)
{
    const bool ownNetwork = ::unshare(CLONE_NEWNET) == 0;
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    // What is allocated later is locked too where nothing limits it; elsewhere it could not be had.
    const rlimit all{RLIM_INFINITY, RLIM_INFINITY};
    const bool unlimited = ::setrlimit(RLIMIT_MEMLOCK, &all) == 0;
    const bool locked = ::mlockall(unlimited ? MCL_CURRENT | MCL_FUTURE : MCL_CURRENT) == 0;
    EXHIBIT_CHECK(dropPrivileges(folders));
    ::prctl(PR_SET_DUMPABLE, 0);
    // Changing accounts took back what the parent had set.
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return fail(ErrorCode::Internal, "the signer cannot give up new privileges");
    }
    if (!folders.empty()) {
        EXHIBIT_CHECK(restrictFiles(folders));
    }
    EXHIBIT_CHECK(filterCalls(!folders.empty()));
    JsonArray opened;
    for (const auto& folder : folders) {
        opened.push_back(Json(folder));
    }
    return JsonObject{{"seccomp", true},
                      {"folders", std::move(opened)},
                      {"network_namespace", ownNetwork},
                      {"memory_locked", locked},
                      {"uid", static_cast<std::int64_t>(::geteuid())}};
}

JsonObject probe()
{
    const int file = ::open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    const bool openRefused = file < 0 && (errno == EPERM || errno == EACCES);
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool socketRefused = socket < 0 && errno == EPERM;
    return {{"open_refused", openRefused}, {"socket_refused", socketRefused}};
}

} // namespace exhibit::signer
