#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# Next to genksyms (Debian's package linux-kbuild-VERSION): the same symbols in the same form of lines, and what changes a
# version by which tool, as the file "changes" and doc/VERSIONS.md have it.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gendwarfksyms;

my ($genksyms) = reverse sort glob '/usr/lib/linux-kbuild-*/scripts/genksyms/genksyms';
my $cc = $ENV{CC} || 'cc';

# As linux/export.h has it
my $export = "#ifdef __GENKSYMS__\n#define EXPORT_SYMBOL(name) __GENKSYMS_EXPORT_SYMBOL(name)\n#else\n#define EXPORT_SYMBOL(name)\n#endif\n";
my $count = 0;

sub objects {
	my ($text) = @_;
	my ($header, $source) = split /^source:\n/m, $text;
	$source .= "int f(struct s *s) { return 0; }\n" if ($source // '') !~ /\bf\(/;
	my $base = "$scratch/change" . ++$count;
	spew("$base.h", $header);
	spew("$base.c", "#include \"$base.h\"\n$export$source\nEXPORT_SYMBOL(f);\n");
	return $base;
}

sub versions {
	my ($base) = @_;
	my $r = command('', split(' ', $cc), '-g', '-w', '-c', '-o', "$base.o", "$base.c");
	die $r->{err} if $r->{status};
	my $ours = command("f\n", $tool, "$base.o");
	my $canonical = command("f\n", $tool, '--canonical', "$base.o");
	my $theirs = {out => ''};
	$theirs = command(command('', split(' ', $cc), '-E', '-D__GENKSYMS__', "$base.c")->{out}, $genksyms) if $genksyms;
	return ($theirs->{out}, $ours->{out}, $canonical->{out});
}

my ($table, %seen) = ('');
my $changes = slurp("$tests/kbuild/changes") =~ s/\A(?:#.*\n)+//r;
for my $change (split /\n{2,}(?=\S.*: (?:yes|no) (?:yes|no) (?:yes|no)\n)/, $changes =~ s/\A\n+//r) {
	my ($kind, $by_genksyms, $by_us, $canonical, $old, $new) = $change =~ /\A(.*): (yes|no) (yes|no) (yes|no)\n(.*?)^->\n(.*)\z/ms or die "cannot read: $change";
	my @old = versions(objects($old));
	my @new = versions(objects("$new\n"));
	is($old[1] eq $new[1] ? 'no' : 'yes', $by_us, "gendwarfksyms: $kind");
	is($old[2] eq $new[2] ? 'no' : 'yes', $canonical, "--canonical: $kind");
	like($old[1], qr/\A#SYMVER f 0x[0-9a-f]{8}\n\z/, '... a line');
	SKIP: {
		skip 'genksyms is not installed', 2 if !$genksyms;
		is($old[0] eq $new[0] ? 'no' : 'yes', $by_genksyms, "genksyms: $kind");
		is($old[0] =~ s/0x.*//r, $old[1] =~ s/0x.*//r, '... the same symbol in the same form');
	}
	$table .= sprintf "\t%-66s  %-8s  %-13s  %s\n", $kind, $by_genksyms, $by_us, $canonical;
}
my $kinds = () = $table =~ /\n/g;
cmp_ok($kinds, '>=', 30, 'kinds of changes');
my ($shown) = slurp("$tests/../doc/VERSIONS.md") =~ /^(\tchange +genksyms  gendwarfksyms  --canonical\n(?:\t.*\n)+)/m;
is($shown, sprintf("\t%-66s  %-8s  %-13s  %s\n", 'change', 'genksyms', 'gendwarfksyms', '--canonical') . $table, 'the table of doc/VERSIONS.md');
print "# the table for doc/VERSIONS.md:\n", $table =~ s/^/#/mgr if ($shown // '') !~ /\Q$table/;

# Many symbols
SKIP: {
	skip 'genksyms is not installed', 1 if !$genksyms;
	my $base = "$scratch/many";
	my $source = join '', map {"int f$_(struct s *s, int x$_) { return 0; }\nEXPORT_SYMBOL(f$_);\nlong v$_;\nEXPORT_SYMBOL(v$_);\n"} 1 .. 50;
	spew("$base.c", "struct s { int a; };\n$export$source");
	my $r = command('', split(' ', $cc), '-g', '-w', '-c', '-o', "$base.o", "$base.c");
	my $theirs = command(command('', split(' ', $cc), '-E', '-D__GENKSYMS__', "$base.c")->{out}, $genksyms)->{out};
	my $names = join '', map {"f$_\nv$_\n"} 1 .. 50;
	my $ours = command($names, $tool, "$base.o")->{out};
	is(join('', sort map {s/0x[0-9a-f]{8}$/CRC/r} split /^/m, $ours), join('', sort map {s/0x[0-9a-f]{8}$/CRC/r} split /^/m, $theirs), 'the lines of 100 symbols');
}

done_testing();
