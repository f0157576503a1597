// SPDX-License-Identifier: Apache-2.0
#include "server/spool/key_wrapper.h"
