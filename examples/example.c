// SPDX-License-Identifier: GPL-2.0-only
/*
 * A small module, for the README: it exports two functions, a variable and an
 * alias the way that kernels since 6.4 mark exports in an object, with a symbol
 * __export_symbol_NAME for each.
 */
#define EXPORT_SYMBOL(name)                            \
	asm(".section .export_symbol,\"a\"\n"          \
	    "__export_symbol_" #name ": .asciz \"\"\n" \
	    ".previous")

struct list {
	struct list *next, *prev;
};

enum state {
	IDLE,
	BUSY = 4,
	GONE
};

struct device {
	const char *name;
	enum state state;
	struct list devices;
	int (*probe)(struct device *device, unsigned long flags);
};

int device_count;
EXPORT_SYMBOL(device_count);

int device_register(struct device *device)
{
	device_count++;
	return device->probe(device, 0);
}
EXPORT_SYMBOL(device_register);

extern __typeof__(device_register) device_add
	__attribute__((alias("device_register")));
EXPORT_SYMBOL(device_add);

struct list *device_list(struct device *device)
{
	return &device->devices;
}
EXPORT_SYMBOL(device_list);
