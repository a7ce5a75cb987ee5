#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# See unit.c.
exec "$(dirname "$0")/unit$SUFFIX"
