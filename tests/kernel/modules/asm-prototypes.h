/* SPDX-License-Identifier: GPL-2.0-only */
struct check;
#include "check.h"
