// SPDX-License-Identifier: Apache-2.0
#include "server/storage/connection.h"
