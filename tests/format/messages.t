#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# Input that can't be read: messages say what it is and what to give instead. FORMAT.md, section 10.
use strict;
use warnings;
use FindBin;
use POSIX qw(mkfifo);
use lib "$FindBin::Bin/../lib";
use Gendwarfksyms;

my $cc = $ENV{CC} || 'cc';
my $source = "struct s { int a; };\n---\nint f(struct s *p) { return p->a; }\nasm(\".globl __export_symbol_f; __export_symbol_f:\");\n";
my $object = c_object($source);

# The list from standard input, and -e, which opens the file first.
sub refused {
	my ($file, $want, $name) = @_;
	fails_with($file, ['f'], $want, $name);
	fails_with($file, '', $want, '... with -e', '-e');
}

# Files that are no ELF files
for my $case (['gzip', 'gzip'], ['xz', 'xz'], ['zstd', 'zstd'], ['bzip2', 'bzip2'], ['lz4', 'lz4'], ['xz', 'lzma', '--format=lzma'], ['lzop', 'lzop']) {
	SKIP: {
		my ($compressor, $name, @options) = @$case;
		my $r = command(slurp($object), $compressor, @options, '-c');
		skip "no $compressor" if $r->{status} ne '0';
		refused(spew("$scratch/module.ko.x", $r->{out}), qr/module\.ko\.x' is not an ELF file, but compressed with $name: decompress it first$/m, "a module compressed with $name");
	}
}
refused(spew("$scratch/pointer.o", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n"), qr/is not an ELF file, but a git-lfs pointer: .*git lfs pull$/m, 'a git-lfs pointer');
for my $case (['rc', qr/is not an ELF file, but an archive: give its members one by one$/m], ['rcT', qr/is not an ELF file, but a thin archive: give the files that it names/]) {
	my $archive = "$scratch/$case->[0].a";
	is(command('', 'ar', $case->[0], $archive, $object)->{status}, 0);
	refused($archive, $case->[1], "an archive, ar $case->[0]");
}
SKIP: {
	my $bitcode = eval { c_object($source =~ s/asm.*//r, 'CC=clang', '-flto=thin') } or skip 'no clang';
	refused($bitcode, qr/is not an ELF file, but LLVM bitcode .*: give what it is linked into, vmlinux\.o or a module$/m, 'LLVM bitcode');
	substr my $wrapped = slurp($bitcode), 0, 0, "\xde\xc0\x17\x0b" . pack 'L<4', 0, 20, -s $bitcode, 7;
	refused(spew("$scratch/wrapped.o", $wrapped), 'LLVM bitcode', '... with its wrapper');
}
refused(spew("$scratch/empty.o", ''), qr/empty\.o' is not an ELF file: it is empty$/m, 'an empty file');
refused(spew("$scratch/class.o", "\x7fELF\x09\x09\x01" . "\0" x 100), qr/class\.o' is not an ELF file: its header is damaged$/m, 'an ELF header that libelf refuses');
refused(spew("$scratch/text.o", "int x;\n" x 10), qr/text\.o' is not an ELF file$/m, 'a text');
refused('/dev/null', qr/'\/dev\/null' is a pipe or a device: give a file/, 'a device');
my $pipe = "$scratch/pipe";
mkfifo($pipe, 0600) or die;
for my $options ([], ['-e']) {
	my $writer = fork // die;
	if (!$writer) {
		open my $out, '>', $pipe or exit;
		$SIG{PIPE} = 'IGNORE';
		print $out slurp($object);
		POSIX::_exit(0);
	}
	fails_with($pipe, $options->[0] ? '' : ['f'], qr/pipe' is a pipe or a device: give a file/, "a pipe @$options", @$options);
	kill 'TERM', $writer;
	waitpid $writer, 0;
}

# DWARF of a version that isn't read yet
my $unit = "compile_unit version=%s\n  variable name=v\n";
fails_with(die_object(sprintf $unit, 6), ['v'], qr/unit 1 of '.*' is of DWARF 6; 2 to 5 are read$/m, 'DWARF 6');
fails_with(die_object(sprintf($unit, 5) . sprintf($unit =~ s/=v/=w/r, '6 dwarf64')), ['v'], qr/unit 2 of '.*' is of DWARF 6; 2 to 5 are read$/m, '... the second unit, of 64 bits');
fails_with(die_object(sprintf($unit, 4) . "type_unit version=6 section=types signature=0x77 type=\@s\n  \@s structure_type\n"), ['v'],
	qr/unit 2 of '.*' is of DWARF 6; 2 to 5 are read$/m, '... a type unit');
fails_with(die_object(sprintf $unit, 77), ['v'], qr/is damaged: the header of unit 1: /, 'damaged units are called that');
fails_with(die_object(sprintf $unit, 1), ['v'], qr/is damaged: the header of unit 1: /, '... of version 1, too');

# No debugging information: there was none, or it was stripped.
my $asked = qr/no debugging information in '.*': .*\(is CONFIG_DEBUG_INFO on\?\)$/m;
my $stripped = qr/no debugging information in '.*': .*\(was it stripped\? Give the file as it was before, or the one with its debugging information, as MODULE\.ko\.debug is\)$/m;
sub strip { my $to = "$scratch/stripped$_[0]"; is(command('', 'strip', $_[0], '-o', $to, $_[1])->{status}, 0, "strip $_[0]"); return $to }
fails_with(c_object($source, '-g0'), ['f'], $asked, 'an object compiled without -g');
fails_with(strip('-s', $object), ['f'], $stripped, 'an object without its symbols');
my $module = c_object("$source\n__attribute__((section(\".gnu.linkonce.this_module\"))) int this_module;\n");
fails_with(strip('-g', $module), ['f'], $stripped, 'a module');
my $shared = "$scratch/shared.so";
is(command('', split(' ', $cc), '-g', '-shared', '-nostdlib', '-o', $shared, c_object($source, '-fPIC'))->{status}, 0);
fails_with(strip('-g', $shared), ['f'], $stripped, 'a shared object');

# A lost type: where its name stands, in the input file, a kABI rule or an override
my $old = "$scratch/old.symtypes";
my $types = "struct inner { int z; };\nstruct s { int a; struct inner *p; };\n---\nint f(struct s *p) { return p->a; }\nint g(void) { return 0; }\n";
is(command("f\n", $tool, '-T', $old, c_object($types))->{status}, 0);
spew($old, slurp($old) =~ s/^s#s /override s#s /mr);
my @lines = split /\n/, slurp($old);
my ($line) = grep { $lines[$_ - 1] =~ /^override/ } 1 .. @lines;
my $renamed = c_object($types =~ s/\binner\b/other/gr);
fails_with($renamed, ['f'], qr/unknown type reference to 's#inner' when expanding 'f': it stands in line $line of '\Q$old\E', the override of 's#s' of '\Q$renamed\E'$/m, 'an override', '-p', '-r', $old);
spew("$scratch/kept", "override f subprogram ( formal_parameter s#gone ) -> base_type void\ns#gone structure_type gone { }\n");
fails_with($renamed, ['f'], qr/'s#gone' when expanding 'f': it stands in line 1 of '.*kept', the override of 'f' of/, '... of a symbol', '-p', '-r', "$scratch/kept");
my $rule = sub { join '', map { "asm(\".pushsection .discard.gendwarfksyms.kabi_rules,\\\"a\\\"; .asciz \\\"1\\\", \\\"type_string\\\", \\\"$_->[0]\\\", \\\"$_->[1]\\\"; .popsection\");\n" } @_ };
my $ruled = c_object($types . $rule->(['s#s', 'structure_type s { member s#removed x }']));
fails_with($ruled, ['f'], qr/unknown type reference to 's#removed' when expanding 'f': it stands in the type_string rule for 's#s' of '\Q$ruled\E'$/m, 'a rule for a type', '--stable');
$ruled = c_object($types . $rule->(['f', 'subprogram ( formal_parameter s#removed ) -> base_type void']));
fails_with($ruled, ['f'], qr/'s#removed' when expanding 'f': it stands in the type_string rule for 'f' of '\Q$ruled\E'$/m, 'a rule for a symbol', '--stable');
$ruled = c_object($types . $rule->(['s#s', 's#t'], ['s#t', 's#u']));
fails_with($ruled, ['f'], qr/'s#u' when expanding 'f': it stands in the type_string rule for 's#t' of/, 'a rule that leads to a rule', '--stable');

done_testing();
