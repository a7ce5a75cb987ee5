// SPDX-License-Identifier: GPL-2.0-only
/*
 * The least that any libdw tool does with an object, to compare with: opens it
 * through libdwfl (which applies the relocations of the debug sections), visits
 * each DIE once, and prints how many there are.
 */
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <stdio.h>

static long visited;

static void visit(Dwarf_Die *die)
{
	Dwarf_Die child;

	visited++;
	if (dwarf_child(die, &child) == 0)
		do
			visit(&child);
		while (dwarf_siblingof(&child, &child) == 0);
}

static int visit_module(Dwfl_Module *module, void **userdata, const char *name, Dwarf_Addr base,
			void *argument)
{
	Dwarf_Addr bias;
	Dwarf *dwarf = dwfl_module_getdwarf(module, &bias);
	Dwarf_CU *cu = NULL;
	Dwarf_Die die;

	(void)userdata, (void)name, (void)base, (void)argument;
	while (dwarf && dwarf_get_units(dwarf, cu, &cu, NULL, NULL, &die, NULL) == 0)
		visit(&die);
	return DWARF_CB_OK;
}

int main(int argc, char **argv)
{
	static const Dwfl_Callbacks callbacks = {
		.section_address = dwfl_offline_section_address,
		.find_debuginfo = dwfl_standard_find_debuginfo,
	};

	for (int i = 1; i < argc; i++) {
		int fd = open(argv[i], O_RDONLY);
		Dwfl *dwfl = dwfl_begin(&callbacks);

		if (fd < 0 || !dwfl || !dwfl_report_offline(dwfl, argv[i], argv[i], fd)) {
			fprintf(stderr, "floor: cannot read %s\n", argv[i]);
			return 1;
		}
		dwfl_report_end(dwfl, NULL, NULL);
		dwfl_getmodules(dwfl, visit_module, NULL, 0);
		dwfl_end(dwfl);
	}
	printf("%ld\n", visited);
	return 0;
}
