// SPDX-License-Identifier: Apache-2.0
#include "server/prevention/run_registry.h"
