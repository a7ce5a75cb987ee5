#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# FORMAT.md, sections 13 and 14: --canonical doesn't depend on the order of units; signs that a form doesn't tell; two definitions of one name.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gendwarfksyms;

my $count = 0;

# Objects linked into one.
sub linked {
	my $object = "$scratch/linked" . $count++ . '.o';
	my $r = command('', 'ld', '-r', '-o', $object, @_);
	die "cannot link: $r->{err}" if $r->{status};
	return $object;
}

# In any order of these objects, a symbol has the version that it has in the first of them alone.
sub order_is_nothing {
	my ($symbol, $name, @objects) = @_;
	my $want = version_of($objects[0], $symbol, '--canonical');
	isnt($want, '0x00000000', "$name: a version");
	for my $order ([@objects], [reverse @objects], [@objects[1 .. $#objects, 0]]) {
		my $object = linked(@$order);
		is(version_of($object, $symbol, '--canonical'), $want, '... ' . join ', ', map { s/.*\///r } @$order);
		same_as_model([$symbol], ['--canonical'], $object, '... and the model says so');
	}
}

sub compilers { return grep { !command('', $_, '--version')->{status} } 'gcc', 'clang' }

my $pointer = 'static __typeof__(f) *__gendwarfksyms_ptr_f __attribute__((used, section(".discard.gendwarfksyms"))) = &f;';
for my $compiler (compilers()) {
	my $real = c_object("struct s;\nint f(struct s *p, long x) { return 3; }\n", "CC=$compiler");
	my $shim = c_object("extern int f;\n$pointer\n", "CC=$compiler");
	my $declared = c_object("int f(int);\nint g(void) { return f(1); }\n", "CC=$compiler", '-O2');
	order_is_nothing('f', "$compiler: a function before a pointer to another type", $real, $shim);
	order_is_nothing('f', "$compiler: ... and a wrong declaration", $real, $declared, $shim);
	my $private = c_object("static char *__attribute__((used)) f(char **x) { return *x; }\nint h(void) { return 0; }\n", "CC=$compiler");
	order_is_nothing('f', "$compiler: a function before a static one of the same name", $real, $private);
	isnt(version_of($private, 'f', '--canonical'), '0x00000000', '... which is better than nothing');
	my $defined = c_object("extern int array[];\n---\nint array[5] = { 1 };\n", "CC=$compiler");
	my $user = c_object("extern int array[];\nint use(int i) { return array[i]; }\n", "CC=$compiler");
	order_is_nothing('array', "$compiler: an array of known length before one of unknown", $defined, $user);
	string_is($defined, 'array', 'canonical(2) variable array_type[5] { base_type int byte_size(4) encoding(5) }', '... its own type', '--canonical');
	my $asm = c_object("struct s;\nextern int f(struct s *, long);\n$pointer\n", "CC=$compiler");
	is(version_of(linked($private, $asm), 'f', '--canonical'), version_of($real, 'f', '--canonical'), "$compiler: a pointer before a static function of the same name");
}

# A definition that completes a declaration and has no type of its own
my $completes = die_object(<<'E');
compile_unit
  @int base_type name=int byte_size=4 encoding=5
  structure_type name=scope byte_size=4
    @f subprogram name=f type=@int external declaration
      formal_parameter type=@int
    @v variable name=v type=@int external declaration
  subprogram specification=@f
    formal_parameter type=@int
    formal_parameter type=@int
  variable specification=@v
E
my $int = 'base_type int byte_size(4) encoding(5)';
string_is($completes, 'f', "canonical(2) subprogram ( formal_parameter $int , formal_parameter $int ) -> $int", 'a function takes the type of its declaration', '--canonical');
string_is($completes, 'v', "canonical(2) variable $int", '... and a variable', '--canonical');

# One DIE, described as a function and as a variable
my $both = die_object("compile_unit\n  \@int base_type name=int byte_size=4 encoding=5\n  \@d subprogram name=d type=\@int\n  subprogram name=f abstract_origin=\@d\n"
	. "  variable name=v abstract_origin=\@d\n");
for my $mode ([], ['--canonical']) {
	my $start = @$mode ? 'canonical(2) ' : '';
	is(join(' ', map { version_of($both, $_, @$mode) } 'f', 'v'), join(' ', crc("${start}subprogram ( ) -> $int"), crc("${start}variable $int")), "one DIE for two kinds of symbols (@$mode)");
	is(run(['f', 'v'], $mode, $both)->{out} =~ s/ /_/gr, run(['f', 'v'], [$model, @$mode], $both)->{out} =~ s/ /_/gr, '... also in one run');
}

# Two definitions of one name: the choice doesn't depend on the order, and a baseline says that there are two.
my $first = c_object("struct same { int first; };\n---\nint use_first(struct same *s) { return s->first; }\n");
my $other = c_object("struct same { int other; };\n---\nint use_other(struct same *s) { return s->other; }\n");
my $again = c_object("struct same { int first; };\n---\nint use_again(struct same *s) { return s->first; }\n");
my $declares = c_object("struct same;\n---\nint use_declared(struct same *s) { return !s; }\n");
my ($ab, $ba) = (linked($first, $other), linked($other, $first));
isnt(run([qw(use_first use_other)], [], $ab)->{out}, run([qw(use_first use_other)], [], $ba)->{out}, 'two definitions: by default the first of equally long ones');
is(run([qw(use_first use_other)], ['--canonical'], $ab)->{out}, run([qw(use_first use_other)], ['--canonical'], $ba)->{out}, '... with --canonical one, whichever unit comes first');
same_as_model([qw(use_first use_other)], ['--canonical'], $ab, '... the model\'s');
for my $mode ([], ['--canonical']) {
	my $r = run([qw(use_first use_other)], [@$mode, '-c', "$scratch/baseline"], $ab);
	like($r->{err}, qr/^warning: gendwarfksyms: die_cache: 's#same' has two definitions in '\Q$ab\E', in \S+\.c and in \S+\.c: /, "a baseline of them: a warning (@$mode)");
	is(scalar(() = $r->{err} =~ /two definitions/g), 1, '... once');
	is($r->{status}, 0, '... which is no error');
	is(run([qw(use_first use_again)], [@$mode, '-c', "$scratch/baseline"], linked($first, $again))->{err}, '', "no warning for the same definition twice (@$mode)");
	is(run([qw(use_first use_declared)], [@$mode, '-c', "$scratch/baseline"], linked($first, $declares))->{err}, '', '... nor for a declaration');
	is(run([qw(use_declared use_first)], [@$mode, '-c', "$scratch/baseline"], linked($declares, $first))->{err}, '', '... nor for one that comes first');
}
is(run([qw(use_first use_other)], [], $ab)->{err}, '', '... nor without a baseline');
# The unit DIE is read once more for that warning, when the memory of its unit has been given back. Here it begins a page.
{
	my $same = "  \@%s structure_type name=same byte_size=4\n    member name=%s\n  variable name=%s type=\@%s\n";
	my $object_with = sub {
		my ($padding) = @_;
		return die_object("compile_unit name:strp=zero.c\n  variable name=z 0x9999:block4=" . '00' x $padding
			. "\ncompile_unit name:strp=one.c\n" . sprintf($same, qw(first first v first)) . '  variable 0x9999:block4=' . '00' x 9000
			. "\n" . "compile_unit name:strp=more.c\n" x 70 . "compile_unit name:strp=last.c\n" . sprintf($same, qw(second second w second)));
	};
	my $object = $object_with->(1);
	my ($offset) = map {hex} command('', 'readelf', '-SW', $object)->{out} =~ / \.debug_info +PROGBITS +\w+ (\w+)/;
	my $end = $offset + 4 + unpack 'L', substr slurp($object), $offset, 4;
	$object = $object_with->(1 + (-12 - $end) % 4096);
	like(run(['v', 'w'], ['-c', "$scratch/baseline"], $object)->{err}, qr/two definitions in '\Q$object\E', in one\.c and in last\.c: /, '... which names both units');
}
# Only a separator differs (section 5a): the function type is reached through itself in the second unit.
my @traces = map { my ($x, $y) = @$_; c_object("struct b;\nstruct a;\nstruct b { int (*f)(struct a *, struct b *); };\nstruct a { int (*g)(struct a *, struct b *); };\n---\n"
	. "int $x { return 0; }\nint $y { return 0; }\n") } ['one(struct a *p)', 'two(struct b *p)'], ['three(struct b *p)', 'four(struct a *p)'];
isnt(run([qw(one two three four)], [], $traces[0])->{symtypes} =~ /\)formal_parameter/, run([qw(one two three four)], [], $traces[1])->{symtypes} =~ /\)formal_parameter/, 'a separator is missing in one of two units');
is(run([qw(one two three four)], ['-c', "$scratch/baseline"], linked(@traces))->{err}, '', '... which is no other definition');

# Rust's names have brackets
my $rust = "compile_unit\n  \@int base_type name=i32 byte_size=4 encoding=5\n  namespace name=n\n    \@s structure_type name=\"{impl#0}\" DEFINED\n  \@p pointer_type type=\@s\n  variable name=VAR type=\@p\n";
my ($rust_declares, $rust_defines) = map { my ($defined, $name) = @$_; die_object($rust =~ s/DEFINED/$defined/r =~ s/VAR/$name/r) } ['declaration', 'a'], ['byte_size=4', 'b'];
is(run([qw(a b)], ['-c', "$scratch/baseline"], linked($rust_declares, $rust_defines))->{err}, '', 'a declaration with a bracket in its name');

# Units in .dwo files: the warning names these.
SKIP: {
	my @split = map { my $n = $_; my $path = c_object("struct same { int x$n; };\n---\nint split_$n(struct same *s) { return s->x$n; }\n", '-gsplit-dwarf'); -f $path =~ s/o$/dwo/r ? $path : () } 1, 2;
	skip 'no .dwo files', 1 if @split < 2;
	like(run([qw(split_1 split_2)], ['-c', "$scratch/baseline"], linked(@split))->{err}, qr/two definitions in '\S+', in \S+\.dwo and in \S+\.dwo:/, 'two definitions in .dwo files');
}

# Signed discriminants: LLVM writes -1 as data1 0xff.
sub discriminant {
	my ($type, $value, $options, $part) = @_;
	my $object = die_object(<<"E");
compile_unit
  \@int base_type name=i16 byte_size=2 encoding=5
  \@unsigned base_type name=u16 byte_size=2 encoding=7
  \@alias typedef name=alias type=\@int
  \@s structure_type name=E byte_size=4
    variant_part @{[$part // 'discr=@d']}
      \@d member type=\@$type data_member_location=0
      variant $value
        member name=A type=\@int data_member_location=2
  variable name=v type=\@s
E
	my $r = run(['v'], ['--dump-versions', @$options], $object);
	same_as_model(['v'], $options, $object, "the model's: $type, $value @$options");
	return $r->{err} =~ /discr_value\((\d+)\)/ ? $1 : $r->{err};
}
is(discriminant('int', 'discr_value:data1=255', ['--canonical']), '18446744073709551615', 'data1 0xff of a signed discriminant is -1');
is(discriminant('int', 'discr_value:data2=255', ['--canonical']), '255', 'data2 0x00ff is 255');
is(discriminant('int', 'discr_value:data2=32768', ['--canonical']), '18446744073709518848', 'data2 0x8000 is -32768');
is(discriminant('int', 'discr_value:data4=32768', ['--canonical']), '32768', 'data4 0x8000 is 32768');
is(discriminant('int', 'discr_value:sdata=-3', ['--canonical']), '18446744073709551613', 'sdata has its sign');
is(discriminant('int', 'discr_value:udata=255', ['--canonical']), '255', 'udata has none');
is(discriminant('int', 'discr_value:data8=255', ['--canonical']), '255', 'data8 has all its bits');
is(discriminant('alias', 'discr_value:data1=128', ['--canonical']), '18446744073709551488', 'a typedef of a signed type');
is(discriminant('unsigned', 'discr_value:data1=255', ['--canonical']), '255', 'an unsigned discriminant');
is(discriminant('unsigned', 'discr_value:data1=255', ['--canonical'], 'type=@int'), '18446744073709551615', 'a type of the variant_part itself');
is(discriminant('int', 'discr_value:data1=255', []), '255', 'by default as the form says');
SKIP: {
	skip 'no rustc', 1 if command('', 'rustc', '--version')->{status};
	my %version;
	for my $value (-1, 255, -200, 56) {
		my $source = spew("$scratch/d.rs", "#![no_std]\n#![crate_type=\"lib\"]\n#[repr(i16)] pub enum E { A(u8) = $value, B(u8) = 3 }\n"
			. "#[no_mangle] pub extern \"C\" fn f(p: &E) -> i32 { match p { E::A(_) => 1, E::B(_) => 2 } }\n");
		my $r = command('', 'rustc', '--emit', 'obj', '-g', '-o', "$scratch/d.o", $source);
		skip 'this rustc has no values for variants with members', 1 if $r->{err} =~ /E0658/;
		push @{$version{version_of("$scratch/d.o", 'f', '--canonical')}}, $value;
	}
	is(scalar(keys %version), 4, 'four values of a Rust enum, four versions') or diag(explain(\%version));
}

# An upper bound of -1 in 32 bits
my $bounds = "compile_unit version=4 address_size=SIZE\n  \@int base_type name=int byte_size=4 encoding=5\n  \@a array_type type=\@int\n    subrange_type upper_bound:data4=4294967295\n"
	. "  variable name=v type=\@a\n";
SKIP: {
	skip 'no i686-linux-gnu-gcc', 2 if command('', 'i686-linux-gnu-gcc', '--version')->{status};
	my $object = die_object($bounds =~ s/SIZE/4/r, 'i686-linux-gnu-gcc');
	string_is($object, 'v', "canonical(2) variable array_type[] { $int }", 'an upper bound of 2^32-1 in a 32-bit unit: no elements', '--canonical');
	string_is($object, 'v', "variable array_type[4294967296] { $int }", '... by default as the reference has it');
}
string_is(die_object($bounds =~ s/SIZE/8/r), 'v', "canonical(2) variable array_type[4294967296] { $int }", '... not in a 64-bit unit', '--canonical');

# Units that refer to each other, and those between them, are read as one; what is known of them is given up after the last.
{
	my $unit = sub { return "compile_unit\n" . join '', map {"  $_\n"} @_ };
	my $object = die_object($unit->('@p1 pointer_type type:ref_addr=@s', 'variable name=v1 type=@p1')
		. $unit->('@i2 base_type name=i byte_size=4', 'variable name=v2 type=@i2')
		. $unit->('@s structure_type name=s byte_size=4', '  member name=m type=@p3', '@p3 pointer_type type=@s', 'variable name=v3 type=@s')
		. $unit->('@s4 structure_type name=s byte_size=4', 'variable name=v4 type=@s4')
		. $unit->('variable name=v5 type:ref_addr=@s4')
		. $unit->('@s6 structure_type name=s byte_size=4', 'variable name=v6 type=@s6'));
	my @symbols = map {"v$_"} 1 .. 6;
	my $r = run(\@symbols, ['--dump-die-map'], $object);
	my @new = map { s/\e\[\d*m//gr =~ tr/>// } $r->{err} =~ /((?:^\e\[33m<DIE .*\n)*)^variable /mg;
	is("@new", '3 1 0 1 0 1', 'DIEs that are new for each symbol: not those of a unit that was referred to, before or after');
	same_as_model(\@symbols, [], $object, '... and the model says so');
	# Many groups, and structures in which a first visit shows something else than a second: at random, all refer to some of the eight units around; of symbols that are only declared, --canonical opens the units again.
	my ($bad, $random) = ('', 3);
	my $next = sub { $random = ($random * 1103515245 + 12345) & 0x7fffffff; return ($random >> 8) % $_[0] };
	for my $round (1 .. 12) {
		my $text = join '', map {
			my $n = $_;
			my $to = sub { my $m = $n + ($next->(4) ? 0 : $next->(8) - $n % 8); return ($m == $n ? 'type=' : 'type:ref_addr=') . "\@t$m" };
			my $named = $next->(3);
			$unit->("\@i$n base_type name=int byte_size=4", "\@p$n pointer_type " . $to->(), "\@t$n structure_type " . ($named ? "name=s$n " : '') . 'byte_size=4', '  member name=__kabi_renamed_a' . " type=\@" . ($named ? "p$n" : "i$n"), "  member name=b type=\@i$n",
				"\@q$n pointer_type " . $to->(), "variable name=v$n " . ($next->(3) ? '' : 'declaration external ') . ($next->(2) ? "type=\@q$n" : $to->()))
		} 0 .. 23;
		for my $options ([], ['--stable'], ['--canonical']) {
			my $object = die_object($text);
			my @all = map {"v$_"} 0 .. 23;
			my $want = run(\@all, [$model, @$options], $object);
			my $got = run(\@all, $options, $object);
			$bad .= "round $round @$options: $got->{err}" . ($want->{status} eq $got->{status} ? '' : "status $want->{status} $got->{status}\n") if $want->{status} || grep { $want->{$_} ne $got->{$_} } qw(status out symtypes);
		}
	}
	is($bad, '', 'units at random');
}

done_testing();
