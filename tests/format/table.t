#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# FORMAT.md, section 7: the type table, versions, symtypes.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gendwarfksyms;

my $int = 'base_type int byte_size(4) encoding(5)';
my $base = "compile_unit\n  \@int base_type name=int byte_size=4 encoding=5\n";

# The table
symtypes_is(die_object($base . <<'D'), ['v'], <<'W', 'all named types that a DIE leads to, and no others');
  @a structure_type name=a
    member name=x type=@b
  @b typedef name=b type=@p
  @p pointer_type type=@c
  @c union_type name=c
  @d structure_type name=d
  variable name=v type=@a
  variable name=w type=@d
D
s#a structure_type a { member t#b x }
t#b typedef_type b { pointer_type { u#c } }
u#c union_type c { }
v variable s#a
W
my @units = ("  \@%s structure_type name=s declaration\n", "  \@%s structure_type name=s byte_size=8\n    member name=a type=\@int\n",
	"  \@%s structure_type name=s byte_size=8\n    member name=b type=\@int\n", "  \@%s structure_type name=s byte_size=8\n    member name=longer type=\@int\n");
my @strings = ('structure_type s { }', map {"structure_type s { member $int $_ } byte_size(8)"} qw(a b longer));
sub table_is {
	my ($order, $want, $name) = @_;
	my $description = '';
	for (0 .. $#$order) {
		my $dies = sprintf($units[$order->[$_]], "s$_") =~ s/int\b/int$_/r;
		$description .= "compile_unit\n  \@int$_ base_type name=int byte_size=4 encoding=5\n$dies  variable name=v$_ type=\@s$_\n";
	}
	my $symbols = [map {"v$_"} 0 .. $#$order];
	my $object = die_object($description);
	symtypes_is($object, $symbols, "s#s $strings[$want]\n" . join('', map {"$_ variable s#s\n"} @$symbols), $name);
	same_as_model($symbols, [], $object, "$name: model");
}
table_is([0, 1], 1, 'a declaration, then a definition: the longest');
table_is([1, 0], 1, 'a definition, then a declaration');
table_is([1, 3, 0, 2], 3, 'the longest of four');
table_is([1, 2], 1, 'differs: of equally long ones the first');
table_is([2, 1], 2, '... whichever it is');
symtypes_is(die_object($base . "  \@b structure_type name=s\n    member name=b type=\@int\n  \@a structure_type name=s\n    member name=a type=\@int\n"
	. "  variable name=v type=\@a\n  variable name=w type=\@b\n"), ['v', 'w'],
	"s#s structure_type s { member $int b }\nv variable s#s\nw variable s#s\n", 'differs: ... also in one unit, whichever is met first');
symtypes_is(die_object("type_unit version=4 section=types signature=0x77 type=\@b\n  \@b structure_type name=s\n    member name=b\n"
	. "compile_unit version=4\n  \@a structure_type name=s\n    member name=a\n  variable name=v type:ref_sig8=0x77\n  variable name=w type=\@a\n"), ['v', 'w'],
	"s#s structure_type s { member base_type void a }\nv variable s#s\nw variable s#s\n", 'differs: ... .debug_info before .debug_types');
symtypes_is(die_object($base . <<'D'), ['v', 'w'], <<'W', 'the length counts references as written');
  @short structure_type name=s
    member name=x type=@long
  @long structure_type name=t
    member name=some_long_name type=@int
    member name=other_long_name type=@int
  variable name=v type=@short
compile_unit
  @other structure_type name=s
    member name=xx type=@t2
  @t2 structure_type name=t declaration
  variable name=w type=@other
D
s#s structure_type s { member s#t xx }
s#t structure_type t { member base_type int byte_size(4) encoding(5) some_long_name , member base_type int byte_size(4) encoding(5) other_long_name }
v variable s#s
w variable s#s
W

# Versions
string_is(die_object($base . <<'D'), 'v', "variable structure_type a { member structure_type b { member pointer_type { s#a } p } x , "
  @a structure_type name=a
    member name=x type=@b
    member name=y type=@c
    member name=z type=@b
  @b structure_type name=b
    member name=p type=@pa
  @pa pointer_type type=@a
  @c typedef name=c type=@pc
  @pc pointer_type type=@b
  variable name=v type=@a
D
	. "member typedef_type c { pointer_type { s#b } } y , member s#b z }", 'the first reference is expanded, depth first; later ones stand');
is(version_of(die_object("compile_unit\n  variable name=v\n"), 'v'), crc('variable base_type void'), 'the CRC is that of zlib');
# A cycle large enough for layouts, entered from several sides, with parts expanded before.
my $n = 60;
my $cycle = $base . join('', map {
	my ($next, $far, $far2) = (($_ + 1) % $n, ($_ * 7 + 3) % $n, ($_ * 11 + 5) % $n);
	"  \@s$_ structure_type name=s$_\n    member name=a type=\@p$next\n    member name=b type=\@t" . ($_ % 9) . "\n    member name=c type=\@p$far\n"
		. "    member name=d type=\@p$far2\n    member name=e type=\@p$next\n    member name=f type=\@t" . ($_ % 5) . "\n  \@p$_ pointer_type type=\@s$_\n"
	} 0 .. $n - 1)
	. join('', map {"  \@t$_ typedef name=t$_ type=" . ($_ < 5 ? '@int' : '@q' . ($_ - 5)) . "\n"} 0 .. 8)
	. join('', map {"  \@q$_ structure_type name=q$_\n    member name=x type=\@t$_\n    member name=y type=\@t" . ($_ + 1) . "\n"} 0 .. 3)
	. join('', map {"  \@o$_ structure_type name=o$_\n    member name=x type=\@t" . ($_ % 9) . "\n    member name=y type=\@s$_\n    member name=z type=\@p" . ($_ * 5 % $n) . "\n"} 0 .. 9)
	. join('', map {"  variable name=v$_ type=\@s$_\n  variable name=w$_ type=\@o$_\n  subprogram name=f$_ type=\@t8\n    formal_parameter type=\@t" . ($_ % 9)
		. "\n    formal_parameter type=\@o$_\n    formal_parameter type=\@p" . ($_ * 3) . "\n    formal_parameter type=\@t7\n"} 0 .. 9);
my $object = die_object($cycle);
same_as_model([map { ("v$_", "w$_", "f$_") } 0 .. 9], [], $object, 'a large cycle: versions and expansions');
my $r = run([map { ("v$_", "w$_", "f$_") } 0 .. 9], ['--dump-versions'], $object);
my %crc = map { /^(\S+) (.*)/ ? ($1, crc($2)) : () } split /\n/, $r->{err};
my %versions = map { /^#SYMVER (\S+) (\S+)/ } split /\n/, $r->{out};
is_deeply(\%versions, \%crc, '... each version is the CRC of its expansion');
# Two large cycles, one leading to the other
my $two = $base . join('', map {
	my $c = $_;
	map {
		my $next = ($_ + 1) % 40;
		"  \@$c$_ structure_type name=$c$_\n    member name=a type=\@p$c$next\n" . ($c eq 'x' ? "    member name=b type=\@py" . ($_ * 7 % 40) . "\n" : '')
			. "    member name=z type=\@z" . ($_ % 3) . "\n  \@p$c$_ pointer_type type=\@$c$_\n"
	} 0 .. 39
} qw(x y)) . join('', map {"  \@z$_ typedef name=z$_ type=\@int\n"} 0 .. 2)
	. join('', map {"  subprogram name=f$_\n    formal_parameter type=\@" . (qw(z1 y3 x5 px1 py9)[$_ % 5]) . "\n    formal_parameter type=\@" . (qw(x7 z2 py1)[$_ % 3])
		. "\n    formal_parameter type=\@" . (qw(px9 y30 z0 x2)[$_ % 4]) . "\n"} 0 .. 19);
$object = die_object($two);
same_as_model([map {"f$_"} 0 .. 19], [], $object, 'two large cycles');
$r = run([map {"f$_"} 0 .. 19], ['--dump-versions'], $object);
%crc = map { /^(\S+) (.*)/ ? ($1, crc($2)) : () } split /\n/, $r->{err};
%versions = map { /^#SYMVER (\S+) (\S+)/ } split /\n/, $r->{out};
is_deeply(\%versions, \%crc, '... each version is the CRC of its expansion');

# The symtypes file
symtypes_is(die_object($base . <<'D'), ['v', 'w', 'a', 'nowhere'], <<'W', 'sorted by key as strcmp does; aliases have lines of their own; no line for what was not found');
  @s structure_type name="s b"
  @t structure_type name=S
    member type=@s
  variable name=v type=@t
  variable name=a type=@int
%symbol v .data 8
%symbol w .data 8
D
a variable base_type int byte_size(4) encoding(5)
s#'s b' structure_type s b { }
s#S structure_type S { member s#'s b' }
v variable s#S
w variable s#S
W
my @files = map { die_object("compile_unit\n  \@s structure_type name=s byte_size=$_\n  variable name=v$_ type=\@s\n") } 1 .. 2;
$r = run(['v1', 'v2'], [], @files);
is($r->{symtypes}, "s#s structure_type s { } byte_size(1)\nv1 variable s#s\ns#s structure_type s { } byte_size(2)\nv2 variable s#s\n",
	'several files: each in turn, with a table of its own');
like($r->{out}, qr/^#SYMVER v1 @{[crc('variable structure_type s { } byte_size(1)')]}$/m, '... also for the version of the first');
like($r->{out}, qr/^#SYMVER v2 @{[crc('variable structure_type s { } byte_size(2)')]}$/m, '... and of the second');

# Where it is written to
my $v = $files[0];
my $dir = "$scratch/dir";
mkdir $dir;
spew("$dir/old", "before\n");
chmod 0600, "$dir/old";
is(command("v1\n", $tool, '-T', "$dir/old", $v)->{status}, 0, 'a symtypes file that is there');
is(slurp("$dir/old"), "s#s structure_type s { } byte_size(1)\nv1 variable s#s\n", '... is replaced');
is((stat "$dir/old")[2] & 07777, 0600, '... and keeps its mode');
umask 027;
command("v1\n", $tool, '-T', "$dir/new", $v);
is((stat "$dir/new")[2] & 07777, 0640, 'a new one has the usual mode');
umask 022;
spew("$dir/target", "before\n");
my $inode = (stat "$dir/target")[1];
symlink "$dir/target", "$dir/link";
is(command("v1\n", $tool, '-T', "$dir/link", $v)->{status}, 0, 'a symbolic link');
ok(-l "$dir/link", '... stays');
is(slurp("$dir/target"), slurp("$dir/old"), '... and what it leads to is written to');
is((stat "$dir/target")[1], $inode, '... not replaced');
$r = command("v1\n", $tool, '-T', '/dev/stdout', $v);
is($r->{out}, slurp("$dir/old") . symver(['v1', version_of($v, 'v1')]), '/dev/stdout');
my $pipe = `echo v1 | $tool -T /dev/fd/3 $v 3>&1 >/dev/null | cat`;
is($pipe, slurp("$dir/old"), 'a pipe');
spew("$dir/keep", "before\n");
for my $objects ([$v, "$scratch/missing.o"], [die_object("compile_unit\n  variable name=v1 type:ref4=0x7fff\n")]) {
	my $r = command("v1\n", $tool, '-T', "$dir/keep", @$objects);
	is($r->{status} . $r->{out}, '1', 'after an error');
	is(slurp("$dir/keep"), "before\n", '... a file that was there is untouched');
}
opendir(my $d, $dir);
is(join(' ', sort grep { !/^\./ } readdir $d), 'keep link new old target', 'no temporary file is left');

done_testing();
