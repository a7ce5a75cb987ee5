// SPDX-License-Identifier: GPL-2.0-only
/*
 * Relocations. The sections of a relocatable object have zeros where offsets into
 * other sections belong, and relocations that say what to put there: an entry
 *
 *	offset 0x12 of .debug_info, R_X86_64_32, symbol .debug_str, addend 0x34
 *
 * stands for "put 4 bytes at 0x12: the value of .debug_str (0) + 0x34".
 *
 * libdwfl applies those of all debug sections, one by one through gelf's functions: a
 * third of all the instructions of a run, and only for machines that it knows. Here they
 * are applied to the few sections that are read, and a type that isn't known is an error,
 * where libdwfl leaves zeros, which are the offset of a wrong name. Left alone, as
 * libdwfl does, are those of thread-local variables; they stand in location expressions.
 * Symbols in sections that are loaded at run time have addresses that only libdwfl gives
 * to them, but nobody reads an address.
 */
#define PART "relocate"
#include "internal.h"
#include <inttypes.h>

/*
 * What a relocation does: how many bytes it writes at its place, 1 to 8, and one of these. Without
 * any it replaces what is there.
 */
#define ADD	     0x10 /* it adds to what is there */
#define SUBTRACT     0x20 /* it subtracts from it */
#define LEAVE_ALONE  0x40 /* it leaves it as it is */
#define SIZE(action) ((action)&0xf)
#define UNKNOWN	     0

#ifndef SHT_CREL
#define SHT_CREL 0x40000014
#endif

/* Machines that older versions of elf.h don't have. */
enum {
	ARC = 93,
	ARC_V2 = 195,
	BPF = 247,
	CSKY = 252,
	LOONGARCH = 258,
};

#define RELOCATION_TYPES 1032

/*
 * Tells what each relocation type of a machine does; 0: the type is not known. Returns false if
 * the machine isn't. Type 0 is NONE for each.
 *
 * RISC-V and LoongArch have types that add and subtract, since their linkers move code, so
 * that the assembler leaves differences to them. Those of 6 bits and of LEB128 numbers, which
 * aren't applied here, are only where code is described.
 */
static bool find_actions(unsigned int machine, uint8_t actions[RELOCATION_TYPES])
{
	static const struct {
		uint16_t machine;
		uint16_t type;
		uint8_t action;
	} known[] = {
		{ EM_X86_64, R_X86_64_64, 8 },
		{ EM_X86_64, R_X86_64_32, 4 },
		{ EM_X86_64, R_X86_64_32S, 4 },
		{ EM_X86_64, R_X86_64_16, 2 },
		{ EM_X86_64, R_X86_64_8, 1 },
		{ EM_X86_64, R_X86_64_DTPOFF64, LEAVE_ALONE },
		{ EM_X86_64, R_X86_64_DTPOFF32, LEAVE_ALONE },
		{ EM_X86_64, R_X86_64_TPOFF64, LEAVE_ALONE },
		{ EM_X86_64, R_X86_64_TPOFF32, LEAVE_ALONE },
		{ EM_386, R_386_32, 4 },
		{ EM_386, R_386_16, 2 },
		{ EM_386, R_386_8, 1 },
		{ EM_386, R_386_TLS_LDO_32, LEAVE_ALONE },
		{ EM_386, R_386_TLS_LE_32, LEAVE_ALONE },
		{ EM_386, R_386_TLS_LE, LEAVE_ALONE },
		{ EM_386, R_386_TLS_DTPOFF32, LEAVE_ALONE },
		{ EM_386, R_386_TLS_TPOFF32, LEAVE_ALONE },
		{ EM_AARCH64, R_AARCH64_ABS64, 8 },
		{ EM_AARCH64, R_AARCH64_ABS32, 4 },
		{ EM_AARCH64, R_AARCH64_ABS16, 2 },
		/* its other NONE */
		{ EM_AARCH64, 256, LEAVE_ALONE },
		{ EM_AARCH64, R_AARCH64_TLS_DTPREL, LEAVE_ALONE },
		{ EM_AARCH64, R_AARCH64_TLS_TPREL, LEAVE_ALONE },
		{ EM_ARM, R_ARM_ABS32, 4 },
		{ EM_ARM, R_ARM_ABS16, 2 },
		{ EM_ARM, R_ARM_ABS8, 1 },
		{ EM_ARM, R_ARM_TLS_LDO32, LEAVE_ALONE },
		{ EM_ARM, R_ARM_TLS_LE32, LEAVE_ALONE },
		{ EM_ARM, R_ARM_TLS_DTPOFF32, LEAVE_ALONE },
		{ EM_ARM, R_ARM_TLS_TPOFF32, LEAVE_ALONE },
		{ EM_S390, R_390_64, 8 },
		{ EM_S390, R_390_32, 4 },
		{ EM_S390, R_390_16, 2 },
		{ EM_S390, R_390_8, 1 },
		{ EM_S390, R_390_TLS_LDO64, LEAVE_ALONE },
		{ EM_S390, R_390_TLS_LDO32, LEAVE_ALONE },
		{ EM_S390, R_390_TLS_LE64, LEAVE_ALONE },
		{ EM_S390, R_390_TLS_LE32, LEAVE_ALONE },
		{ EM_S390, R_390_TLS_DTPOFF, LEAVE_ALONE },
		{ EM_S390, R_390_TLS_TPOFF, LEAVE_ALONE },
		{ EM_PPC64, R_PPC64_ADDR64, 8 },
		{ EM_PPC64, R_PPC64_UADDR64, 8 },
		{ EM_PPC64, R_PPC64_ADDR32, 4 },
		{ EM_PPC64, R_PPC64_UADDR32, 4 },
		{ EM_PPC64, R_PPC64_ADDR16, 2 },
		{ EM_PPC64, R_PPC64_UADDR16, 2 },
		{ EM_PPC64, R_PPC64_DTPREL64, LEAVE_ALONE },
		{ EM_PPC64, R_PPC64_TPREL64, LEAVE_ALONE },
		{ EM_PPC, R_PPC_ADDR32, 4 },
		{ EM_PPC, R_PPC_UADDR32, 4 },
		{ EM_PPC, R_PPC_ADDR16, 2 },
		{ EM_PPC, R_PPC_UADDR16, 2 },
		{ EM_PPC, R_PPC_DTPREL32, LEAVE_ALONE },
		{ EM_PPC, R_PPC_TPREL32, LEAVE_ALONE },
		{ EM_RISCV, R_RISCV_64, 8 },
		{ EM_RISCV, R_RISCV_32, 4 },
		{ EM_RISCV, R_RISCV_ADD8, 1 | ADD },
		{ EM_RISCV, R_RISCV_ADD16, 2 | ADD },
		{ EM_RISCV, R_RISCV_ADD32, 4 | ADD },
		{ EM_RISCV, R_RISCV_ADD64, 8 | ADD },
		{ EM_RISCV, R_RISCV_SUB8, 1 | SUBTRACT },
		{ EM_RISCV, R_RISCV_SUB16, 2 | SUBTRACT },
		{ EM_RISCV, R_RISCV_SUB32, 4 | SUBTRACT },
		{ EM_RISCV, R_RISCV_SUB64, 8 | SUBTRACT },
		/* SET8, SET16, SET32; SUB6, SET6, SET_ULEB128, SUB_ULEB128 */
		{ EM_RISCV, 54, 1 },
		{ EM_RISCV, 55, 2 },
		{ EM_RISCV, 56, 4 },
		{ EM_RISCV, 52, LEAVE_ALONE },
		{ EM_RISCV, 53, LEAVE_ALONE },
		{ EM_RISCV, 60, LEAVE_ALONE },
		{ EM_RISCV, 61, LEAVE_ALONE },
		{ EM_RISCV, R_RISCV_TLS_DTPREL64, LEAVE_ALONE },
		{ EM_RISCV, R_RISCV_TLS_DTPREL32, LEAVE_ALONE },
		{ EM_RISCV, R_RISCV_TLS_TPREL64, LEAVE_ALONE },
		{ EM_RISCV, R_RISCV_TLS_TPREL32, LEAVE_ALONE },
		{ EM_MIPS, R_MIPS_64, 8 },
		{ EM_MIPS, R_MIPS_32, 4 },
		{ EM_MIPS, R_MIPS_16, 2 },
		{ EM_MIPS, R_MIPS_TLS_DTPREL64, LEAVE_ALONE },
		{ EM_MIPS, R_MIPS_TLS_DTPREL32, LEAVE_ALONE },
		{ EM_MIPS, R_MIPS_TLS_TPREL64, LEAVE_ALONE },
		{ EM_MIPS, R_MIPS_TLS_TPREL32, LEAVE_ALONE },
		{ EM_SPARC, R_SPARC_64, 8 },
		{ EM_SPARC, R_SPARC_UA64, 8 },
		{ EM_SPARC, R_SPARC_32, 4 },
		{ EM_SPARC, R_SPARC_UA32, 4 },
		{ EM_SPARC, R_SPARC_16, 2 },
		{ EM_SPARC, R_SPARC_UA16, 2 },
		{ EM_SPARC, R_SPARC_8, 1 },
		{ EM_SPARC, R_SPARC_TLS_DTPOFF64, LEAVE_ALONE },
		{ EM_SPARC, R_SPARC_TLS_DTPOFF32, LEAVE_ALONE },
		{ EM_SPARC, R_SPARC_TLS_TPOFF64, LEAVE_ALONE },
		{ EM_SPARC, R_SPARC_TLS_TPOFF32, LEAVE_ALONE },
		{ EM_ALPHA, R_ALPHA_REFQUAD, 8 },
		{ EM_ALPHA, R_ALPHA_REFLONG, 4 },
		{ EM_ALPHA, R_ALPHA_DTPREL64, LEAVE_ALONE },
		{ EM_ALPHA, R_ALPHA_TPREL64, LEAVE_ALONE },
		{ EM_PARISC, R_PARISC_DIR64, 8 },
		{ EM_PARISC, R_PARISC_SECREL64, 8 },
		{ EM_PARISC, R_PARISC_DIR32, 4 },
		{ EM_PARISC, R_PARISC_SECREL32, 4 },
		{ EM_PARISC, R_PARISC_TLS_DTPOFF64, LEAVE_ALONE },
		{ EM_PARISC, R_PARISC_TLS_DTPOFF32, LEAVE_ALONE },
		{ EM_PARISC, R_PARISC_TPREL64, LEAVE_ALONE },
		{ EM_PARISC, R_PARISC_TPREL32, LEAVE_ALONE },
		{ EM_68K, R_68K_32, 4 },
		{ EM_68K, R_68K_16, 2 },
		{ EM_68K, R_68K_8, 1 },
		{ EM_68K, R_68K_TLS_LDO32, LEAVE_ALONE },
		{ EM_68K, R_68K_TLS_LE32, LEAVE_ALONE },
		{ EM_68K, R_68K_TLS_DTPREL32, LEAVE_ALONE },
		{ EM_68K, R_68K_TLS_TPREL32, LEAVE_ALONE },
		{ EM_SH, R_SH_DIR32, 4 },
		{ EM_SH, R_SH_TLS_LDO_32, LEAVE_ALONE },
		{ EM_SH, R_SH_TLS_LE_32, LEAVE_ALONE },
		{ EM_SH, R_SH_TLS_DTPOFF32, LEAVE_ALONE },
		{ EM_SH, R_SH_TLS_TPOFF32, LEAVE_ALONE },
		/* Machines whose types older versions of elf.h don't have. */
		/* ARC: 32, 24, 16, 8, TLS_DTPOFF, TLS_TPOFF, TLS_LE_32 */
		{ ARC, 4, 4 },
		{ ARC, 3, 3 },
		{ ARC, 2, 2 },
		{ ARC, 1, 1 },
		{ ARC, 0x43, LEAVE_ALONE },
		{ ARC, 0x44, LEAVE_ALONE },
		{ ARC, 0x4b, LEAVE_ALONE },
		/* LoongArch: 64, 32, ADD and SUB of 8 to 64 bits, of 6 and of LEB128, TLS */
		{ LOONGARCH, 2, 8 },
		{ LOONGARCH, 1, 4 },
		{ LOONGARCH, 47, 1 | ADD },
		{ LOONGARCH, 48, 2 | ADD },
		{ LOONGARCH, 49, 3 | ADD },
		{ LOONGARCH, 50, 4 | ADD },
		{ LOONGARCH, 51, 8 | ADD },
		{ LOONGARCH, 52, 1 | SUBTRACT },
		{ LOONGARCH, 53, 2 | SUBTRACT },
		{ LOONGARCH, 54, 3 | SUBTRACT },
		{ LOONGARCH, 55, 4 | SUBTRACT },
		{ LOONGARCH, 56, 8 | SUBTRACT },
		{ LOONGARCH, 105, LEAVE_ALONE },
		{ LOONGARCH, 106, LEAVE_ALONE },
		{ LOONGARCH, 107, LEAVE_ALONE },
		{ LOONGARCH, 108, LEAVE_ALONE },
		{ LOONGARCH, 8, LEAVE_ALONE },
		{ LOONGARCH, 9, LEAVE_ALONE },
		{ LOONGARCH, 10, LEAVE_ALONE },
		{ LOONGARCH, 11, LEAVE_ALONE },
		/* C-SKY: ADDR32, TLS_LE32, TLS_LDO32, TLS_DTPOFF32, TLS_TPOFF32 */
		{ CSKY, 1, 4 },
		{ CSKY, 51, LEAVE_ALONE },
		{ CSKY, 55, LEAVE_ALONE },
		{ CSKY, 57, LEAVE_ALONE },
		{ CSKY, 58, LEAVE_ALONE },
		/* BPF: ABS64, ABS32, NODYLD32 */
		{ BPF, 2, 8 },
		{ BPF, 3, 4 },
		{ BPF, 4, 4 },
	};
	bool is_known = false;

	if (machine == EM_SPARC32PLUS || machine == EM_SPARCV9)
		machine = EM_SPARC;
	else if (machine == ARC_V2)
		machine = ARC;
	memset(actions, 0, RELOCATION_TYPES);
	actions[0] = LEAVE_ALONE;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (known[i].machine != machine)
			continue;
		actions[known[i].type] = known[i].action;
		is_known = true;
	}
	return is_known;
}

/* The byte order of this machine, as ELF has it. */
#define NATIVE_DATA (BYTE_ORDER == BIG_ENDIAN ? ELFDATA2MSB : ELFDATA2LSB)

/* Stores the lower `size` bytes of a value in the byte order of this machine. */
static inline void put_native(unsigned char *to, unsigned int size, uint64_t value)
{
	const char *from = (char *)&value + (BYTE_ORDER == BIG_ENDIAN ? 8 - size : 0);

	/* Most are of these sizes, which take no call. */
	if (size == 4)
		memcpy(to, from, 4);
	else if (size == 8)
		memcpy(to, from, 8);
	else
		memcpy(to, from, size);
}

/* Does what else an action may be, in the byte order of the file. */
static void put_value(unsigned char *to, unsigned int action, bool big_endian, uint64_t value)
{
	unsigned int size = SIZE(action);
	uint64_t old = get_number(big_endian, to, size);

	if (action & SUBTRACT)
		value = old - value;
	else if (action & ADD)
		value += old;
	for (unsigned int i = 0; i < size; i++)
		to[big_endian ? size - 1 - i : i] = value >> 8 * i;
}

/* A section of relocations, and what it is about. */
struct relocations {
	const struct debug_file *file;
	const struct section_data *target;
	const uint8_t *actions;
	Elf_Data *data;
	Elf_Data *symbols;
	size_t count;
	size_t symbol_count;
	size_t number; /* of the section */
	unsigned int machine; /* EM_... */
	bool common; /* 64 bits, with addends, in the byte order of this machine */
	bool addends; /* stand in the entries, */
	bool in_place; /* or where they are applied, or both */
	bool swapped; /* mips64el: the symbol's number and the type are */
};

/* Opens a section of relocations. Returns false if there is something unusual about it. */
static bool open_relocations(struct relocations *relocations, Elf *elf, Elf_Scn *section,
			     const GElf_Shdr *header)
{
	Elf_Data *(*get_data)(Elf_Scn *, Elf_Data *) = elf_getdata;
	Elf_Scn *symtab = elf_getscn(elf, header->sh_link);
	bool is_64, is_native, addends = header->sh_type == SHT_RELA;
	GElf_Shdr symbols_header;
	GElf_Ehdr elf_header;

	if (!gelf_getehdr(elf, &elf_header) || !symtab || !gelf_getshdr(symtab, &symbols_header) ||
	    symbols_header.sh_type != SHT_SYMTAB || header->sh_flags & SHF_COMPRESSED)
		return false;
	is_64 = elf_header.e_ident[EI_CLASS] == ELFCLASS64;
	is_native = elf_header.e_ident[EI_DATA] == NATIVE_DATA;
	relocations->number = elf_ndxscn(section);
	relocations->machine = elf_header.e_machine;
	relocations->addends = addends;
	/* The entries of SH have addends, but those that count stand in place. */
	relocations->in_place = !addends || elf_header.e_machine == EM_SH;
	relocations->swapped = elf_header.e_machine == EM_MIPS && is_64 &&
			       elf_header.e_ident[EI_DATA] == ELFDATA2LSB;
	relocations->common = is_64 && is_native && addends && !relocations->swapped;
	if (relocations->common)
		get_data = elf_rawdata; /* nothing is to be translated */
	relocations->data = get_data(section, NULL);
	relocations->symbols = get_data(symtab, NULL);
	if (!relocations->data || !relocations->symbols)
		return false;
	relocations->count = relocations->data->d_size /
			     gelf_fsize(elf, addends ? ELF_T_RELA : ELF_T_REL, 1, EV_CURRENT);
	relocations->symbol_count =
		relocations->symbols->d_size / gelf_fsize(elf, ELF_T_SYM, 1, EV_CURRENT);
	return true;
}

/* Reads an entry that isn't of the common form. */
static GElf_Rela read_relocation(const struct relocations *relocations, size_t i)
{
	GElf_Rela relocation = { 0 };
	GElf_Rel without;

	if (relocations->addends) {
		gelf_getrela(relocations->data, i, &relocation);
	} else if (gelf_getrel(relocations->data, i, &without)) {
		relocation.r_offset = without.r_offset;
		relocation.r_info = without.r_info;
	}
	if (relocations->swapped)
		relocation.r_info = relocation.r_info << 32 |
				    __builtin_bswap32(relocation.r_info >> 32);
	return relocation;
}

static void __attribute__((noreturn, cold))
unknown_type(const struct relocations *relocations, size_t i, uint64_t type)
{
	error("relocation %zu of section %zu of '%s' has the type %" PRIu64
	      ", which is not known for machine %u: the names and types that it is for would be wrong",
	      i, relocations->number, relocations->file->path, type, relocations->machine);
}

/*
 * Applies the relocations from one number up to another. Errors: a type that isn't known;
 * damaged entries. `common` is relocations->common, but known when this is compiled, since
 * entries of that form are many.
 */
static inline void __attribute__((always_inline))
apply_range(const struct relocations *relocations, size_t from, size_t to, bool common)
{
	const struct section_data *target = relocations->target;
	const char *entries = relocations->data->d_buf; /* maybe not aligned */
	const char *symbols = relocations->symbols->d_buf;
	uint64_t last_number = UINT64_MAX; /* no number of 32 bits */
	GElf_Sym symbol = { 0 };
	bool undefined = false;
	GElf_Rela relocation;

	for (size_t i = from; i < to; i++) {
		uint64_t type, number, value;
		unsigned int action, size;
		unsigned char *place;

		if (!common)
			relocation = read_relocation(relocations, i);
		else
			memcpy(&relocation, entries + i * sizeof(relocation), sizeof(relocation));
		type = GELF_R_TYPE(relocation.r_info);
		action = type < RELOCATION_TYPES ? relocations->actions[type] : UNKNOWN;
		if (action == LEAVE_ALONE)
			continue;
		if (action == UNKNOWN)
			unknown_type(relocations, i, type);
		size = SIZE(action);
		number = GELF_R_SYM(relocation.r_info);
		if (number >= relocations->symbol_count || relocation.r_offset > target->size ||
		    size > target->size - relocation.r_offset)
			error("'%s' is damaged: relocation %zu of section %zu is out of bounds",
			      relocations->file->path, i, relocations->number);
		/* Mostly the symbol of .debug_str, again and again. */
		if (number != last_number) {
			last_number = number;
			if (common)
				memcpy(&symbol, symbols + number * sizeof(symbol), sizeof(symbol));
			else
				gelf_getsym(relocations->symbols, number, &symbol);
			undefined = number && symbol.st_shndx == SHN_UNDEF;
		}
		if (undefined)
			continue; /* libdwfl leaves those alone, too */
		place = (unsigned char *)target->start + relocation.r_offset;
		value = symbol.st_value + relocation.r_addend;
		if (common && action == size)
			put_native(place, size, value);
		else
			put_value(place, relocations->in_place ? action | ADD : action,
				  relocations->file->big_endian, value);
	}
}

/* So many are applied before the memory of their entries is given back. */
#define RELOCATIONS_KEPT 0x8000

static void apply_relocations(const struct relocations *relocations)
{
	const char *entries = relocations->data->d_buf;
	size_t from = 0, to;

	if (!relocations->common) {
		apply_range(relocations, 0, relocations->count, false);
		return;
	}
	for (; from < relocations->count; from = to) {
		to = from + RELOCATIONS_KEPT < relocations->count ? from + RELOCATIONS_KEPT
								  : relocations->count;
		apply_range(relocations, from, to, true);
		forget_pages(entries + from * sizeof(GElf_Rela), entries + to * sizeof(GElf_Rela));
	}
}

/* Sees that libdwfl has left no relocations over but those that are to be left alone. */
static void check_left_over(const struct relocations *relocations)
{
	for (size_t i = 0; i < relocations->count; i++) {
		uint64_t type = GELF_R_TYPE(read_relocation(relocations, i).r_info);

		if (type >= RELOCATION_TYPES || relocations->actions[type] == UNKNOWN)
			unknown_type(relocations, i, type);
	}
}

/*
 * Goes through the relocations of the sections that are read, to apply them or to look at
 * those that are left over.
 */
static bool go_through(const struct debug_file *file, Elf *elf, const uint8_t *actions,
		       bool left_over)
{
	struct relocations relocations = { .file = file, .actions = actions };
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while ((section = elf_nextscn(elf, section))) {
		if (!gelf_getshdr(section, &header) ||
		    (header.sh_type != SHT_REL && header.sh_type != SHT_RELA &&
		     header.sh_type != SHT_CREL))
			continue;
		for (int id = 0; id < SECTION_COUNT; id++) {
			relocations.target = &file->sections[id];
			if (!relocations.target->number ||
			    relocations.target->number != header.sh_info)
				continue;
			if (header.sh_type == SHT_CREL)
				error("the relocations of '%s' are in the compact form CREL (clang -Wa,--crel), which is not read",
				      file->path);
			if (!open_relocations(&relocations, elf, section, &header))
				return false;
			if (left_over)
				check_left_over(&relocations);
			else
				apply_relocations(&relocations);
		}
	}
	return true;
}

bool relocate(const struct debug_file *file, Elf *elf)
{
	uint8_t actions[RELOCATION_TYPES];
	GElf_Ehdr header;

	if (!gelf_getehdr(elf, &header))
		return false;
	return header.e_type != ET_REL ||
	       (find_actions(header.e_machine, actions) && go_through(file, elf, actions, false));
}

void check_relocated(const struct debug_file *file, Elf *elf)
{
	uint8_t actions[RELOCATION_TYPES];
	GElf_Ehdr header;

	if (!gelf_getehdr(elf, &header) || header.e_type != ET_REL)
		return;
	find_actions(header.e_machine, actions);
	go_through(file, elf, actions, true);
}
