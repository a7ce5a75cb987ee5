// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>
#include "check.h"

static void call(struct check *check)
{
	check->count++;
}

struct check check_table[2] = { { .call = call } };
EXPORT_SYMBOL(check_table);

int check_count(const struct check *check)
{
	return check->count;
}
EXPORT_SYMBOL_GPL(check_count);

int check_plain(int x)
{
	return x + 1;
}
EXPORT_SYMBOL(check_plain);

MODULE_DESCRIPTION("exports");
MODULE_LICENSE("GPL");
