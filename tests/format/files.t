#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# FORMAT.md, section 10: DWARF that is not in one piece in the object. Objects of gcc -flto, .dwo files, supplementary files, zstd.
# The reference is always the same source, compiled in one piece.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gendwarfksyms;

my $folder = "$scratch/build";
mkdir $folder;
chdir $folder or die;
spew('t.h', "struct in;\nstruct s { int a; char *b; enum e { A, B } e; struct in *in; };\ntypedef struct { int z; } anon;\n");
spew('t.c', "#include \"t.h\"\nstruct in { long x[3]; };\nstruct s *f(struct s *s, struct in *in) { return in->x[1] ? s : 0; }\nstruct s v; anon v2;\n");
spew('u.c', "#include \"t.h\"\nint g(struct s *s) { return s->in != 0; }\n");
my @symbols = qw(f v v2 g);

sub compiled {
	my ($compiler, @flags) = @_;
	return command('', $compiler, '-g', '-w', @flags)->{status} eq '0';
}

sub output { return join "\0", @{$_[0]}{qw(status out symtypes)} }

sub same_as {
	my ($want, $file, $name) = @_;
	my $got = run(\@symbols, [], $file);
	return is(output($got), output($want), $name) || diag($got->{err});
}

my %found = map { $_ => command('', $_, '--version')->{status} eq '0' } qw(gcc clang dwz objcopy);

# gcc -flto: sections .gnu.debuglto_.debug_info and the like
for my $dwarf (4, 5) {
	SKIP: {
		skip 'no gcc', 3 if !$found{gcc};
		compiled('gcc', "-gdwarf-$dwarf", '-c', '-o', 'one.o', 't.c') or die;
		my $want = run(\@symbols, [], 'one.o');
		for my $flags (['-flto'], ['-flto', '-ffat-lto-objects'], ['-flto', '-gz']) {
			skip "no gcc -gdwarf-$dwarf @$flags", 1 if !compiled('gcc', "-gdwarf-$dwarf", @$flags, '-c', '-o', 'lto.o', 't.c');
			my $newer = needs_newer(run(\@symbols, [], 'lto.o'));
			skip $newer, 1 if $newer;
			same_as($want, 'lto.o', "gcc -gdwarf-$dwarf @$flags");
		}
	}
}

# -gsplit-dwarf
for my $compiler ('gcc', 'clang') {
	for my $dwarf (4, 5) {
		for my $split ('-gsplit-dwarf', '-gsplit-dwarf=single') {
			SKIP: {
				my $flags = "$compiler -gdwarf-$dwarf $split";
				skip "no $flags", 1 if !$found{$compiler} || !compiled($compiler, "-gdwarf-$dwarf", $split, '-c', '-o', 'split.o', 't.c');
				skip "$flags splits nothing", 1 if !-e 'split.dwo' && command('', 'objdump', '-h', 'split.o')->{out} !~ /\.dwo/;
				compiled($compiler, "-gdwarf-$dwarf", '-c', '-o', 'one.o', 't.c') or die;
				my $want = run(\@symbols, [], 'one.o');
				same_as($want, 'split.o', "$flags");
				# From another folder: the name is relative to DW_AT_comp_dir, or the .dwo lies beside the object.
				mkdir 'elsewhere';
				chdir 'elsewhere';
				same_as($want, '../split.o', '... from another folder');
				spew('moved.o', slurp('../split.o'));
				same_as($want, 'moved.o', '... whose object was moved');
				spew('split.dwo', slurp('../split.dwo')) if -e '../split.dwo';
				rename '../split.dwo', '../gone' or rename '../split.o', '../gone';
				same_as($want, 'moved.o', '... together with the .dwo') if -e 'split.dwo';
				unlink 'split.dwo';
				chdir '..';
				my $object = 'elsewhere/moved.o';
				if (-e 'split.o') {
					fails_with('split.o', ['f'], qr/split\.dwo' \(-gsplit-dwarf\).*missing.*looked for in 'split\.dwo' and '\Q$folder\E\/split\.dwo'.*in 'split\.o'/, '... whose .dwo is missing');
					compiled($compiler, "-gdwarf-$dwarf", $split, '-c', '-o', 'other.o', 'u.c') or die;
					rename 'other.dwo', 'split.dwo' or die;
					fails_with('split.o', ['f'], qr/split\.dwo'.*of another build/, '... whose .dwo is of another build');
					spew('split.dwo', 'garbage');
					fails_with('split.o', ['f'], qr/'split\.dwo' is not an ELF file/, '... whose .dwo is damaged');
					unlink 'split.dwo';
					symlink 'split.dwo', 'split.dwo' or die;
					fails_with('split.o', ['f'], qr/cannot read 'split\.dwo', which has DWARF of another file: Too many levels of symbolic links$/, '... whose .dwo cannot be opened');
					rename 'gone', 'split.dwo';
					if (command('', 'readelf', '-SW', 'split.dwo')->{out} =~ /\.debug_line\.dwo/) {
						is(run(['f', 'v'], [], 'split.dwo')->{out}, run(['f', 'v'], [], 'one.o')->{out}, '... the .dwo itself');
					} else {
						fails_with('split.dwo', ['f'], qr/line table is in the object.*'split\.dwo'/, '... the .dwo itself, without file names');
					}
				} else {
					fails_with('elsewhere/moved.o', ['f'], qr/'split\.o' \(-gsplit-dwarf\).*missing/, '... whose object with the .dwo sections is missing');
				}
				unlink 'gone', 'split.dwo', 'elsewhere/moved.o';
			}
		}
		SKIP: {
			# Several units, each with a .dwo of its own
			skip "no $compiler", 1 if !$found{$compiler};
			my @one = map { compiled($compiler, "-gdwarf-$dwarf", '-c', '-o', "one$_.o", "$_.c"); "one$_.o" } qw(t u);
			my @split = map { compiled($compiler, "-gdwarf-$dwarf", '-gsplit-dwarf', '-c', '-o', "split$_.o", "$_.c"); "split$_.o" } qw(t u);
			command('', 'ld', '-r', '-o', 'one.o', @one);
			command('', 'ld', '-r', '-o', 'split.o', @split);
			same_as(run(\@symbols, [], 'one.o'), 'split.o', "$compiler -gdwarf-$dwarf: units with a .dwo each");
			unlink 'split.o', 'splitt.dwo', 'splitu.dwo';
		}
	}
}

# dwz -m: .gnu_debugaltlink, and .debug_sup of DWARF 5
for my $options ([], ['--dwarf-5']) {
	for my $dwarf (4, 5) {
		SKIP: {
			skip 'no dwz', 1 if !$found{dwz} || !$found{gcc};
			for my $name ('p', 'q') {
				compiled('gcc', "-gdwarf-$dwarf", '-shared', '-fPIC', '-o', "$name.so", 't.c', 'u.c') or die;
			}
			my $want = run(\@symbols, [], 'p.so');
			my $r = command('', 'dwz', @$options, '-m', 'sup.debug', '-M', 'sup.debug', 'p.so', 'q.so');
			skip "dwz @$options fails: $r->{err}", 1 if !-e 'sup.debug';
			my $name = "dwz -m @$options, DWARF $dwarf";
			same_as($want, 'p.so', $name);
			rename 'sup.debug', 'gone';
			fails_with('p.so', ['f'], qr/supplementary file \(dwz\).*missing.*sup\.debug/, '... without its file');
			# Another build ID or checksum
			my $other = slurp('gone');
			my $linked = slurp('p.so');
			my ($id) = $linked =~ /sup\.debug\0.?(.{16,20}?)(?=\0|\.|$)/s;
			substr($other, index($other, substr($id, 2, 12)) + 2, 1) ^= "\xff";
			spew('sup.debug', $other);
			fails_with('p.so', ['f'], qr/supplementary file \(dwz\).*another build.*sup\.debug/, '... with that of another build');
			unlink 'sup.debug', 'gone';
		}
	}
}

# A .dwo that refers to a supplementary file, which no dwz writes
sub assembled {
	my ($name, $text) = @_;
	spew("$name.s", $text);
	return compiled($ENV{CC} || 'cc', '-c', '-o', $name, "$name.s");
}
SKIP: {
	skip 'the units are written for machines of 64 bits', 1 if predefined('__SIZEOF_POINTER__') != 8;
	assembled('s.o', <<'S') or die;
	.section .debug_info
	.4byte 2f-1f
1:	.2byte 5
	.byte 4, 8
	.4byte 0
	.8byte 1
	.byte 1
	.asciz "s.dwo"
2:
	.section .debug_abbrev
	.byte 1, 0x4a, 0, 0x76, 8, 0, 0, 0
S
	assembled('s.dwo', <<'S') or die;
	.section .debug_info.dwo, ""
	.4byte 2f-1f
1:	.2byte 5
	.byte 5, 8
	.4byte 0
	.8byte 1
	.byte 1
	.byte 2
	.asciz "v"
	.4byte 0xc
	.byte 0
2:
	.section .debug_abbrev.dwo, ""
	.byte 1, 0x11, 1, 0, 0
	.byte 2, 0x34, 0, 3, 8, 0x49, 0x1c, 0, 0, 0
S
	fails_with('s.o', ['v'], qr/a \.dwo with a supplementary file, which is not read \(DIE 0x\w+ in 's\.dwo'\)/, 'a .dwo with a supplementary file');
}
for my $type ('', ',%nobits') {
	my $object = die_object("compile_unit\n  variable name=v type:ref_sup4=13\n%asm .section .debug_sup,\"\"$type\n%asm .zero 64\n");
	fails_with($object, ['v'], qr/supplementary file.*no file is named/, "a .debug_sup with nothing in it$type");
}

# zstd, with a libelf that has it or hasn't
SKIP: {
	compiled($ENV{CC} || 'cc', '-c', '-o', 'one.o', 't.c') or die;
	skip 'no objcopy with zstd', 1 if command('', 'objcopy', '--compress-debug-sections=zstd', 'one.o', 'zstd.o')->{status} ne '0';
	skip 'nothing is compressed', 1 if command('', 'readelf', '-t', 'zstd.o')->{out} !~ /ZSTD/;
	if (needs_newer(run(['f'], [], 'zstd.o'))) {
		fails_with('zstd.o', ['f'], qr/cannot decompress section \.debug_\w+ of 'zstd\.o'.*zstd needs elfutils/, 'zstd, with a libelf without it');
	} else {
		same_as(run(\@symbols, [], 'one.o'), 'zstd.o', 'zstd');
	}
}

chdir '/';
done_testing();
