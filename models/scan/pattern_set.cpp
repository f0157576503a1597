// SPDX-License-Identifier: Apache-2.0
#include "models/scan/pattern_set.h"
