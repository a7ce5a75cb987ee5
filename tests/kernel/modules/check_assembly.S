/* SPDX-License-Identifier: GPL-2.0-only */
#include <linux/linkage.h>
#include <linux/export.h>

SYM_FUNC_START(check_assembly)
#ifdef CONFIG_X86
	leaq 1(%rdi), %rax
	RET
#else /* arm64 */
	add x0, x0, #1
	ret
#endif
SYM_FUNC_END(check_assembly)
EXPORT_SYMBOL(check_assembly)
