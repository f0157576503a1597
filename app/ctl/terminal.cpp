// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/terminal.h"

#include <cstdlib>
#include <iostream>

#include <sys/ioctl.h>
#include <unistd.h>

namespace exhibit::ctl {
namespace {

std::string_view codeOf(Paint paint)
{
    switch (paint) {
    case Paint::Plain:
        return "";
    case Paint::Bold:
        return "1";
    case Paint::Dim:
        return "2";
    case Paint::Red:
        return "31";
    case Paint::BoldRed:
        return "1;31";
    case Paint::Yellow:
        return "33";
    case Paint::Green:
        return "32";
    case Paint::Cyan:
        return "36";
    }
    return "";
}

bool isSet(const char* variable, std::string_view unlike)
{
    const char* value = std::getenv(variable);
    return value != nullptr && std::string_view(value) != unlike;
}

} // namespace

std::string Output::paint(Paint paint, std::string_view text) const
{
    if (!colour || paint == Paint::Plain || text.empty()) {
        return std::string(text);
    }
    return "\x1b[" + std::string(codeOf(paint)) + "m" + std::string(text) + "\x1b[0m";
}

Output standardOutput()
{
    Output output{std::cout};
    if (::isatty(STDOUT_FILENO) == 1) {
        winsize size{};
        const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
        output.columns = known ? size.ws_col : 80;
        output.colour = !isSet("NO_COLOR", "") && isSet("TERM", "dumb");
    }
    return output;
}

bool standardErrorIsTerminal()
{
    return ::isatty(STDERR_FILENO) == 1;
}

Paint paintOf(domain::Severity severity)
{
    switch (severity) {
    case domain::Severity::Critical:
        return Paint::BoldRed;
    case domain::Severity::High:
        return Paint::Red;
    case domain::Severity::Medium:
        return Paint::Yellow;
    case domain::Severity::Low:
        return Paint::Cyan;
    }
    return Paint::Plain;
}

Paint paintOf(domain::StepStatus status)
{
    switch (status) {
    case domain::StepStatus::Ok:
        return Paint::Plain;
    case domain::StepStatus::Warning:
        return Paint::Yellow;
    case domain::StepStatus::Violation:
        return Paint::Red;
    }
    return Paint::Plain;
}

} // namespace exhibit::ctl
