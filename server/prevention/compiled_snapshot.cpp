// SPDX-License-Identifier: Apache-2.0
#include "server/prevention/compiled_snapshot.h"
