// SPDX-License-Identifier: Apache-2.0
#include "server/storage/local_copy.h"
