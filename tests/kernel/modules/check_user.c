// SPDX-License-Identifier: GPL-2.0-only
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/slab.h>
#include "check.h"

static int __init check_init(void)
{
	struct check *check = kzalloc(sizeof(*check), GFP_KERNEL);

	check_table[0].call(&check_table[0]);
	pr_info("check: %d %d\n", check_count(&check_table[0]), check_of_a_name_that_is_about_as_long_as_they_may_be());
	pr_info("check: %d\n", check_plain(1));
	pr_info("check: %ld\n", check_assembly(1, check));
	kfree(check);
	return 0;
}
module_init(check_init);

static void __exit check_exit(void)
{
}
module_exit(check_exit);

MODULE_DESCRIPTION("uses them");
MODULE_LICENSE("GPL");
