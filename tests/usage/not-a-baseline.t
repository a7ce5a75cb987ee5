#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# What is given in place of a baseline or a list by mistake: pointers of git-lfs, compressed files, other editors' and systems' text.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gendwarfksyms;

my $program = "$tests/../kabi-compare$suffix";
my $object = c_object("struct s { int a; };\n---\nint f(struct s *p) { return p->a; }\nasm(\"__export_symbol_f:\");\n");
my $good = "$scratch/kabi";
is(command('', $tool, '-e', '--canonical', '-c', $good, $object)->{status}, 0, 'a baseline');
my $text = slurp($good);
my $symbols = spew("$scratch/symbols", "f*\n");
my $pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 77\n";

# Each is refused, as the older or the newer baseline and as a reference file, whatever the list of symbols says.
my %others = (
	'a git-lfs pointer' => [$pointer, qr/it is a git-lfs pointer: fetch .* git lfs pull$/m],
	'lines that end in CRLF' => [$text =~ s/\n/\r\n/gr, qr/line 1 of '.*': it ends in CRLF/],
	'one such line' => [$text =~ s/\n\z/\r\n/r, qr/line 3 of '.*': it ends in CRLF/],
	'a byte order mark' => ["\xef\xbb\xbf$text", qr/line 1 of '.*': a byte order mark/],
	'UTF-16' => ["\xff\xfe" . join('', map {"$_\0"} split //, $text), qr/it is text in UTF-16/],
	'an object' => [slurp($object), qr/it is an ELF file/],
	'a conflict of git' => ["<<<<<<< HEAD\n$text=======\n>>>>>>> other\n", qr/line 1 of '.*': this is no line of a symtypes file: what is said of '<<<<<<<' begins neither with 'subprogram' nor with 'variable'/],
	'such a conflict inside' => [$text . "<<<<<<< HEAD\n", qr/line 4 of '.*': this is no line .* '<<<<<<<'/],
	'a Module.symvers' => ["0x12345678 f vmlinux EXPORT_SYMBOL\n", qr/line 1 of '.*': this is no line .*/],
	'an override of what is no symbol' => ["override oid sha256:1\n", qr/line 1 of '.*': this is no line .* 'oid'/],
	'a web page' => ["<!DOCTYPE html>\n<html>\n", qr/line 1 of '.*': this is no line .*/],
);
for my $case (['xz', 'xz'], ['zstd', 'zstd'], ['bzip2', 'bzip2'], ['lz4', 'lz4'], ['xz', 'lzma', '--format=lzma']) {
	my ($compressor, $name, @options) = @$case;
	my $r = command($text, $compressor, @options, '-c');
	$others{"a file compressed with $name"} = [$r->{out}, qr/it is compressed with $name: decompress it first$/m] if $r->{status} eq '0';
}
for my $name (sort keys %others) {
	my ($content, $want) = @{$others{$name}};
	my $other = spew("$scratch/other", $content);
	for my $files ([$other, $good], [$good, $other], [$other, $other]) {
		my $r = command('', $program, '-s', $symbols, @$files);
		like("$r->{status}$r->{out}$r->{err}", qr/\A2error: kabi-compare: (?:baseline|text): .*$want/, "$name: " . ($files->[0] eq $good ? 'the newer' : $files->[1] eq $good ? 'the older' : 'both'));
	}
	my $r = command('', $tool, '-e', '-r', $other, $object);
	like("$r->{status}$r->{out}$r->{err}", qr/\A1error: gendwarfksyms: (?:baseline|text): .*$want/, '... as a reference file');
}

# What the programs write is one: with and without --canonical, symtypes files and consolidated ones.
for my $options ([], ['--canonical']) {
	for my $output ('-T', '-c') {
		is(command('', $tool, '-e', @$options, $output, "$scratch/written", $object)->{status}, 0);
		my $r = command('', $program, "$scratch/written", "$scratch/written");
		is("$r->{status}$r->{err}", '0', "what @$options $output writes is a baseline");
	}
}

# Lists that people write: a byte order mark and CRLF are passed over.
my $mark = "\xef\xbb\xbf";
my $changed = spew("$scratch/changed", $text =~ s/ a data/ b data/r);
for my $case (["${mark}f\r\n", 1], ["${mark}[abi_symbol_list]\r\n  f\r\n", 1], ["${mark}# comment\r\nf\r\n", 1], ["${mark}\r\n\r\n# f\r\nf*\r\n", 1]) {
	my $r = command('', $program, '-s', spew("$scratch/list", $case->[0]), $good, $changed);
	is("$r->{status}$r->{err}", $case->[1], '--symbols: ' . $case->[0] =~ s/[^ -~]/./gr);
}
my $r = command('', $program, '-r', spew("$scratch/rules", "${mark}f PASS\r\n"), $good, $changed);
is("$r->{status}$r->{err}", '0', '--rules');
$r = command('', $program, '-m', spew("$scratch/symvers", "${mark}0x00000000\tf\tfs/f\tEXPORT_SYMBOL\t\r\n"), '-r', spew("$scratch/rules", "fs/f PASS\r\n"), $good, $changed);
is("$r->{status}$r->{err}", '0', '--symvers');
for my $option ('-s', '-r', '-m') {
	my $r = command('', $program, $option, spew("$scratch/list", $pointer), $good, $changed);
	like("$r->{status}$r->{out}$r->{err}", qr/\A2error: kabi-compare: text: '.*' is no (?:list of (?:symbols|rules)|Module.symvers): it is a git-lfs pointer/, "a pointer for $option");
}
is(run("${mark}f\r\n", [], $object)->{out}, run("f\n", [], $object)->{out}, 'the list of symbols');
is(run("f\n${mark}g\n", [], $object)->{err}, "warning: gendwarfksyms: symbol_print_versions: no information for symbol ${mark}g\n", '... only at its start');

# Lists of input files
my $other = c_object("int g(int a) { return a; }\nasm(\"__export_symbol_g:\");\n");
my $want = command('', $tool, '-e', $object, $other)->{out};
for my $case (["$object\n$other\n", 'LF'], ["$mark$object\r\n$other\r\n", 'CRLF, and a mark'], ["$object\r\n\r\n$other", 'an empty line']) {
	is(command('', $tool, '-e', '@' . spew("$scratch/files", $case->[0]))->{out}, $want, "\@FILE: $case->[1]");
}
my $odd = "$scratch/odd\rname.o";
spew($odd, slurp($object));
is(command('', $tool, '-e', '@' . spew("$scratch/files", "$odd\n"))->{status}, 0, '... a CR inside of a name is its own');
for my $case (["$object\0$other\0", qr/line 1 of '.*files': there is a NUL in it \(.*-print0\)/], ["$object\n$other\0\n", qr/line 2 of '.*files': there is a NUL/],
	[slurp($object), qr/files' is no list of input files: it is an ELF file/], [$pointer, qr/files' is no list of input files: it is a git-lfs pointer/]) {
	my $r = command('', $tool, '-e', '@' . spew("$scratch/files", $case->[0]));
	like("$r->{status}$r->{out}$r->{err}", qr/\A1error: gendwarfksyms: text: .*$case->[1]/, "... $case->[1]");
}

done_testing();
