#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# FORMAT.md, section 10: relocatable objects of all machines that there is a compiler for here, and relocations of types that are not known.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gendwarfksyms;

# Versions of these don't depend on the machine: no pointer, long or char; int alone, for alignment.
my $source = <<'C';
struct structure_with_a_long_name { int first_member; unsigned second_member[3]; enum { ENUMERATOR_ONE, ENUMERATOR_TWO = 7 } third_member; };
typedef struct structure_with_a_long_name type_with_a_long_name;
---
extern int undefined_variable;
#ifdef TLS
extern __thread int undefined_thread_local;
__thread int thread_local_variable = 3;
#endif
type_with_a_long_name exported_variable = { 3 };
int exported_function(type_with_a_long_name value, unsigned other)
{
	static int counter;
#ifdef TLS
	counter += undefined_thread_local + thread_local_variable;
#endif
	return value.first_member + undefined_variable + other + counter++;
}
C
my $other = $source =~ s/exported_/another_/gr =~ s/thread_local_variable/another_thread_local/gr;
my @symbols = qw(exported_variable exported_function another_variable another_function);

my ($want) = map { run(\@symbols, [], @$_)->{out} } [c_object($source), c_object($other)];
unlike($want, qr/ 0x00000000$/m, 'all have versions here');

# Changes the type of a relocation, that of the number in its section.
sub with_type {
	my ($object, $section, $number, $type) = @_;
	my $elf = slurp($object);
	my ($is_64, $big, $machine) = (ord(substr $elf, 4, 1) == 2, ord(substr $elf, 5, 1) == 2, 0);
	my $order = $big ? '>' : '<';
	my $get = sub { return unpack($_[1] . $order, substr $elf, $_[0], 8) };
	$machine = $get->(18, 'S');
	my ($headers, $size, $count, $names) = ($is_64 ? ($get->(40, 'Q'), $get->(58, 'S'), $get->(60, 'S'), $get->(62, 'S'))
		: ($get->(32, 'L'), $get->(46, 'S'), $get->(48, 'S'), $get->(50, 'S')));
	my ($word, $at, $offset, $entry) = $is_64 ? ('Q', 24, 32, 56) : ('L', 16, 20, 36);
	my $texts = $get->($headers + $names * $size + $at, $word);
	for my $i (0 .. $count - 1) {
		my $header = $headers + $i * $size;
		my ($name) = unpack 'Z*', substr $elf, $texts + $get->($header, 'L');
		next if $name !~ /^\.rela?\Q$section\E$/;
		my $place = $get->($header + $at, $word) + $number * $get->($header + $entry, $word);
		if (!$is_64) {
			my $info = $get->($place + 4, 'L');
			substr $elf, $place + 4, 4, pack "L$order", $info & ~0xff | $type;
		} elsif ($machine == 8) {       # MIPS: bytes, whatever the order
			substr $elf, $place + 12, 4, pack 'C4', 0, 0, 0, $type;
		} else {
			substr $elf, $place + ($big ? 12 : 8), 4, pack "L$order", $type;
		}
		return spew("$scratch/changed.o", $elf);
	}
	return undef;
}

my @compilers = qw(aarch64-linux-gnu alpha-linux-gnu arc-linux-gnu arm-linux-gnueabi arm-linux-gnueabihf hppa-linux-gnu hppa64-linux-gnu i686-linux-gnu
	loongarch64-linux-gnu m68k-linux-gnu mips-linux-gnu mips64-linux-gnuabi64 mips64el-linux-gnuabi64 mipsel-linux-gnu powerpc-linux-gnu
	powerpc64-linux-gnu powerpc64le-linux-gnu riscv64-linux-gnu s390x-linux-gnu sh4-linux-gnu sparc64-linux-gnu x86_64-linux-gnu x86_64-linux-gnux32);
for my $compiler (@compilers) {
	SKIP: {
		for my $version (4, 5) {
			my @flags = ("CC=$compiler-gcc", "-gdwarf-$version");
			push @flags, '-DTLS' if $compiler !~ /hppa64/;  # whose assembler doesn't know thread-local variables
			my @objects = map { eval { c_object($_, @flags) } } $source, $other;
			skip "no $compiler-gcc" if @objects < 2;
			is(run(\@symbols, [], @objects)->{out}, $want, "$compiler, DWARF $version");
			my $linked = "$scratch/linked.o";
			is(command('', "$compiler-ld", '-r', '-o', $linked, @objects)->{status}, 0) or next;
			is(run(\@symbols, [], $linked)->{out}, $want, '... linked with -r');
			fails_with(with_type($objects[0], '.debug_info', $_, 249), \@symbols,
				qr/relocation $_ of section \d+ of '.*changed\.o' has the type 249, which is not known/, "... relocation $_ of an unknown type") for 1, 9;
		}
	}
}

for my $target (qw(i686 x86_64 aarch64 riscv64 loongarch64 mips64el bpf)) {
	SKIP: {
		my ($object, $native) = map { eval { c_object($source, "CC=clang $_", '-gdwarf-5') } } "--target=$target-linux-gnu", '';
		skip "no clang for $target" if !$native;
		is(run([@symbols[0, 1]], [], $object)->{out}, run([@symbols[0, 1]], [], $native)->{out}, "clang for $target");
		fails_with(with_type($object, $_, 1, 249), \@symbols, 'has the type 249', "... with an unknown type in $_") for qw(.debug_str_offsets .debug_line);
	}
}

# Known to leave alone what they are about, and sections that nobody reads
SKIP: {
	my $object = eval { c_object($source, 'CC=x86_64-linux-gnu-gcc', '-DTLS', '-gdwarf-5') } or skip 'no x86_64-linux-gnu-gcc';
	for my $type (0, 17, 18, 21, 23) {
		is(run(\@symbols, [], with_type($object, '.debug_info', 3, $type))->{status}, 0, "type $type is left alone");
	}
	is(run([@symbols[0, 1]], [], with_type($object, '.debug_aranges', 0, 249))->{out}, join('', grep { /exported/ } split /^/, $want), 'an unknown type elsewhere');
	fails_with(with_type($object, '.debug_info', 3, 70000), \@symbols, 'has the type 70000', 'a large type');

	# The form CREL, of which libelf knows nothing, has another type of section.
	my $crel = slurp($object);
	my ($headers, $count) = (unpack('Q<', substr $crel, 40, 8), unpack('S<', substr $crel, 60, 2));
	for (map { $headers + 64 * $_ } 0 .. $count - 1) {
		substr $crel, $_ + 4, 4, pack 'L<', 0x40000014 if unpack('L<', substr $crel, $_ + 4, 4) == 4;
	}
	fails_with(spew("$scratch/crel.o", $crel), \@symbols, qr/the relocations of '.*crel\.o' are in the compact form CREL/, 'relocations of another form');

	# A separate file with the debugging information of a relocatable object is relocated by libdwfl.
	my ($stripped, $debug) = ("$scratch/stripped.o", "$scratch/separate.debug");
	my $separate = sub {
		my (@change) = @_;
		is(command('', 'objcopy', '--only-keep-debug', $object, $debug)->{status}, 0);
		spew($debug, slurp(with_type($debug, @change))) if @change;
		is(command('', 'objcopy', '--strip-debug', "--add-gnu-debuglink=$debug", $object, $stripped)->{status}, 0);
		return $stripped;
	};
	is(run([@symbols[0, 1]], [], $separate->())->{out}, join('', grep { /exported/ } split /^/, $want), 'a separate file');
	fails_with($separate->('.debug_info', 3, 249), \@symbols, 'has the type 249', '... with an unknown type');
}

done_testing();
