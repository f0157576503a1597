// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/interruption.h"

#include <csignal>

namespace exhibit::ctl {
namespace {

volatile std::sig_atomic_t g_interrupted = 0;

void interrupt(int)
{
    g_interrupted = 1;
}

} // namespace

Interruption::Interruption()
{
    g_interrupted = 0;
    struct sigaction action = {};
    action.sa_handler = interrupt;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigaction(SIGINT, &action, nullptr);
}

Interruption::~Interruption()
{
    std::signal(SIGINT, SIG_DFL);
}

bool Interruption::wanted()
{
    return g_interrupted != 0;
}

} // namespace exhibit::ctl
