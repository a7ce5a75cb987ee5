#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# FORMAT.md, section 5: attributes by form. Each attribute that is read, in each form of DWARF 5 and GNU's, alone and as
# DW_FORM_indirect, for each version of DWARF: what is read is what libdw gives (tools/compare.c). Then how it shows.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gendwarfksyms;

# By form a value that it can have, whatever the attribute. Forms for supplementary files are left out: there is none.
my %values = (
	(map { $_ => 1 } qw(addr data1 data2 data4 data8 flag udata sec_offset flag_present strx addrx data16 loclistx rnglistx
		strx1 strx2 strx3 strx4 addrx1 addrx2 addrx3 addrx4 GNU_addr_index GNU_str_index)),
	(map { $_ => -3 } qw(sdata implicit_const)), (map { $_ => 'name' } qw(string strp line_strp)),
	(map { $_ => '2301' } qw(block block1 block2 block4 exprloc)),
	(map { $_ => '@int' } qw(ref_addr ref1 ref2 ref4 ref8 ref_udata)), ref_sig8 => '0x77',
);
my @attributes = qw(name linkage_name type abstract_origin declaration decl_file const_value count upper_bound accessibility alignment
	bit_size byte_size encoding data_bit_offset data_member_location discr_value);
my $sections = <<'D';
%section .debug_loclists
%asm .4byte 7
%section .debug_loc
%asm .4byte 7
%section .debug_str
%asm .asciz "first"
%asm .asciz "second"
%section .debug_str_offsets
D

sub table {
	my ($unit, $offset, $indirect) = @_;
	my $dies = "compile_unit $unit\n  \@int base_type name=int\n";
	for my $attribute (@attributes) {
		for my $form (sort keys %values) {
			next if $indirect && $form eq 'implicit_const';
			# So that a value of a wrong length is noticed, something follows.
			$dies .= sprintf "  structure_type %s:%s=%s bit_size=77\n", $attribute, $indirect ? "indirect($form)" : $form, $values{$form};
		}
	}
	return die_object("$dies\ntype_unit version=5 signature=0x77 type=\@s\n  \@s structure_type\n$sections%asm .4byte 12, 5\n%asm .${offset}byte 0, 6\n");
}

my $compare = "$tests/tools/compare$suffix";
for my $version (2 .. 5) {
	for my $offset (4, 8) {
		for my $indirect (0, 1) {
			my $unit = "version=$version" . ($offset == 8 ? ' dwarf64' : '') . ($version == 5 ? ' str_offsets_base:sec_offset=8' : '');
			my $r = command('', $compare, table($unit, $offset, $indirect));
			is($r->{status}, 0, "DWARF $version, offsets of $offset bytes" . ($indirect ? ', indirect' : ''))
				or diag(join "\n", grep { defined } (split /\n/, "$r->{out}$r->{err}")[0 .. 9]);
		}
	}
}

# A line table's offset, a sibling's, and values that the table above doesn't have, by how they show
my $int = 'base_type int byte_size(4) encoding(5)';

sub unit {
	my ($dies, $attributes, $after) = @_;
	return die_object(sprintf "compile_unit %s\n  \@int base_type name=int byte_size=4 encoding=5\n%s  variable name=v type=\@t\n%s",
		$attributes // '', $dies, $after // '');
}

string_is(unit("  \@t structure_type name:indirect(strp)=s byte_size:indirect(udata)=4\n    member name:indirect(string)=a type:indirect(ref4)=\@int"
	. " data_member_location:indirect(data1)=3\n"), 'v', "variable structure_type s { member $int a data_member_location(3) } byte_size(4)",
	'a structure whose values are indirect');
string_is(unit("  \@t array_type type:indirect(ref_addr)=\@int\n    subrange_type upper_bound:indirect(sdata)=6\n"), 'v',
	"variable array_type[7] { $int }", 'an array');
string_is(unit("  \@t enumeration_type\n    enumerator name=A const_value:indirect(sdata)=-1\n"), 'v',
	'variable enumeration_type { enumerator A = 18446744073709551615 }', 'an enumeration');
string_is(unit("  \@t structure_type name=s declaration:indirect(flag)=1 byte_size=4\n"), 'v', 'variable structure_type s { }', 'a declaration');
string_is(unit("  \@t structure_type name=s declaration:indirect(flag)=0 byte_size=4\n"), 'v', 'variable structure_type s { } byte_size(4)',
	'... that is none');
string_is(unit("  \@t structure_type name=s decl_file:indirect(data1)=1 byte_size=4\n", 'files=a.h,b.c'), 'v', 'variable structure_type s { }',
	'a private structure');
string_is(unit("  \@t structure_type name=s byte_size:indirect(block1)=04 byte_size=4\n"), 'v', 'variable structure_type s { }',
	'of two attributes the first counts, though it is no number');
for my $name ('name:indirect(string)=v', 'name=w linkage_name:indirect(strp)=v', 'abstract_origin:indirect(ref4)=@o') {
	string_is(die_object("compile_unit\n  \@o variable name=v declaration\n  variable $name\n"), 'v', 'variable base_type void', "a symbol with $name");
}
string_is(die_object("compile_unit\n" . "  subprogram name=f sibling:indirect(ref4)=\@s\n    variable name=v type=\@s\n  \@s base_type name=int\n  variable name=v\n"),
	'v', 'variable base_type void', 'a sibling');

# A line table: an offset of another form is none since DWARF 4.
for my $version (3 .. 5) {
	for my $form (qw(sec_offset data4 data8 data1 indirect(sec_offset) indirect(data4))) {
		next if $version == 3 && $form =~ /sec_offset|data1/;
		my $object = die_object("compile_unit version=$version files=a.c,b.c\ncompile_unit version=$version stmt_list:$form=0\n"
			. "  \@s structure_type name=s decl_file=1 byte_size=1\n  variable name=v type=\@s\n");
		next if $version > 3 && $form !~ /sec_offset/ && fails_with($object, ['v'], 'no line table', "DW_AT_stmt_list of $form in DWARF $version");
		string_is($object, 'v', 'variable structure_type s { }', "DW_AT_stmt_list of $form in DWARF $version");
	}
}

# Names in a line table: a form that is no text, for which libdw has no name, isn't passed over as one that doesn't end in .c.
for my $case ([8, '.asciz "b.c"', qr/^v variable structure_type s \{ \}$/m], ['0x16', '.uleb128 8\n\t.asciz "b.c"', qr/^error: .* a name in a line table, in form 0x16 .*DIE 0x/m], ['0x0b', '.byte 1', qr/^error: .* in form 0xb /m],
	['0x25', '.byte 0', qr/^error: .* in form 0x25 /m]) {
	my ($form, $name, $want) = @$case;
	my $object = die_object("compile_unit version=5 stmt_list:sec_offset=0\n  \@s structure_type name=s decl_file=0\n  variable name=v type=\@s\n%section .debug_line\n"
		. join '', map {"%asm $_\n"} '.4byte 2f - 1f', '1: .2byte 5', '.byte 8, 0', '.4byte 2f - 3f', '3: .byte 1, 1, 1, -5, 14, 1', '.byte 1, 1, 8, 1', '.asciz "/"', ".byte 1, 1, $form, 1", split(/\\n\\t/, $name), '2:');
	like(run(['v'], ['--dump-versions'], $object)->{err}, $want, "a name of form $form in a line table");
}

# Values of more than 64 bits, with --canonical
string_like(unit("  \@t enumeration_type\n    enumerator name=A const_value:indirect(block1)=" . block_of('0201') . "\n"), 'v',
	qr/ variable enumeration_type \{ enumerator A = 0x0201 \}$/, 'a block', '--canonical');

# Of units that refer to each other, none is forgotten before the last is read; so are those that may.
my $many = "compile_unit\n  \@s structure_type name=s\n    member name=a type=\@i\n  \@i base_type name=int\n"
	. join('', map {"compile_unit\n  \@p$_ pointer_type type:indirect(ref_addr)=\@s\n  variable name=v$_ type=\@p$_\n"} 1 .. 80);
my $object = die_object($many);
string_is($object, "v$_", 'variable pointer_type { structure_type s { member base_type int a } }', "a reference to another unit, from the ${_}th") for 1, 80;

fails_with(unit("  \@t base_type byte_size:indirect(implicit_const)=4\n"), ['v'], 'form 0x21 in DW_FORM_indirect.*DIE 0x', 'implicit_const has no value there');
fails_with(unit("  \@t base_type byte_size:indirect(indirect(data1))=4\n"), ['v'], 'form 0x16 in DW_FORM_indirect.*DIE 0x', 'indirect twice');

done_testing();
