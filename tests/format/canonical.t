#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# FORMAT.md, section 13: --canonical. The same ABI, the same version; another ABI, another version.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gendwarfksyms;

# One source by all compilers that are here, for one machine: one version each.
my @symbols = qw(integers bits unions qualified arrays functions variadic enums vla plain typedefs zero_a zero_b);
my $source = <<'E';
struct integers { char a; signed char b; unsigned char c; short d; unsigned short e; int f; unsigned int g; long h; unsigned long i; long long j; unsigned long long k;
	float l; double m; long double n; _Bool o;
#ifdef __SIZEOF_INT128__
	__int128 p; unsigned __int128 q;
#endif
};
struct bits { unsigned a : 3; unsigned b : 5; int : 4; unsigned long long c : 40; unsigned char d : 1; signed e : 2; _Bool f : 1; };
union unions { int a; const struct { short b; char c; }; unsigned bit : 3; struct { unsigned in : 2; unsigned side : 7; } s; };
typedef const volatile int cv;
typedef int *restrict rp;
struct qualified { const volatile int a; volatile const int b; cv c; const cv d; int *const volatile e; rp f; volatile rp g; const void *h; };
struct arrays { int a[3]; int b[2][4]; char c[0]; const int d[2]; struct qualified *e[]; };
enum colour { RED = -1, GREEN, BLUE = 0x7fffffff };
struct aligned { int a; } __attribute__((aligned(32)));
struct packed { char a; int b; } __attribute__((packed));
typedef int (*callback)(const struct bits *bits, rp pointer, ...);
typedef float vector __attribute__((vector_size(16)));
---
struct private { int hidden; };
void integers(struct integers *i) { }
int bits(struct bits b) { return b.a; }
union unions unions;
struct qualified qualified;
int arrays(struct arrays *a, int b[3], const int c) { return c; }
callback functions(callback c, int (*f)(void)) { return c; }
int variadic(const char *format, ...) { return 0; }
enum colour enums(enum colour c) { return c; }
vector vla(vector *v) { return *v; }
const long plain(struct aligned *a, struct packed *p, struct private *q) { return 1; }
rp typedefs(rp p, cv c) { return p; }
int zero_a[0]; struct { } zero_b;
E
my @ways = (['gcc'], ['gcc', '-gdwarf-4', '-O2'], ['gcc', '-gdwarf-5', '-O2'], ['gcc', '-gdwarf-3'], ['gcc', '-gdwarf-4'], ['gcc', '-flto'],
	['clang'], ['clang', '-gdwarf-4', '-O2'], ['clang', '-gdwarf-5', '-O2'], ['clang', '-gdwarf-4']);
my (%strings);
my $tried = 0;
for my $way (@ways) {
	my ($compiler, @flags) = @$way;
	# One language: in C23, _Bool is called bool.
	my $object = eval { c_object($source, "CC=$compiler", '-std=gnu11', @flags) } or next;
	my $r = run(\@symbols, ['--canonical', '--dump-versions'], $object);
	next if needs_newer($r);
	is($r->{status}, 0, "@$way") or diag($r->{err});
	$tried++;
	for my $line (split /\n/, $r->{err}) {
		push @{$strings{$1}{$2}}, "@$way" if $line =~ /^(\w+) (canonical.*)/;
	}
}
SKIP: {
	skip 'only one way to compile', scalar @symbols if $tried < 2;
	for my $symbol (@symbols) {
		my @different = sort keys %{$strings{$symbol} || {}};
		is(scalar(@different), 1, "$symbol has one string by $tried ways to compile") or diag(join "\n", map {"@{[join ', ', @{$strings{$symbol}{$_}}]}: $_"} @different);
	}
}
# The same for machines of the other byte order, whose bit-fields are counted from the other end.
for my $machine ('s390x-linux-gnu-gcc', 'powerpc64le-linux-gnu-gcc', 'aarch64-linux-gnu-gcc') {
	my %seen;
	for my $flags (['-gdwarf-2', '-gstrict-dwarf'], ['-gdwarf-3'], ['-gdwarf-4'], ['-gdwarf-5'], ['-O2']) {
		my $object = eval { c_object("struct bits { unsigned a : 3; unsigned b : 5; int : 4; unsigned long long c : 40; unsigned char d : 1; };\n---\nint f(struct bits *b) { return b->a; }\n", "CC=$machine", @$flags) } or next;
		$seen{version_of($object, 'f', '--canonical')}++;
	}
	SKIP: {
		skip "no $machine", 1 if !%seen;
		is(scalar(keys %seen), 1, "$machine: bit-fields by DWARF 2 to 5");
	}
}

# What the kernel's tool misses
sub versions_of {
	my ($flags, @sources) = @_;
	return map { version_of(c_object($_, @$flags), 'f', '--canonical') } @sources;
}
for my $flags (['-gdwarf-4'], ['-gdwarf-5'], ['CC=clang', '-gdwarf-4'], ['CC=clang', '-gdwarf-5']) {
	SKIP: {
		my ($old, $new) = eval { versions_of($flags, map {"struct s { unsigned a : 3; $_ unsigned b : 3; };\n---\nint f(struct s *s) { return 0; }\n"} '', 'unsigned : 2;') };
		skip "no @$flags", 2 if !$old;
		isnt($new, $old, "a bit-field that moves (@$flags)");
		($old, $new) = versions_of($flags, map {"int f(int x$_) { return 0; }\n"} '', ', ...');
		isnt($new, $old, '... a function that becomes variadic');
	}
}
my ($one, $two) = map { die_object("compile_unit\n  \@e enumeration_type name=e byte_size=16\n    enumerator name=A const_value:block1=$_\n  variable name=v type=\@e\n") }
	map { block_of($_) } '010000000000000000', '020000000000000000';
is(version_of($one, 'v'), version_of($two, 'v'), 'an enumerator of more than 64 bits: not in the default');
isnt(version_of($one, 'v', '--canonical'), version_of($two, 'v', '--canonical'), '... but by --canonical');
like(run(['v'], ['--canonical', '--dump-versions'], $one)->{err}, qr/^v canonical\(2\) variable enumeration_type e \{ enumerator A = 0x010000000000000000 \} byte_size\(16\)$/m, '... in hex');

# A place as an expression: DW_OP_plus_uconst and one number (300 here), nothing else
for my $case (['23ac02', 300], ['23ac0223ac02', 0], ['23ac', 0], ['23', 0], ['10ac02', 0]) {
	my ($block, $place) = @$case;
	my $object = die_object("compile_unit version=2\n  \@s structure_type name=s byte_size=400\n    member name=m data_member_location:block1=$block\n  variable name=v type=\@s\n");
	like(run(['v'], ['--canonical', '--dump-versions'], $object)->{err}, qr/member base_type void m data_member_location\($place\)/, "data_member_location $block");
}

sub rust {
	my ($text) = @_;
	my $base = "$scratch/rust" . ++$tried;
	spew("$base.rs", "#![no_std]\n#![allow(dead_code)]\n$text");
	my $r = command('', 'rustc', '-g', '--crate-type=lib', '--crate-name=r', '-Cpanic=abort', '--emit=obj', '-o', "$base.o", "$base.rs");
	return $r->{status} eq '0' ? "$base.o" : undef;
}
SKIP: {
	my @objects = map { rust("#[repr(u128)]\npub enum E { A(u8) = $_, B(u32) = 1 }\n#[no_mangle] pub extern \"C\" fn f(e: &E) -> u8 { match e { E::A(x) => *x, _ => 0 } }\n") } '0x1_0000_0000_0000_0000_0000', '0x2_0000_0000_0000_0000_0000';
	skip 'no rustc with repr(u128)', 1 if !$objects[0] || !$objects[1];
	isnt(version_of($objects[0], 'f', '--canonical'), version_of($objects[1], 'f', '--canonical'), 'Rust: a discriminant of 128 bits');
}
SKIP: {
	my @objects = map { rust("pub struct S { $_ }\n#[no_mangle] pub extern \"C\" fn f(s: &S) -> u32 { s.b }\n") } 'pub a: u8, pub b: u32, pub c: u64', 'pub b: u32, pub c: u64, pub a: u8';
	skip 'no rustc', 1 if !$objects[0] || !$objects[1];
	is(version_of($objects[0], 'f', '--canonical'), version_of($objects[1], 'f', '--canonical'), 'Rust: another order in the source, the same layout');
}

# Aliases: a symbol is described by its own DIE, if it has one.
my $zero = c_object("int first[0] = {}; long second[0] = {};\n", '-fno-common');
isnt(version_of($zero, 'first', '--canonical'), version_of($zero, 'second', '--canonical'), 'two symbols at one address, each with a DIE');
my $alias = c_object("int f(int x) { return x; }\nextern int g(int) __attribute__((alias(\"f\")));\n");
my %both = run(['f', 'g'], ['--canonical'], $alias)->{out} =~ /^#SYMVER (\S+) (\S+)$/mg;
is($both{g}, $both{f}, 'an alias without a DIE has that of what it is an alias of');

my $ruled = c_object("int f(int x) { return x; }\nextern int g(int) __attribute__((alias(\"f\"))); extern int h(int) __attribute__((alias(\"f\")));\n"
	. join '', map {"static const char rule_$_\[] __attribute__((used, aligned(1), section(\".discard.gendwarfksyms.kabi_rules\"))) = \"1\\0\" \"type_string\\0\" \"$_\\0\" \"variable base_type $_\";\n"} 'f', 'h');
like(run(['f', 'g', 'h'], ['--stable', '--canonical'], $ruled)->{symtypes}, qr/\Af variable base_type f\ng canonical\(2\) subprogram \(.*\nh variable base_type h\n\z/, '... and type_string rules are for one name');

# The stable mode on top: a renamed last member keeps its name where it is.
my $long = predefined('__SIZEOF_LONG__');
my $renamed = c_object("struct k { int a; union { long fresh; long __kabi_renamed_old; }; };\n---\nint f(struct k *kb) { return 0; }\n");
like(run(['f'], ['--stable', '--canonical', '--dump-versions'], $renamed)->{err},
	qr/^f canonical\(2\) subprogram \( formal_parameter pointer_type \{ structure_type k \{ .* member base_type long byte_size\($long\) encoding\(5\) _old data_member_location\($long\) \} byte_size\(@{[2 * $long]}\) \} \) ->/m,
	'a renamed last member does not rename the parameter');

# Schemes don't mix
my $object = c_object("int v;\n");
my $plain = spew("$scratch/plain.symtypes", run(['v'], [], $object)->{symtypes});
my $canonical = spew("$scratch/canonical.symtypes", run(['v'], ['--canonical'], $object)->{symtypes});
fails_with($object, ['v'], qr/'\Q$plain\E' was made without --canonical, .*this run, made with --canonical, scheme 2/, '-r: a plain file for a canonical run', '--canonical', '-r', $plain);
fails_with($object, ['v'], qr/'\Q$canonical\E' was made with --canonical, scheme 2, .*this run, made without --canonical/, '-r: a canonical file for a plain run', '-r', $canonical);
spew("$scratch/other.symtypes", slurp($canonical) =~ s/canonical\(2\)/canonical(9)/r);
fails_with($object, ['v'], qr/scheme 9, .*scheme 2/, '-r: another scheme', '--canonical', '-r', "$scratch/other.symtypes");
is(run(['v'], ['--canonical', '-p', '-r', $canonical], $object)->{status}, 0, '-r: one scheme');
is(run(['v'], ['-p', '-r', $plain], $object)->{status}, 0, '... and none');

done_testing();
