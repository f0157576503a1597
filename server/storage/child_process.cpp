// SPDX-License-Identifier: Apache-2.0
#include "server/storage/child_process.h"

#include "server/storage/descriptor.h"
#include "server/storage/private_file.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>
#include <thread>

namespace exhibit::storage {
namespace {

enum class Step : int { Account, Output, Program };

constexpr int kFolder = 3; ///< As in kInheritedFolder.

struct Failure {
    Step step;
    int number;
};

/// Everything the child needs, prepared before fork(): between fork() and exec() of a process with
/// threads only async-signal-safe calls are allowed.
struct Prepared {
    std::vector<char*> arguments;
    std::array<char*, 3> environment;
    const ChildOptions* options;
    pid_t parent;
    int folder;
    int report;
};

[[noreturn]] void failInChild(const Prepared& prepared, Step step)
{
    const Failure failure{step, errno};
    (void)!write(prepared.report, &failure, sizeof failure);
    _exit(127);
}

void becomeAccount(const Prepared& prepared)
{
    const auto& account = prepared.options->account;
    if (account
        && (setgroups(account->groups.size(), account->groups.data()) != 0
            || setgid(account->gid) != 0 || setuid(account->uid) != 0)) {
        failInChild(prepared, Step::Account);
    }
}

[[noreturn]] void runChild(const Prepared& prepared)
{
    const auto& options = *prepared.options;
    setsid();
    becomeAccount(prepared);
    // After setuid(), which clears it. The parent may have died before this line.
    if (options.parentDeathSignal != 0
        && (prctl(PR_SET_PDEATHSIG, options.parentDeathSignal) != 0
            || getppid() != prepared.parent)) {
        _exit(127);
    }
    umask(077);
    dup2(prepared.folder, kFolder);
    const int output = openat(kFolder,
                              options.outputFile.c_str(),
                              O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
                              0600);
    const int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (output < 0 || input < 0 || chdir("/") != 0) {
        failInChild(prepared, Step::Output);
    }
    dup2(input, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    close_range(kFolder + 1, ~0U, CLOSE_RANGE_CLOEXEC);
    // A parent may block or ignore signals; the program expects the defaults.
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    signal(SIGPIPE, SIG_DFL);
    execve(prepared.arguments[0], prepared.arguments.data(), prepared.environment.data());
    failInChild(prepared, Step::Program);
}

Error explain(const Failure& failure, const ChildOptions& options)
{
    const auto reason = std::generic_category().message(failure.number);
    const auto who = options.account ? "the account " + options.account->name : "this account";
    switch (failure.step) {
    case Step::Account:
        return {ErrorCode::Internal, "cannot become " + who + ": " + reason, {}};
    case Step::Output:
        return {ErrorCode::Forbidden,
                who + " cannot write in " + options.folder.string() + ": " + reason,
                options.folder.string()};
    case Step::Program:
        break;
    }
    return {ErrorCode::Unavailable,
            "cannot run " + options.command.front() + ": " + reason,
            options.command.front()};
}

} // namespace

Result<std::optional<Account>> unprivilegedAccount()
{
    if (geteuid() != 0) {
        return std::nullopt;
    }
    for (const char* name : {"postgres", "nobody"}) {
        passwd entry{};
        passwd* found = nullptr;
        std::array<char, 4096> buffer{};
        if (getpwnam_r(name, &entry, buffer.data(), buffer.size(), &found) != 0
            || found == nullptr) {
            continue;
        }
        std::vector<gid_t> groups(64);
        int count = static_cast<int>(groups.size());
        if (getgrouplist(name, entry.pw_gid, groups.data(), &count) < 0) {
            groups = {entry.pw_gid};
        } else {
            groups.resize(static_cast<std::size_t>(count));
        }
        return Account{name, entry.pw_uid, entry.pw_gid, std::move(groups)};
    }
    return fail(ErrorCode::Unavailable,
                "PostgreSQL does not run as root, and there is no account postgres or nobody");
}

Result<void> giveTo(const std::optional<Account>& account, const std::filesystem::path& path)
{
    if (account && lchown(path.c_str(), account->uid, account->gid) != 0) {
        return fail(ErrorCode::Internal,
                    "cannot give " + path.string() + " to the account " + account->name + ": "
                        + std::generic_category().message(errno),
                    path.string());
    }
    return {};
}

bool canReach(const Account& account, const std::filesystem::path& path)
{
    for (auto folder = path.parent_path();; folder = folder.parent_path()) {
        struct stat status { };
        if (stat(folder.c_str(), &status) != 0) {
            return false;
        }
        const auto& groups = account.groups;
        mode_t pass = S_IXOTH;
        if (status.st_uid == account.uid) {
            pass = S_IXUSR;
        } else if (status.st_gid == account.gid
                   || std::find(groups.begin(), groups.end(), status.st_gid) != groups.end()) {
            pass = S_IXGRP;
        }
        if ((status.st_mode & pass) == 0) {
            return false;
        }
        if (folder == folder.parent_path()) {
            return true;
        }
    }
}

Result<pid_t> spawn(const ChildOptions& options)
{
    std::array<int, 2> pipeEnds{-1, -1};
    if (pipe2(pipeEnds.data(), O_CLOEXEC) != 0) {
        return fail(ErrorCode::Unavailable, "no more files can be opened");
    }
    const Descriptor reader{pipeEnds[0]};
    std::optional<Descriptor> writer{std::in_place, pipeEnds[1]};
    const Descriptor opened{open(options.folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
    // Above the numbers that the child puts its own files at.
    const Descriptor folder{fcntl(opened.get(), F_DUPFD_CLOEXEC, kFolder + 1)};
    writer.emplace(fcntl(writer->get(), F_DUPFD_CLOEXEC, kFolder + 1));
    if (folder.get() < 0 || writer->get() < 0) {
        return fail(ErrorCode::Internal,
                    "cannot open " + options.folder.string() + ": "
                        + std::generic_category().message(errno),
                    options.folder.string());
    }
    std::string locale = "LC_ALL=C";
    std::string path = "PATH=/usr/bin:/bin";
    Prepared prepared{
        {}, {locale.data(), path.data(), nullptr}, &options, getpid(), folder.get(), writer->get()};
    for (const auto& argument : options.command) {
        prepared.arguments.push_back(const_cast<char*>(argument.c_str()));
    }
    prepared.arguments.push_back(nullptr);
    const pid_t pid = fork();
    if (pid == 0) {
        runChild(prepared);
    }
    writer.reset();
    if (pid < 0) {
        return fail(ErrorCode::Unavailable, "cannot start another process", options.command[0]);
    }
    Failure failure{};
    ssize_t size = -1;
    do {
        size = read(reader.get(), &failure, sizeof failure);
    } while (size < 0 && errno == EINTR);
    if (size == static_cast<ssize_t>(sizeof failure)) {
        waitpid(pid, nullptr, 0);
        return tl::make_unexpected(explain(failure, options));
    }
    return pid;
}

Result<void> runToEnd(const ChildOptions& options, Deadline deadline)
{
    EXHIBIT_TRY(const pid_t pid, spawn(options));
    int status = 0;
    while (waitpid(pid, &status, WNOHANG) == 0) {
        if (deadline.reached()) {
            kill(-pid, SIGKILL);
            waitpid(pid, &status, 0);
            return fail(ErrorCode::DeadlineExceeded,
                        options.command[0] + " did not finish in time",
                        options.command[0]);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        return fail(ErrorCode::Internal,
                    options.command[0]
                        + " failed: " + lastLine(options.folder / options.outputFile),
                    options.command[0]);
    }
    return {};
}

std::string lastLine(const std::filesystem::path& file)
{
    auto bytes = readSmallFile(file);
    if (!bytes || !*bytes) {
        return {};
    }
    std::string_view text = **bytes;
    while (text.ends_with('\n')) {
        text.remove_suffix(1);
    }
    return std::string(text.substr(text.find_last_of('\n') + 1));
}

} // namespace exhibit::storage
