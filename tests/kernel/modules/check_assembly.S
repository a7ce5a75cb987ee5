/* SPDX-License-Identifier: GPL-2.0-only */
#include <linux/linkage.h>
#include <linux/export.h>

SYM_FUNC_START(check_assembly)
	leaq 1(%rdi), %rax
	RET
SYM_FUNC_END(check_assembly)
EXPORT_SYMBOL(check_assembly)
