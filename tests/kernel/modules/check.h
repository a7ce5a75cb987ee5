/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CHECK_H
#define CHECK_H

struct check {
	int count;
#ifdef CHECK_CHANGED
	long more;
#endif
	void (*call)(struct check *check);
};

extern struct check check_table[2];
int check_count(const struct check *check);
int check_plain(int x);
int check_of_a_name_that_is_about_as_long_as_they_may_be(void);
long check_assembly(long x, struct check *check);

#endif
