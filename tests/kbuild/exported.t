#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# What the tool does for kbuild/make: --list-exported, and the status of --complete, which says that more than the object is needed.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gendwarfksyms;

my $marks = join '', map {"asm(\".globl __export_symbol_$_; __export_symbol_$_:\");\n"} qw(f g);
my $complete = c_object("int f(int x) { return x; }\nlong g(void) { return 1; }\n$marks");
# Clang describes no function that is only declared; gcc does if it is used.
my $declares = c_object("int f(int x) { return x; }\n$marks");
my $nothing = c_object("struct s { int a; }; int f(struct s *s) { return s->a; }\n");

# The list of symbols is f and g; -e doesn't read it.
sub is_result {
	my ($name, $status, $out, $err, @arguments) = @_;
	my $r = command("f\ng\n", $tool, @arguments);
	is($r->{status}, $status, "$name: status $status") or diag($r->{err});
	is($r->{out}, $out, '... standard output');
	like($r->{err}, $err, '... messages');
}

my $versions = command('', $tool, '-e', $complete)->{out};
like($versions, qr/\A(?:#SYMVER [fg] 0x[0-9a-f]{8}\n){2}\z/, '-e prints versions');
is_result('--complete with all versions', 0, $versions, qr/\A\z/, '-e', '--complete', $complete);
is_result('without --complete', 0, $versions =~ s/g 0x.*/g 0x00000000/r,
	qr/\Awarning: .*no information for symbol g\n\z/, '-e', $declares);
is_result('--complete without a version', 2, '', qr/\A\z/, '-e', '--complete', $declares);
is_result('--complete with a list', 2, '', qr/\A\z/, '--complete', $declares, '-T', "$scratch/none");
is_result('--complete with another version before', 2, '', qr/\A\z/, '-e', '--complete', '-r', spew("$scratch/other", "f variable x\n"), $nothing, $declares);
is_result('... of which the tool without it speaks', 0, $versions =~ s/g 0x.*/g 0x00000000/r, qr/the version of f changed/, '-e', '-r', "$scratch/other", $declares);
is(-e "$scratch/none" || 0, 0, '... writes no symtypes file');
is(join(' ', glob "$scratch/none*"), '', '... nor a temporary one');
is(command("f\n", $tool, '--complete', $declares)->{status}, 0, '... is about the names that are listed');
is_result('--complete and nothing exported', 0, '', qr/\A\z/, '-e', '--complete', $nothing);
is_result('--complete after an error', 1, '', qr/\Aerror: .*cannot_be_there/, '-e', '--complete', "$scratch/cannot_be_there");

is_result('--list-exported', 0, "f\ng\n", qr/\A\z/, '-l', $complete);
is_result('... of several files', 0, "f\ng\n", qr/\A\z/, '--list-exported', $nothing, $declares, $complete);
is_result('... and nothing exported', 0, '', qr/\A\z/, '-l', $nothing);
SKIP: {
	skip 'no /dev/full here', 1 if !-e '/dev/full';
	is(command('', 'sh', '-c', '"$0" -l "$1" >/dev/full', $tool, $complete)->{status}, 1, 'a write that fails is an error');
}

# Where nothing is exported, debugging information isn't looked at: it may be damaged.
for my $case ([$nothing, 0, 'not read where nothing is exported'], [$complete, 1, '... but where something is']) {
	my ($object, $status, $name) = @$case;
	my $damaged = "$scratch/damaged.o";
	spew("$scratch/garbage", "\1\0\0\0garbage");
	my $r = command('', 'objcopy', map({ ("--update-section", ".debug_$_=$scratch/garbage") } qw(info abbrev)), $object, $damaged);
	die $r->{err} if $r->{status};
	is(command('', $tool, '-e', $damaged)->{status}, $status, "debugging information is $name");
}

# LLVM's bitcode, as clang's LTO leaves it
for my $case (['bitcode', "BC\xc0\xde" . "\0" x 100], ['bitcode in a wrapper', "\xde\xc0\x17\x0b" . "\0" x 100]) {
	my ($name, $bytes) = @$case;
	my $path = spew("$scratch/bitcode.o", $bytes);
	is_result($name, 1, '', qr/\Aerror: .*bitcode\.o' is not an ELF file, but LLVM bitcode .*vmlinux\.o or a module\n\z/, '-e', $path);
	is_result("$name, from a list", 1, '', qr/but LLVM bitcode/, $path);
	is_result("$name, --complete", 2, '', qr/\A\z/, '-e', '--complete', $path);
}
is_result('no bitcode', 1, '', qr/is not an ELF file/, '-e', '--complete', spew("$scratch/text.o", "BC\n"));
SKIP: {
	skip 'clang is not installed', 1 if command('', 'clang', '--version')->{status};
	my $object = eval { c_object("int f(int x) { return x; }\n", 'CC=clang', '-flto=thin') } // skip 'no -flto', 1;
	is(command('', $tool, '-e', '--complete', $object)->{status}, 2, "an object of clang's -flto=thin");
}

done_testing();
