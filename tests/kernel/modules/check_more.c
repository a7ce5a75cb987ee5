// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>
#include "check.h"

int check_of_a_name_that_is_about_as_long_as_they_may_be(void)
{
	return 7;
}
EXPORT_SYMBOL(check_of_a_name_that_is_about_as_long_as_they_may_be);
