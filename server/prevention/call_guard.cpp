// SPDX-License-Identifier: Apache-2.0
#include "server/prevention/call_guard.h"
