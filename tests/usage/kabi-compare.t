#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# Consolidated symtypes files (FORMAT.md 14), and kabi-compare.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gendwarfksyms;

my $program = "$tests/../kabi-compare$suffix";
my $int = 'base_type int byte_size(4) encoding(5)';
my $folder = "$scratch/tree";
mkdir $_ for $folder, "$folder/fs", "$folder/lib";

# An object of that name, with types from headers, and functions that use them.
sub object {
	my ($name, $header, $source) = @_;
	my $exports = join '', map {"__export_symbol_$_: "} $source =~ /(\w+)\(struct/g, $source =~ /struct \w+ (\w+);/g;
	my $object = c_object("$header\n---\n$source\nasm(\"$exports\");\n");
	rename $object, "$folder/$name" or die;
	return "$folder/$name";
}

# Makes a baseline of objects; the text.
sub consolidate {
	my ($path, @arguments) = @_;
	my $r = command('', $tool, '-e', '--relative-to', $folder, '-c', $path, @arguments);
	is($r->{status} . $r->{err}, '0', 'a baseline is made') or return '';
	return slurp($path);
}

sub compare {
	my ($old, $new, @options) = @_;
	return command('', $program, @options, spew("$scratch/old", $old), spew("$scratch/new", $new));
}

sub compare_is {
	my ($old, $new, $options, $want, $name) = @_;
	my $r = compare($old, $new, @$options);
	return is("$r->{status}\n$r->{out}$r->{err}", $want =~ s/OLD\b/$scratch\/old/gr =~ s/NEW\b/$scratch\/new/gr, $name);
}

# Reads a consolidated file as its description says: the records of each section, with those that are left out.
sub expand_sections {
	my ($text) = @_;
	my (%sections, %last, %words);
	@words{qw(s u e)} = qw(structure_type union_type enumeration_type);
	for (split m{^(?=/\* )}m, $text) {
		my ($file, @lines) = split /\n/;
		my (%here, %local);
		$file =~ s{^/\* (.*) \*/$}{$1} or die $file;
		for (@lines) {
			if (/^([sue])##(\S+)$/) { $local{"$1#$2"} = "$words{$1} $2 { }" }
			elsif (/^([sute]#'.*?'|\S+) (.*)/) { $here{$1} = $last{$1} = $2 }
		}
		my @queue = grep { !/^[sute]#/ } keys %here;
		my %all = map { $_ => $here{$_} } @queue;
		while (@queue) {
			for (" $all{shift @queue}" =~ / ([sute]#(?:'.*?'|\S+))/g) {
				next if exists $all{$_};
				$all{$_} = $local{$_} // $last{$_} // die "$_ in $file is not known";
				push @queue, $_;
			}
		}
		die "$file is there twice" if $sections{$file};
		$sections{$file} = \%all;
	}
	return \%sections;
}

# The version of a symbol of a section.
sub expanded_crc {
	my ($records, $symbol) = @_;
	my %seen;
	my $expand;
	$expand = sub { return $_[0] =~ s{(?<! [^ ])(?<![^ ])([sute]#(?:'.*?'|\S+))}{ exists $records->{$1} && !$seen{$1}++ ? $expand->($records->{$1}) : $1 }ger };
	return crc($expand->($records->{$symbol}));
}

# The file
my $common = 'struct in { int a; }; struct s { struct in *in; long y; };';
my $vmlinux = object('vmlinux.o', "$common struct o; enum e { E };", 'int f(struct s *s, struct o *o) { return 0; } struct s v; int w(struct s *s, enum e e) { return 0; }');
my $xfs = object('fs/xfs.ko', "$common struct o { int z; };", 'int g(struct s *s, struct o *o) { return 0; }');
my $test = object('lib/test.ko', "struct in { long other; }; struct s { struct in *in; long y; }; struct o;", 'int h(struct s *s, struct o *o) { return 0; }');
object('lib/nothing.ko', '', 'int nothing;');
my $baseline = consolidate("$scratch/kabi", $test, "$folder/lib/nothing.ko", $xfs, $vmlinux);
my ($long, $pointer) = map { predefined("__SIZEOF_${_}__") } 'LONG', 'POINTER';
my $s = "structure_type s { member pointer_type { s#in } byte_size($pointer) in data_member_location(0) , member base_type long int byte_size($long) encoding(5) y data_member_location($long) } byte_size(@{[2 * $long]})";
my $parameters = "( formal_parameter pointer_type { s#s } byte_size($pointer) s , formal_parameter pointer_type { s#o } byte_size($pointer) o ) -> $int";
my $want = <<"E";
/* vmlinux.o */
e#e enumeration_type e { enumerator E = 0 } byte_size(4)
f subprogram $parameters
s#in structure_type in { member $int a data_member_location(0) } byte_size(4)
s##o
s#s $s
v variable s#s
w subprogram ( formal_parameter pointer_type { s#s } byte_size($pointer) s , formal_parameter e#e e ) -> $int

/* fs/xfs.ko */
g subprogram $parameters
s#o structure_type o { member $int z data_member_location(0) } byte_size(4)

/* lib/test.ko */
h subprogram $parameters
s#in structure_type in { member base_type long int byte_size($long) encoding(5) other data_member_location(0) } byte_size($long)
s##o
E
is($baseline =~ s/base_type unsigned int byte_size\(4\) encoding\(7\) (?=enumerator)//gr, $want, 'a section for each file that exports something, the kernel first, without what is the same as before');
is(consolidate("$scratch/again", $vmlinux, $test, $xfs), $baseline, 'the order of the files makes no difference');
is(consolidate("$scratch/again", '@' . spew("$scratch/list", "$vmlinux\n\n$test\n$xfs\n")), $baseline, '@FILE: a list of input files');
my $r = command('', $tool, '-e', '-c', '/dev/stdout', $xfs);
like($r->{out}, qr{\A/\* \Q$xfs\E \*/\ng .*^#SYMVER g}ms, 'without --relative-to, files are called as they are given; to standard output');
is(command('', $tool, '-e', '-c', "$scratch/again", $xfs)->{out}, command('', $tool, '-e', $xfs)->{out}, 'the versions as without');
$r = command('', $tool, '-e', '--relative-to', "$folder/fs", '-c', "$scratch/none", $vmlinux);
like("$r->{status}$r->{out}$r->{err}", qr/\A1error: .*'\Q$vmlinux\E' is not in the folder '\Q$folder\E\/fs'/, 'an input file that is not in the folder');
ok(!-e "$scratch/none", '... no file');
mkdir "$scratch/boot";
rename $vmlinux, "$scratch/boot/vmlinux" or die;
symlink "$scratch/boot/vmlinux", $vmlinux or die;
symlink $folder, "$scratch/link" or die;
is(consolidate("$scratch/again", map {s/\Q$folder\E/$scratch\/link/r} $vmlinux, $test, $xfs), $baseline, 'links: of folders they are followed, of a file it is called as the link');
unlink $vmlinux;
rename "$scratch/boot/vmlinux", $vmlinux or die;
like(command('', $tool, '--relative-to', '.', $xfs)->{err}, qr/--relative-to needs a file to write: --consolidated/, '--relative-to alone');
for my $there ('', 'that is there') {
	$r = command('', $tool, '-e', '-T', "$scratch/same", '-c', "$scratch/./same", $xfs);
	like("$r->{status}$r->{out} $r->{err}" . (slurp("$scratch/same") // ''), qr/^1 error: .*'\Q$scratch\E\/same' and '\Q$scratch\E\/\.\/same', which are to be written, are the same file\n$there\z/,
		"one file for two options $there");
	spew("$scratch/same", 'that is there');
}
unlink "$scratch/same";
symlink 'same', "$scratch/to-same" or die;
for my $names (['to-same', 'same'], ['same', 'to-same']) {
	$r = command('', $tool, '-e', '-T', "$scratch/$names->[0]", '-c', "$scratch/$names->[1]", $xfs);
	like("$r->{status}$r->{out} $r->{err}", qr/^1 error: .*'\Q$scratch\E\/$names->[0]' and '\Q$scratch\E\/$names->[1]', which are to be written, are the same file\n\z/, "... or a link to one that is not there: @$names");
	ok(!-e "$scratch/same", '... no file');
}
is(command('', $tool, '-e', '-T', "$scratch/to-same", '-c', "$scratch/others", $xfs)->{err}, '', '... to another there is none');
unlink "$scratch/to-same";
$r = command('', $tool, '-e', '-T', '/dev/null', '-c', '/dev/null', $xfs);
is($r->{status} . $r->{err}, '0', '... but for a device');
for my $option ('-T', '-c') {
	$r = command('', '/bin/sh', '-c', '"$@" > "$0"', "$scratch/same", $tool, '-e', $option, "$scratch/same", $xfs);
	like("$r->{status}$r->{err}" . slurp("$scratch/same"), qr/^1error: .*'\Q$scratch\E\/same' is to be written, and standard output goes there, too\n\z/, "$option and standard output are one file");
}
my $precious = spew("$scratch/precious.o", slurp($xfs));
for my $options (['-T', $precious, $precious], ['-c', "$scratch/./precious.o", $precious], ['-T', $precious, '@' . spew("$scratch/list", "$precious\n")]) {
	$r = command('', $tool, '-e', @$options);
	like("$r->{status}$r->{out} $r->{err}", qr/^1 error: .*'\Q$precious\E' is read, and '.*precious\.o' would be written over it\n\z/, "an input file is not written over: @$options");
	is(slurp($precious), slurp($xfs), '... it is as it was');
}
for my $option ('-T', '-c') {
	my $list = spew("$scratch/list", "$xfs\n");
	$r = command('', $tool, '-e', $option, $list, "\@$list");
	like("$r->{status}$r->{out} $r->{err}" . slurp($list), qr/^1 error: .*'\Q$list\E' is read, and '\Q$list\E' would be written over it\n\Q$xfs\E\n\z/, "a list of input files is not written over: $option");
	spew($list, "g\n");
	$r = command('', 'sh', '-c', '"$@" < "$0"', $list, $tool, $option, $list, $xfs);
	like("$r->{status}$r->{out} $r->{err}" . slurp($list), qr/^1 error: .*'\/dev\/stdin' is read, and '\Q$list\E' would be written over it\ng\n\z/, "... nor the list of symbols: $option");
	$r = command('', 'sh', '-c', '"$@" < "$0"', $list, $tool, '-e', $option, $list, $xfs);
	is("$r->{status}$r->{err}", '0', "... but if it is not read: $option");
	$r = command('', $tool, '-e', $option, '', $xfs);
	like("$r->{status}$r->{out} $r->{err}", qr/^1 error: .*the name of a file to write is empty\n\z/, "$option with an empty name");
}
for (["\@$scratch/none", qr/error: .*cannot read the list of input files '.*none': No such file/], ['@' . spew("$scratch/empty", ''), qr/no input files/]) {
	$r = command('', $tool, $_->[0]);
	like($r->{status} . $r->{err}, qr/\A1.*$_->[1]/s, "a list $_->[0]");
}
$r = command("g\n", $tool, '-c', "$scratch/none", '--relative-to', '.', '@' . spew("$scratch/list", 'a' x 12_000_000 . "/x.o\n"));
like($r->{status} . $r->{err}, qr/\A1error: .*cannot find the folder of 'a+\/x\.o': File name too long\n\z/, 'a list with a name that no stack has room for');
my $symtypes = join '', map { slurp($_) } map { command('', $tool, '-e', '-T', "$scratch/symtypes", $_); "$scratch/symtypes" } $vmlinux;
is(join('', map {"$_\n"} sort map { "$_ " . expand_sections($baseline)->{'vmlinux.o'}{$_} } keys %{expand_sections($baseline)->{'vmlinux.o'}}), $symtypes, 'what a section means is the symtypes file of its file');
$r = command('', $tool, '-e', '-r', "$scratch/kabi", $vmlinux, $xfs, $test);
is($r->{status} . $r->{err}, '0', '-r reads it');

# Random C: each section means what the symtypes file says of its file, which has them one after the other
{
	my ($bad, $lines, %symbols) = ('', 0);
	my @objects;
	for my $seed (500 .. 530) {
		random_c($seed, "$scratch/random");
		my $object = sprintf '%s/random%d.o', $scratch, $seed;
		next if command('', split(' ', $ENV{CC} || 'cc'), '-g', '-w', '-c', '-o', $object, "$scratch/random/t.c")->{status};
		push @objects, $object;
		$symbols{$_} = 1 for split /\n/, slurp("$scratch/random/t.syms");
	}
	for my $options ([], ['--canonical'], ['--stable']) {
		my $symtypes = "$scratch/random.symtypes";
		my $r = command(join('', map {"$_\n"} sort keys %symbols), $tool, @$options, '-T', $symtypes, '-c', "$scratch/random.kabi", @objects);
		my $sections = expand_sections(slurp("$scratch/random.kabi"));
		my $text = join '', map { my $section = $sections->{$_} // {}; map {"$_ $section->{$_}\n"} sort keys %$section } @objects;
		# (With --stable, types are in the table that no string leads to.)
		$bad .= "@$options: not the same\n" if $text ne slurp($symtypes) && !grep { $_ eq '--stable' } @$options;
		my %versions = $r->{out} =~ /^#SYMVER (\S+) (\S+)/mg;
		for my $section (values %$sections) {
			$bad .= join '', map {"@$options: the version of $_\n"} grep { !/^[sute]#/ && expanded_crc($section, $_) ne $versions{$_} } keys %$section;
		}
		$lines += $text =~ tr/\n//;
		$bad .= "@$options: -r: $_\n" for grep { !/no information/ } command(join('', map {"$_\n"} sort keys %symbols), $tool, @$options, '-r', "$scratch/random.kabi", @objects)->{err} =~ /^.*\n/mg;
		$bad .= "@$options: $_\n" for compare(slurp("$scratch/random.kabi"), slurp("$scratch/random.kabi") . "\n")->{out} =~ /^.*\n/mg;
	}
	is($bad, '', 'random C: what sections mean is what the symtypes files say');
	cmp_ok($lines, '>', 1000, "... $lines lines");
}

# A file as ksymtypes makes it: types first, and nothing but blank lines and headers between
is(compare("/* a.symtypes */\ns#foo structure_type foo { }\nu##bar\nbaz subprogram ( s#foo , u#bar )\n\n/* b.symtypes */\nu#bar union_type bar { member $int }\nqux subprogram ( s#foo , u#bar )\n",
	"/* a.symtypes */\nbaz subprogram ( s#foo , u#bar )\nu#bar union_type bar { }\ns#foo structure_type foo { }\n/* b.symtypes */\nqux subprogram ( s#foo , u#bar )\nu#bar union_type bar { member $int }\n")->{status}, 0,
	'a declaration in a section is no last definition');
is(compare("/* a */\ns##foo\nx variable s#foo\n/* b */\ny variable s#foo\ns#foo structure_type foo { member $int }\n", "/* a */\nx variable s#foo\ns#foo structure_type foo { }\n/* b */\ns#foo structure_type foo { member $int }\ny variable s#foo\n")->{status}, 0, '... and is only for its section');

# Nothing differs
compare_is($baseline, $baseline, [], "0\n", 'the same: nothing is printed, exit status 0');
compare_is($symtypes, $baseline =~ s/\n\n.*/\n/sr, [], "0\n", 'a symtypes file and a consolidated one with the same symbols');

# One structure changes, in a header
my $changed = $common =~ s/int a;/int a; int b;/r;
object('vmlinux.o', "$changed struct o; enum e { E };", 'int f(struct s *s, struct o *o) { return 0; } struct s v; int w(struct s *s, enum e e) { return 0; }');
object('fs/xfs.ko', "$changed struct o { int z; };", 'int g(struct s *s, struct o *o) { return 0; }');
my $new = consolidate("$scratch/new-kabi", $vmlinux, $xfs, $test);
my %versions = map { my $file = $_; map { ("$file $_->[0]" => $_->[1]) } map { /^#SYMVER (\S+) (\S+)/ ? [$1, $2] : () } split /\n/, command('', $tool, '-e', "$folder/$file")->{out} } 'vmlinux.o', 'fs/xfs.ko';
my %old = map { ($_ => expanded_crc(expand_sections($baseline)->{/(\S+)/ ? $1 : ''}, / (\S+)/)) } keys %versions;
my $diff = <<"E";
s#in changed: 4 symbols (g, f, v, ...) in 2 files (fs/xfs.ko, vmlinux.o)
  the size changed from 4 to 8 [size]
  'b' (int b) was added at the end [member-added-at-end]
--- s#in
+++ s#in
\@\@ -1,3 +1,4 \@\@
 struct in {
 	int a; /* 0, 4 */
+	int b; /* 4, 4 */
 }; /* size: 4 -> 8 */

E
my $lines = join '', map { my ($file, $name) = split ' '; "$file: $name changed from $old{$_} to $versions{$_}: s#in changed\n" } 'fs/xfs.ko g', 'vmlinux.o f', 'vmlinux.o v', 'vmlinux.o w';
compare_is($baseline, $new, [], "1\n4 symbols changed, 0 symbols added, 0 symbols removed, 0 passed; 5 symbols compared\n\n$diff$lines", 'one structure changed: it, its diff, and the symbols');
compare_is($baseline, $new, ['--format=short'], "1\nchanged g fs/xfs.ko\nchanged f vmlinux.o\nchanged v vmlinux.o\nchanged w vmlinux.o\n", 'one symbol a line');
compare_is($baseline, $new, ['--format=full'], "1\n4 symbols changed, 0 symbols added, 0 symbols removed, 0 passed; 5 symbols compared\n\n$diff$lines", '--format=full is the default');

# Symbols come and go
compare_is($baseline, $baseline =~ s/^g .*\n//mr, [], "1\n0 symbols changed, 0 symbols added, 1 symbol removed, 0 passed; 4 symbols compared\n\nfs/xfs.ko: g removed\n", 'a symbol is removed');
compare_is($baseline =~ s/^g .*\n//mr, $baseline, ['-f', 'short'], "1\nadded g fs/xfs.ko\n", 'a symbol is added');
compare_is("/* a */\nf variable $int\n/* b */\ng variable $int\n", "/* b */\nf variable $int\ng variable $int\n", [], "0\n", 'a symbol that is in another file now, with the same types');

is(compare("f variable t#t\nt#t typedef_type t { $int } \n", "f variable t#t\nt#t typedef_type t { $int }\n")->{status}, 1, 'a blank at the end, as a rule may give one, is part of a string');

# Kinds of causes, and many of them
my $start = "f variable pointer_type { s#s }\n";
for my $case (["s#s structure_type s { }\n", "s#s structure_type s { member $int }\n", 's#s became defined: 1 symbol (f) in 1 file (NEW)', 's#s became defined'],
	["s#s structure_type s { member $int }\n", "s#s structure_type s { }\n", 's#s no longer defined: 1 symbol (f) in 1 file (NEW)', 's#s no longer defined'],
	["s#s structure_type s { }\n", "s#in structure_type in { }\ns#s structure_type s { member s#in }\n", 's#s became defined: 1 symbol (f) in 1 file (NEW)', 's#s became defined'],
	["s#in structure_type in { }\ns#s structure_type s { member s#in }\n", "s#s structure_type s { }\n", 's#s no longer defined: 1 symbol (f) in 1 file (NEW)', 's#s no longer defined']) {
	$r = compare($start . $case->[0], $start . $case->[1]);
	my $new = "$scratch/new";
	like($r->{out}, qr/^\Q@{[$case->[2] =~ s{NEW}{$new}r]}\E\n  .*\]\n--- /m, "$case->[3]: the cause");
	like($r->{out}, qr/^\Q$new\E: f changed from \S+ to \S+: \Q$case->[3]\E\n/m, '... and the symbol');
}
$r = compare($start . "s#s structure_type s { }\n", "f variable s#s\ns#s structure_type s { }\n");
like($r->{out}, qr/^f changed: 1 symbol \(f\) in 1 file \(.*: f changed from \S+ to \S+: its own type changed\n/ms, "a symbol's own type");
my $many = 's#s structure_type s { ' . join(' , ', map { sprintf 'member s#t%02d', $_ } 1 .. 30) . " }\n" . join '', map { sprintf "s#t%02d structure_type t%02d { member $int }\n", $_, $_ } 1 .. 30;
$r = compare($start . $many, $start . $many =~ s/(t\d\d \{ member )\Q$int\E/$1base_type long/gr);
like($r->{out}, qr/: s#t01 changed, s#t02 changed, .*, s#t10 changed, and 20 more\n/, 'of many causes ten are named for each symbol');
is(() = $r->{out} =~ /^s#t\d+ changed: 1 symbol/mg, 30, '... but each has its diff');

# Diffs: hunks, context, a change of many lines: what diff -u says of the same lines
my @members = map {"member $int m$_ data_member_location(4)"} 1 .. 40;
my @changed = @members;
$changed[2] =~ s/m3/n3/;
$changed[35] =~ s/int/long/;
my ($one, $two) = map { 's#s structure_type s { ' . join(' , ', @$_) . " } byte_size(160)\n" } \@members, \@changed;
$r = compare($start . $one, $start . $two);
my ($hunks) = $r->{out} =~ /^\+\+\+ s#s\n((?:[-+ @].*\n)+)/m;
my @texts = map { "struct s {\n" . join('', map { /base_type (\w+) .* (\w+) data_member_location/; "\t$1 $2; /* 4, 4 */\n" } @$_) . "}; /* size: 160 */\n" } \@members, \@changed;
is($hunks, command('', 'diff', '-u', spew("$scratch/a", $texts[0]), spew("$scratch/b", $texts[1]))->{out} =~ s/\A---.*\n\+\+\+.*\n//r, 'the hunks of diff -u');
is(() = $hunks =~ /^\@\@/mg, 2, '... two of them');
unlike($r->{out}, qr/\e/, 'no colour when it is no terminal');
SKIP: {
	my $seen = on_terminal('', $program, "$scratch/old", "$scratch/new") // skip 'no terminals', 2;
	like($seen, qr/\e\[32m\+\t\w+ \w+;.*\e\[m/, '... but on one');
	local $ENV{NO_COLOR} = 1;
	unlike(on_terminal('', $program, "$scratch/old", "$scratch/new"), qr/\e/, '... unless NO_COLOR');
}

# Lists of symbols
my $lists = 0;
sub listed { return spew("$scratch/list" . ++$lists, $_[0]) }
my $list = listed("# needed by foo.ko\n[abi_symbol_list]\n  f\n\n\tg # that too\n");
compare_is($baseline, $new, ['-f', 'short', '-s', $list], "1\nchanged g fs/xfs.ko\nchanged f vmlinux.o\n", 'only the symbols that are listed');
compare_is($baseline, $new, ['-s', listed('h')], "0\n", '... which may not differ');
compare_is($baseline, $new, ['-f', 'short', '-s', listed("?\n")], "1\nchanged g fs/xfs.ko\nchanged f vmlinux.o\nchanged v vmlinux.o\nchanged w vmlinux.o\n", 'patterns: ?');
compare_is($baseline, $baseline =~ s/^h .*\n//mr, ['-f', 'short', '-s', listed("*h*\n")], "1\nremoved h lib/test.ko\n", 'patterns: *');
$list = listed("f\nnone\ng*\nno*\n");
compare_is($baseline, $baseline, ['-s', $list], "0\nwarning: kabi-compare: lists: line 2 of '$list': no symbol of either baseline is called 'none'\nwarning: kabi-compare: lists: line 4 of '$list': no symbol of either baseline is called 'no*'\n", 'a name that matches nothing is said');

# Nothing that was compared is no success
for my $text ('', "# f\n", "no*\nF\n") {
	$list = listed($text);
	compare_is($baseline, $new, ['-s', $list], "2\nerror: kabi-compare: judge: '$list' lists no symbol of 'OLD' or 'NEW'\n", 'a list of no symbol: ' . $text =~ s/\n/ /gr);
}
compare_is('', '', [], "0\nwarning: kabi-compare: judge: nothing is compared: neither 'OLD' nor 'NEW' has a symbol\n", '... two builds may have no symbols, but that is said');
for my $options (['--symvers', "$scratch/empty"], ['--symvers', "$scratch/some", '--old-symvers', "$scratch/empty"]) {
	spew("$scratch/empty", '');
	spew("$scratch/some", "0x00000000\tf\tvmlinux\tEXPORT_SYMBOL\t\n");
	compare_is($baseline, $baseline, $options, "2\nerror: kabi-compare: main: no symbols are in '$scratch/empty'\n", "... an empty Module.symvers: $options->[-2]");
}
compare_is($baseline, $baseline, ['-m', "$scratch/some", '-m', "$scratch/empty"], "0\n", '... one of two, as a module that exports nothing leaves it');

# Severity rules
my $rules = listed("# comment\nfs/* PASS # and why\n");
$diff =~ s/4 symbols \(g, f, v, \.\.\.\) in 2 files \(fs\/xfs.ko, vmlinux.o\)/3 symbols (f, v, w) in 1 file (vmlinux.o)/;
compare_is($baseline, $new, ['-r', $rules], "1\n3 symbols changed, 0 symbols added, 0 symbols removed, 1 passed; 5 symbols compared\n\n$diff" . $lines =~ s/(xfs.*)\n/$1 (passes: line 2 of '$rules')\n/r, 'a rule for modules: what passes is no difference');
compare_is($baseline, $new, ['-r', $rules, '-f', 'short'], "1\nchanged f vmlinux.o\nchanged v vmlinux.o\nchanged w vmlinux.o\n", '... and is not in the short form');
is(compare($baseline, $new, '-r', listed("fs/* PASS\nvmlinux PASS\n"))->{status}, 0, 'if all passes, the exit status is 0');
is(compare($baseline, $new, '-f', 'short', '-r', listed("f FAIL\n* PASS\n"))->{out}, "changed f vmlinux.o\n", 'the first rule that matches counts');
is(compare($baseline, $new, '-f', 'short', '-r', listed("MODULE *fs* PASS\nSYMBOL v PASS\n"))->{out}, "changed f vmlinux.o\nchanged w vmlinux.o\n", 'rules that say what they are about');
my $symvers = spew("$scratch/Module.symvers", "0x12345678\tf\tvmlinux\tEXPORT_SYMBOL_GPL\tTEST_NS\n0x12345678\tv\tvmlinux\tEXPORT_SYMBOL\t\n0x00000000\tg\tother/module\tEXPORT_SYMBOL\n");
is(compare($baseline, $new, '-f', 'short', '-m', $symvers, '-r', listed("TEST_* PASS\nother/* PASS\n"))->{out}, "changed v vmlinux.o\nchanged w vmlinux.o\n", 'namespaces and modules from Module.symvers');
is(compare($baseline, $new, '-f', 'short', '-m', $symvers, '-r', listed("NAMESPACE test_ns PASS\nNAMESPACE TEST_NS PASS\n"))->{out}, "changed g fs/xfs.ko\nchanged v vmlinux.o\nchanged w vmlinux.o\n", '... by an explicit rule');
$rules = listed("none PASS\n* PASS\nf FAIL\n");
like(compare($baseline, $new, '-r', $rules)->{err}, qr/\Awarning: kabi-compare: rules: line 1 of '\Q$rules\E': the rule 'none' decides nothing: it matches no symbol, or an earlier one does\nwarning: .*line 3 .*'f'.*\n\z/, 'a rule that matches nothing is said');
is(compare($baseline, $baseline =~ s/^g .*\n//mr =~ s/^f /added /mr, '-r', listed("fs/* PASS\nadded PASS\nf PASS\n"))->{status}, 0, 'what is added and removed may pass, too');

# Overrides
(my $override = $baseline) =~ s/^s#in structure_type in \{ member base_type int/override $&/m;
compare_is($override, $new, [], "0\n", 'an override: the string of the old file counts');
is(compare($new, $override)->{status}, 1, '... of the old file, not of the new one');
like(compare($baseline =~ s/^s#s /override $&/mr, $new =~ s/^s#in.*\n//mr =~ s/^(s#s .*) s#in/$1 s#e/mr =~ s/^h.*\n//mr =~ s/^s#in.*\n//mr =~ s/^s#s .*/$&\ns#e structure_type e { }/mr)->{err},
	qr/^error: .*: the overrides for 'vmlinux.o' lead to 's#in', which isn't there any more: override that, too$/m, '... which may not lead to what is gone');
compare_is($baseline =~ s/^f /override f /mr, $baseline =~ s/^(f .*) s#s/$1 s#other/mr =~ s/^(s#s .*)/s#other structure_type other { }\n$1/mr, [], "0\n", "an override of a symbol's own type");
{
	my @lines = ("/* a */\n", "f variable s#s\n", "g variable s#s\n", "s#s structure_type s { member $int }\n");
	compare_is("$lines[0]$lines[1]override $lines[2]override $lines[3]override s#none structure_type none { }\n", join('', @lines) =~ s/int /long /r, ['-s', listed("f\n")],
		"0\n" . join('', map {"warning: kabi-compare: judge: line $_->[0] of 'OLD', the override of '$_->[1]' is of no use: nothing that was compared led to it\n"} [3, 'g'], [5, 's#none']), '... of what nothing led to is said');
}

# Schemes
my $canonical = "f canonical(1) variable $int\n";
my $other = "f variable $int\n";
compare_is($canonical, $other, [], "2\nerror: kabi-compare: baseline: 'OLD' was made with --canonical, scheme 1, and can't be compared with 'NEW', made without --canonical\n", 'different schemes');
is(compare($canonical, $canonical =~ s/1/2/r)->{status}, 2, '... two of --canonical');
is(compare($canonical, $canonical)->{status}, 0, '... or the same');
like(compare($canonical . "g variable $int\n", $other)->{err}, qr/line 2 of '.*old': made by another tool or scheme/, 'two schemes in one file');

# The version that is in no file: against the sections as the description says they are
{
	my ($bad, $seen, $random) = ('', 0, 7);
	my $next = sub { $random = ($random * 1103515245 + 12345) & 0x7fffffff; return ($random >> 8) % $_[0] };
	for my $round (1 .. 30) {
		# Types lead to each other at random, cycles and all, in three sections that share most of them.
		my @all = map {
			my %types = map { ("s#t$_" => "structure_type t$_ { " . join(' , ', map { 'member s#t' . $next->(12) } 1 .. 1 + $next->(3)) . ' }') } 0 .. 11;
			[map {
				my $file = $_;
				$types{'s#t' . $next->(12)} =~ s/ \{/ $file {/ for 1 .. $next->(3);
				my %section = (%types, map { ("f$file$_" => 'variable s#t' . $next->(12)) } 1 .. 4);
				\%section
			} 1 .. 3]
		} 1, 2;
		if ($round % 3) {
			$all[1] = [map { {%$_} } @{$all[0]}];
			$all[1][$next->(3)]{'s#t' . $next->(12)} = 'structure_type changed { }' for 1 .. $next->(3);
		}
		my @files = map { my $number = 0; join "\n", map { my $section = $_; "/* file" . ++$number . " */\n" . join '', map {"$_ $section->{$_}\n"} sort keys %$section } @$_ } @all;
		my @want;
		for my $file (1 .. 3) {
			for (1 .. 4) {
				my $name = "f$file$_";
				my @crcs = map { expanded_crc($_->[$file - 1], $name) } @all;
				push @want, "file$file: $name changed from $crcs[0] to $crcs[1]:" if $crcs[0] ne $crcs[1];
			}
		}
		my $r = compare(@files);
		my @got = $r->{out} =~ /^(file\d: \S+ changed from \S+ to \S+:)/mg;
		$seen += @want;
		$bad .= "round $round: got @got, want @want\n" if "@got" ne "@want" || $r->{status} != (@want ? 1 : 0);
	}
	is($bad, '', 'random types: the versions, and which of them differ');
	cmp_ok($seen, '>', 100, '... enough of them');
}

# A folder of symtypes files, as a kernel's build leaves them: each file is a section, called by its path in the folder
{
	my ($old, $new) = map {"$scratch/$_-folder"} 'old', 'new';
	my %files = ('fs/log.symtypes' => "f variable s#s\ns#s structure_type s { member $int a }\n", 'core.symtypes' => "g variable s#s\ns#s structure_type s { member $int b }\n",
		'empty.symtypes' => '', 'core.o' => 'no symtypes file', '.hidden.symtypes' => 'nor this');
	for my $folder ($old, $new) {
		mkdir $_ for $folder, "$folder/fs";
		spew("$folder/$_", $files{$_}) for keys %files;
	}
	symlink '/', "$new/source" or die;
	my $r = command('', $program, $old, "$new/");
	is("$r->{status}$r->{out}$r->{err}", '0', 'two folders with the same symtypes files');
	spew("$new/fs/log.symtypes", "f variable s#s\ns#s structure_type s { member $int c }\n");
	$r = command('', $program, '-f', 'short', $old, $new);
	is("$r->{status} $r->{out}$r->{err}", "1 changed f fs/log.symtypes\n", '... or not: the file by its path in the folder');
	is(command('', $program, '-r', listed("fs/log PASS\n"), $old, $new)->{status}, 0, '... a rule for it');
	is(command('', $program, $old, spew("$scratch/consolidated", "/* a */\n$files{'fs/log.symtypes'}/* b */\n$files{'core.symtypes'}"))->{status}, 0, 'a folder and a consolidated file');
	spew("$new/fs/bad.symtypes", "bad line\n");
	$r = command('', $program, $old, $new);
	like("$r->{status}$r->{err}", qr{\A2error: kabi-compare: baseline: line 1 of '\Q$new\E/+fs/bad.symtypes': this is no line of a symtypes file}, '... an error names the file in it');
	mkdir "$scratch/no-symtypes";
	$r = command('', $program, $old, "$scratch/no-symtypes");
	like("$r->{status}$r->{out}$r->{err}", qr/\A2error: kabi-compare: baseline: the folder '.*no-symtypes' has no symtypes files \(.*KBUILD_SYMTYPES=1\)$/, '... which has none');
}

# Compressed with gzip: a baseline, a file in a folder, lists
SKIP: {
	command('', 'gzip', '--version')->{status} eq '0' or skip 'gzip is not installed', 9;
	my $compressed = sub { my ($name, $text) = @_; return spew("$scratch/$name.gz", command($text, 'gzip', '-c')->{out}) };
	my $old = $compressed->('old', $baseline);
	is(command('', $program, $old, spew("$scratch/new", $baseline))->{status}, 0, 'a baseline compressed with gzip');
	my $r = command('', $program, '-f', 'short', '-s', $compressed->('list', "f\nw\n"), '-r', $compressed->('rules', "vmlinux FAIL\n"), '-m', $compressed->('symvers', "0x0 f vmlinux EXPORT_SYMBOL\n0x0 w other EXPORT_SYMBOL\n"), $old, $compressed->('new', $new));
	is("$r->{status} $r->{out}$r->{err}", "1 changed f vmlinux.o\nchanged w vmlinux.o\n", '... both, and lists');
	mkdir "$scratch/gz-folder";
	rename $compressed->('log.symtypes', "f variable $int\n"), "$scratch/gz-folder/log.symtypes.gz" or die;
	my $other = spew("$scratch/other", "f variable s#s\ns#s structure_type s { }\n");
	is(command('', $program, "$scratch/gz-folder", $other)->{status}, 1, '... in a folder');
	is(command('', $program, '-r', listed("MODULE log PASS\n"), $other, "$scratch/gz-folder")->{status}, 0, '... and its module');
	is(command('', $program, '-r', $compressed->('empty', ''), $old, $old)->{err}, '', '... an empty list');
	my $whole = slurp($old);
	for my $case ([substr($whole, 0, length($whole) / 2), 'cut short'], [$whole =~ s/\A(.{60})..../$1\0\0\0\0/sr, 'damaged'], [substr($whole, 0, -6), 'without its end']) {
		$r = command('', $program, spew("$scratch/damaged.gz", $case->[0]), $old);
		like("$r->{status}$r->{out}$r->{err}", qr/\A2error: kabi-compare: text: '.*damaged.gz' is damaged, it can't be decompressed: [^<\s]/, "... $case->[1]");
	}
	my $object = c_object("struct s { int a; };\n---\nint f(struct s *p) { return p->a; }\nasm(\"__export_symbol_f:\");\n");
	command('', $tool, '-e', '-T', "$scratch/symtypes", $object);
	$r = command('', $tool, '-e', '-p', '-r', $compressed->('reference', slurp("$scratch/symtypes")), $object);
	is("$r->{status}$r->{err}", '0', '... a reference file');
}

# genksyms' files: C, types before the symbols that lead to them, in no order
{
	my $old = "s#in struct in { int a ; E#MAX b ; } \nE#MAX 4 \ns#o struct o { UNKNOWN } \ns#s struct s { s#in * in ; s#o * o ; char name [ E#MAX ] ; } \nf int f ( s#s * ) \nt#t typedef int t \nb t#t b [ 3 ] \na extern unsigned long volatile a \n";
	compare_is($old, $old, [], "0\n", "genksyms' symtypes files");
	my $want = <<'END';
1
1 symbol changed, 0 symbols added, 0 symbols removed, 0 passed; 3 symbols compared
  E#MAX changed: 1 symbol, 0 by it alone
  s#in changed: 1 symbol, 0 by it alone; 0 by the first 2 alone
  s#o became defined: 1 symbol, 0 by it alone; 1 by the first 3 alone

E#MAX changed: 1 symbol (f) in 1 file (NEW)
--- E#MAX
+++ E#MAX
@@ -1,1 +1,1 @@
-4
+5

s#in changed: 1 symbol (f) in 1 file (NEW)
--- s#in
+++ s#in
@@ -1,4 +1,5 @@
 struct in {
   int a
+  long c
   E#MAX b
 }

s#o became defined: 1 symbol (f) in 1 file (NEW)
  it was only declared, and is defined [defined]
--- s#o
+++ s#o
@@ -1,3 +1,3 @@
 struct o {
-  UNKNOWN
+  int x
 }

NEW: f changed: s#in changed, s#o became defined, E#MAX changed
END
	compare_is($old, $old =~ s/int a ;/int a ; long c ;/r =~ s/UNKNOWN/int x ;/r =~ s/MAX 4/MAX 5/r, [], $want, '... what changed, as it stands; their versions are not known here');
	compare_is($old, "f variable $int\n", [], "2\nerror: kabi-compare: baseline: 'OLD' was made by genksyms, and can't be compared with 'NEW', made without --canonical\n", "... and another tool's");
	like(compare("${old}g variable $int\n", $old)->{err}, qr/line 9 of '.*old': made by another tool or scheme/, '... in one file');
	like(compare("x other ( y )\n", $old)->{err}, qr/line 1 of '.*old': this is no line of a symtypes file/, '... a line that declares something else');
	my $object = c_object("struct s { int a; };\n---\nint f(struct s *p) { return p->a; }\nasm(\"__export_symbol_f:\");\n");
	like(command('', $tool, '-e', '-r', spew("$scratch/genksyms", $old), $object)->{err}, qr/\Aerror: .* '.*genksyms' was made by genksyms, and can't be compared with this run, made without --canonical$/m, '... as a reference file');
}

# Errors
for my $case (['f', qr/line 1 of '.*': this is no line of a symtypes file/], ["/* a */\nf variable s#s\n", qr/line 2 of '.*': the strings of 'a' refer to 's#s', which the file doesn't define \(is it cut short\?\)/],
	["/* a */\nf variable $int\nf variable\n", qr/line 3 of '.*': 'f' has a line already/], ["f variable\0\n", qr/line 1 of '.*': there is a NUL/], ["s##s\n", qr/line 1 of '.*': this is no line/],
	["/* a */\nf variable s#s\ns##\n", qr/line 3 of '.*': this is no line/]) {
	$r = compare($baseline, $case->[0]);
	like("$r->{status}$r->{out}$r->{err}", qr/\A2error: kabi-compare: (?:baseline|text): $case->[1]/, 'an error: ' . $case->[0] =~ s/[\0\n]/ /gr);
}
for my $case (['-s', "a b\n", qr/line 1 of .* more in it than expected: 'b'/], ['-r', "a\n", qr/line 1 of .* a rule is written/], ['-r', "a b\n", qr/line 1 of .* 'b' is neither PASS nor FAIL/],
	['-r', "\nX a PASS\n", qr/line 2 of .* 'X' is none of SYMBOL, MODULE, NAMESPACE, TYPE, CHANGE/], ['-m', "0x1 a vmlinux\n", qr/line 1 of .* no line of a Module.symvers/],
	['-m', "1 a vmlinux EXPORT_SYMBOL\n", qr/line 1 of .* no line of a Module.symvers/], ['-s', "a\0\n", qr/line 1 of .* there is a NUL/]) {
	$r = compare($baseline, $baseline, $case->[0], spew("$scratch/bad", $case->[1]));
	like("$r->{status}$r->{out}$r->{err}", qr/\A2error: kabi-compare: (?:lists|rules|symvers|text): $case->[2]/, "an error of $case->[0]: " . $case->[1] =~ s/[\0\n]/ /gr);
}
for my $case ([['-s', "$scratch/none"], qr/cannot read the list of symbols '.*none': No such file/], [['-f', 'long'], qr/unknown format 'long': full, summary, short, types or json/], [['-x'], qr/error: kabi-compare: main: --help shows the options\n\z/], [['third'], qr/error: .*two baselines are wanted: OLD NEW \(--help .*\n\z/]) {
	$r = compare($baseline, $baseline, @{$case->[0]});
	like("$r->{status}$r->{out}$r->{err}", qr/\A2.*$case->[1]/s, "an error: @{$case->[0]}");
}
$r = command('', 'sh', '-c', "'$program' '$scratch/kabi' '$scratch/new-kabi' >/dev/full");
like($r->{status} . $r->{err}, qr/\A2error: .*cannot write to standard output: No space left/, 'a full disk is no success');
like(command('', $program, '--version')->{out}, qr/\Akabi-compare \d+\.\d+\n\z/, '--version');
is(command('', $program, '--help')->{status}, 0, '--help');

# Damaged files: an answer or an error that names file and line, whatever is in them
{
	my ($bad, $random) = ('', 1);
	my $rules = "fs/* PASS\nTEST_NS FAIL\nNAMESPACE x PASS\n# comment\n*f* PASS\n";
	for my $what (['', $new, 200], ['-r', $rules, 200], ['-s', "[abi_symbol_list]\n  f\n  g*\n", 200], ['-m', slurp($symvers), 100]) {
		my ($option, $whole, $rounds) = @$what;
		for my $seed (1 .. $rounds) {
			my $text = $whole;
			for (1 .. 1 + $seed % 5) {
				$random = ($random * 1103515245 + 12345) & 0x7fffffff;
				my $at = ($random >> 4) % (length($text) || 1);
				if ($seed % 3 == 0) { substr($text, $at, 1) = chr(($random >> 16) % 128) }
				elsif ($seed % 3 == 1) { substr($text, $at, 1 + $random % 40) = '' }
				else { substr($text, $at, 0) = substr $text, 0, 1 + $random % 60 }
			}
			my $r = $option ? compare($baseline, $new, $option, spew("$scratch/damaged", $text)) : compare($baseline, $text);
			$bad .= "$option seed $seed: $r->{status} $r->{err}\n"
				if $r->{status} !~ /^[012]$/ || ($r->{status} == 2 && $r->{err} !~ /^error: kabi-compare: \w+: line \d+ of '|can't be compared with|lists no symbol of '/m) || ($r->{status} == 2 && $r->{out} ne '');
		}
	}
	is($bad, '', '700 damaged files');
}

# Linked objects and separate debugging information, all with -e
{
	my $whole = c_object("struct s { int a; };\n---\nint f(struct s *s) { return 0; } asm(\".section .x; __ksymtab_f: .long 0; .text\");");
	my $plain = command('', $tool, '-e', $whole)->{out};
	like($plain, qr/^#SYMVER f 0x(?!00000000)/, 'an object with an entry of __ksymtab');
	command('', 'ld', '-r', '-o', "$scratch/vmlinux.o", $whole);
	is(command('', $tool, '-e', "$scratch/vmlinux.o")->{out}, $plain, '... linked once');
	command('', 'ld', '-o', "$scratch/vmlinux", '-e', 'f', $whole);
	is(command('', $tool, '-e', "$scratch/vmlinux")->{out}, $plain, '... and to the end');
	for my $file ('vmlinux.o', 'vmlinux') {
		command('', 'objcopy', '--only-keep-debug', "$scratch/$file", "$scratch/$file.debug");
		is(command('', $tool, '-e', "$scratch/$file.debug")->{out}, $plain, "$file.debug of a debug package");
		command('', 'sh', '-c', "cd '$scratch' && objcopy --strip-debug $file stripped && objcopy --add-gnu-debuglink=$file.debug stripped");
		is(command('', $tool, '-e', "$scratch/stripped")->{out}, $plain, '... or found from what was stripped');
	}
}

# A long path of a module
my $deep = 'd/' x 200 . 'fs/log.ko';
my ($long_old, $long_new) = map { "/* $deep */\nf variable base_type $_ byte_size(4) encoding(5)\n" } 'a', 'b';
spew("$scratch/long.rules", "*/fs/log PASS\n");
is(command("", $program, "--rules", "$scratch/long.rules", spew("$scratch/long.old", $long_old), spew("$scratch/long.new", $long_new))->{status}, 0, 'a rule for a module whose path is long');

done_testing();
