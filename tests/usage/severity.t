#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# kabi-compare: what may pass, by type and kind of change; exports; the reports (FORMAT.md 14). (render.t lets each kind of change pass by its rule.)
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Gendwarfksyms;

my $program = "$tests/../kabi-compare$suffix";
my $int = 'base_type int byte_size(4) encoding(5)';

sub compare {
	my ($old, $new, @options) = @_;
	return command('', $program, @options, spew("$scratch/old", $old), spew("$scratch/new", $new));
}
sub rules { return ('-r', spew("$scratch/rules", join '', map {"$_\n"} @_)) }

# Two types change, s grows and e gets an enumerator: a is hurt by both, b and c by one, and d by none; new and gone come and go.
my $old = <<"END";
/* vmlinux.o */
a subprogram ( formal_parameter s#s x , formal_parameter e#e y ) -> $int
b variable s#s
e#e enumeration_type e { enumerator A = 0 } byte_size(4)
s#s structure_type s { member $int a data_member_location(0) } byte_size(4)
/* fs/log.o */
c variable e#e
d variable $int
gone variable $int
END
my $new = $old =~ s/gone/new/r =~ s/A = 0/A = 0 , enumerator B = 1/r =~ s/(location\(0\)) \} byte_size\(4\)/$1 , member $int b data_member_location(4) } byte_size(8)/r;
my @short = ('changed c fs/log.o', 'removed gone fs/log.o', 'added new fs/log.o', 'changed a vmlinux.o', 'changed b vmlinux.o');
sub short_is {
	my ($rules, $want, $name) = @_;
	my $r = compare($old, $new, '-f', 'short', rules(@$rules));
	is("$r->{status} $r->{out}$r->{err}", (@$want ? 1 : 0) . ' ' . join('', map {"$_\n"} @$want), $name);
	return;
}
short_is([], \@short, 'without rules');
short_is(['TYPE e#e PASS'], [@short[1 .. 4]], 'a type: symbols that it alone hurts pass');
short_is(['TYPE s#s PASS'], [@short[0 .. 3]], '... the other');
short_is(['TYPE s#s PASS', 'TYPE e#* PASS'], [@short[1, 2]], '... both');
short_is(['TYPE ?#? PASS', 'CHANGE symbol-* PASS'], [], '... all');
short_is(['CHANGE enumerator-added-at-end PASS'], [@short[1 .. 4]], 'a kind of change');
short_is(['CHANGE size PASS'], \@short, '... which is not all that changed in s#s');
short_is(['CHANGE size PASS', 'CHANGE member-added-at-end PASS'], [@short[0 .. 3]], '... but two are');
short_is(['CHANGE symbol-added PASS'], [@short[0, 1, 3, 4]], 'new symbols');
short_is(['CHANGE symbol-removed PASS'], [@short[0, 2 .. 4]], 'removed ones');
short_is(['SYMBOL a FAIL', 'TYPE s#s PASS', 'CHANGE enumerator-added-at-end PASS'], [@short[1 .. 3]], 'the first rule that is for a symbol, its type or kind counts: FAIL for the symbol');
short_is(['TYPE s#s PASS', 'SYMBOL a FAIL', 'CHANGE enumerator-added-at-end PASS'], [@short[1 .. 3]], '... after the one for one of its types');
short_is(['TYPE s#s PASS', 'CHANGE enumerator-added-at-end PASS', 'SYMBOL a FAIL'], [@short[1, 2]], '... after both');
short_is(['TYPE s#s FAIL', 'vmlinux PASS'], [@short[0 .. 4]], 'FAIL for a type, before the rule for the module that would let it pass');
short_is(['vmlinux PASS', 'TYPE s#s FAIL'], [@short[0 .. 2]], '... and after it');
short_is(['CHANGE size FAIL', 'TYPE s#s PASS', 'TYPE e#e PASS'], [@short[1 .. 4]], 'FAIL for a kind');
short_is(["TYPE s#s PASS # why", '# TYPE e#e PASS'], [@short[0 .. 3]], 'comments');
short_is(['s#s PASS', "e#* PASS"], [@short[1, 2]], 'a reference is about types, also if it does not say so');
is(compare("f variable $int\n", "f variable s#s\ns#s structure_type s { }\n", rules('TYPE * PASS'))->{status}, 1, "TYPE is not about a symbol's own type");
my $r = compare($old, $new, rules('TYPE s#s PASS', 'TYPE u#s PASS', 'CHANGE other PASS', 'SYMBOL none PASS', 'CHANGE size FAIL'));
is($r->{err} =~ s/\Q$scratch\E/TMP/gr, join('', map {"warning: kabi-compare: rules: line $_->[0] of 'TMP/rules': the rule '$_->[1]' decides nothing: it matches $_->[2], or an earlier one does\n"} [2, 'u#s', 'nothing that changed'], [3, 'other', 'nothing that changed'], [4, 'none', 'no symbol'], [5, 'size', 'nothing that changed']),
	'rules that are of no use');
for my $option ('-r', '-s') {
	my @twice = ($option, spew("$scratch/one", "f FAIL\n" =~ s/ FAIL//r)) x 2;
	@twice = ($option, spew("$scratch/one", "f FAIL\n")) x 2 if $option eq '-r';
	like(compare($old, $new, @twice)->{err}, qr/^error: .* --\w+ is given twice$/m, "$option twice");
}
is(compare($old, $new, '-f', 'short', '-s', spew("$scratch/list", "gon[e]\n"))->{out}, "$short[1]\n", 'a list with brackets');
is(compare($old, $new, '-f', 'short', '-s', spew("$scratch/list", "[abi symbol list]\n  [other list] \nb\n"))->{out}, "changed b vmlinux.o\n", 'headings with blanks');
for my $case (['CHANGE member-grown PASS', "no kind of change is called 'member-grown' \\(kabi-compare\\(1\\)"], ['TYPE PASS', "the rule 'TYPE'"], ['TYPE s#s s#e PASS', 'there is more in it than expected']) {
	$r = compare($old, $new, rules($case->[0]));
	like($r->{err}, qr/line 1 of '.*rules': $case->[1]/, "a rule: $case->[0]");
}

# Names of Rust have blanks, brackets and stars
{
	my $name = "s#'core::A<*const u8, [B; 2]>'";
	my $rust = "a variable $name\n$name structure_type core::A<*const u8, [B; 2]> { member $int a } byte_size(4)\n";
	for my $case (["TYPE $name PASS", 0], ["TYPE s#'core::*' PASS", 0], ["TYPE s#'core::A<*const u8, [C; 2]>' PASS", 1], ["TYPE *core* PASS", 0]) {
		is(compare($rust, $rust =~ s/int a/int c/r =~ s/member base_type int/member base_type long/r, rules($case->[0]))->{status}, $case->[1], "a rule: $case->[0]");
	}
}

{
	my $twice = "/* a.o */\nf variable $int\n/* b.o */\nf variable base_type long int byte_size(8) encoding(5)\n";
	my $r = compare($twice, $twice =~ s/long int byte_size\(8\)/short int byte_size(2)/r);
	is("$r->{status} $r->{err}", '0 ' . join('', map {"warning: kabi-compare: judge: '$scratch/$_' has the symbol f in a.o and in b.o: only the first is compared\n"} 'old', 'new'), 'a symbol in two sections');
}

# What passes is reported
$r = compare($old, $new, rules('TYPE s#s PASS', 'CHANGE enumerator-added-at-end PASS', 'CHANGE symbol-* PASS', 'SYMBOL a FAIL'));
is($r->{out} =~ s/0x[0-9a-f]{8}/CRC/gr, <<"END", 'all pass: no cause, each symbol with the lines of its rules');
0 symbols changed, 0 symbols added, 0 symbols removed, 5 passed; 4 symbols compared

fs/log.o: c changed from CRC to CRC: e#e changed (passes: line 2 of '$scratch/rules')
fs/log.o: gone removed (passes: line 3 of '$scratch/rules')
fs/log.o: new added (passes: line 3 of '$scratch/rules')
vmlinux.o: a changed from CRC to CRC: s#s changed, e#e changed (passes: lines 1, 2 of '$scratch/rules')
vmlinux.o: b changed from CRC to CRC: s#s changed (passes: line 1 of '$scratch/rules')
END
is($r->{status}, 0, '... exit status 0');
$r = compare($old, $new, rules('TYPE s#s PASS', 'CHANGE symbol-* PASS'));
is($r->{out} =~ s/0x[0-9a-f]{8}/CRC/gr, <<"END", '... or one of two causes');
2 symbols changed, 0 symbols added, 0 symbols removed, 3 passed; 4 symbols compared

e#e changed: 2 symbols (c, a) in 2 files (fs/log.o, vmlinux.o)
  'B' (B = 1) was added at the end [enumerator-added-at-end]
--- e#e
+++ e#e
\@\@ -1,3 +1,4 \@\@
 enum e {
 	A = 0,
+	B = 1,
 }; /* size: 4 */

fs/log.o: c changed from CRC to CRC: e#e changed
fs/log.o: gone removed (passes: line 2 of '$scratch/rules')
fs/log.o: new added (passes: line 2 of '$scratch/rules')
vmlinux.o: a changed from CRC to CRC: s#s changed (passes), e#e changed
vmlinux.o: b changed from CRC to CRC: s#s changed (passes: line 1 of '$scratch/rules')
END

# The summary
is(compare($old, $new, '-f', 'summary')->{out}, <<'END', 'a summary: what each cause hurts, and how many it alone');
3 symbols changed, 1 symbol added, 1 symbol removed, 0 passed; 4 symbols compared
  e#e changed: 2 symbols, 1 by it alone
  s#s changed: 2 symbols, 1 by it alone; 3 by the first 2 alone
END
is(compare($old, $old, '-f', 'summary')->{out}, '', '... nothing if nothing differs');
{
	# Symbol f1 leads to s1, f2 to s1 and s2, and so on: in the order of what they hurt, symbols are free one by one.
	my $many = join '', map({ my $n = $_; sprintf "f%02d subprogram ( %s ) -> $int\n", $n, join ' , ', map {"formal_parameter s#s$_"} 1 .. $n } 1 .. 14), map {"s#s$_ structure_type s$_ { member $int a }\n"} 1 .. 14;
	my @want = map { "  s#s$_ changed: " . (15 - $_) . " symbol" . ($_ == 14 ? '' : 's') . ', ' . ($_ == 1 ? 1 : 0) . ' by it alone' . ($_ == 1 ? '' : "; $_ by the first $_ alone") } 1 .. 10;
	is(compare("/* a */\n$many", "/* a */\n" . $many =~ s/int byte_size\(4\) encoding\(5\) a/long byte_size(8) encoding(5) a/gr, '-f', 'summary')->{out},
		join("\n", '14 symbols changed, 0 symbols added, 0 symbols removed, 0 passed; 14 symbols compared', @want, '  and 4 more', ''), '... of many causes the first ten');
}

{
	# Two types of one name
	my $two = "/* a.o */\nf variable s#s\ns#s structure_type s { member $int a }\n/* b.o */\ng variable s#s\ns#s structure_type s { member $int b }\n";
	is(compare($two, $two =~ s/int byte_size\(4\)/long byte_size(8)/gr, '-f', 'summary')->{out}, <<'END', '... of types of one name each with a file');
2 symbols changed, 0 symbols added, 0 symbols removed, 0 passed; 2 symbols compared
  s#s in a.o changed: 1 symbol, 1 by it alone
  s#s in b.o changed: 1 symbol, 1 by it alone; 2 by the first 2 alone
END
}

# Causes: what a symbol led to. f leads to s, which leads to a new type n now, and through it to t, which changed for g; g leads to s by t's change alone.
{
	my $old = "f variable s#s\ng variable s#t\ns#s structure_type s { member $int a }\ns#t structure_type t { member $int a }\n";
	my $new = "f variable s#s\ng variable s#t\ns#n structure_type n { member s#t t }\ns#s structure_type s { member $int a , member s#n n }\ns#t structure_type t { member $int a , member s#s s }\n";
	my $summary = "2 symbols changed, 0 symbols added, 0 symbols removed, 0 passed; 2 symbols compared\n  s#s changed: 1 symbol, 1 by it alone\n  s#t changed: 1 symbol, 1 by it alone; 2 by the first 2 alone\n";
	is(compare($old, $new, '-f', 'summary')->{out}, $summary, 'types that a change leads to are no causes');
	is(compare($new, $old, '-f', 'short', rules('TYPE s#s PASS'))->{out} . compare($old, $new, '-f', 'short', rules('TYPE s#s PASS'))->{out}, join('', map {"changed $_ $scratch/new\n"} qw(f g g)), '... and need no rule; but the other way round they changed, too');
	# In a random graph: with the causes of f as they were, it is what it was, and not with fewer of them. (By g, all types are in both files.)
	my ($bad, $seen, $random) = ('', 0, 11);
	my $next = sub { $random = ($random * 1103515245 + 12345) & 0x7fffffff; return ($random >> 8) % $_[0] };
	my $string = sub { return "structure_type t$_[0] { " . join(' , ', map { 'member s#t' . $next->(14) . ' m' . $next->(99) } 1 .. $next->(3)) . " , member $int x }" };
	my $text = sub { my ($types) = @_; return join '', "f variable s#t0\n", 'g subprogram ( ' . join(' , ', map {"formal_parameter s#t$_"} 0 .. 13) . " ) -> $int\n", map {"s#t$_ $types->{$_}\n"} sort keys %$types };
	my @only_f = ('-s', spew("$scratch/list", "f\n"));
	for my $round (1 .. 60) {
		my %old = map { ($_ => $string->($_)) } 0 .. 13;
		my %new = (%old, map { my $number = $next->(14); ($number => $string->($number)) } 1 .. 4);
		my ($causes) = compare($text->(\%old), $text->(\%new), @only_f)->{out} =~ /: f changed from \S+ to \S+: (.*)/ or next;
		my @causes = $causes =~ /s#t(\d+)/g;
		for my $left ('', @causes) {
			my %mixed = (%new, map { $_ eq $left ? () : ($_ => $old{$_}) } @causes);
			$bad .= "round $round: $causes, without $left\n" if compare($text->(\%old), $text->(\%mixed), @only_f)->{status} != ($left eq '' ? 0 : 1);
			$seen++;
		}
	}
	is($bad, '', '... with the causes of a change undone it is gone, and not with fewer of them');
	cmp_ok($seen, '>', 80, '... enough of them');
}

# Exports
my @symvers = ("0x00000000\ta\tvmlinux\tEXPORT_SYMBOL\t\n0x00000000\tb\tvmlinux\tEXPORT_SYMBOL_GPL\tOLD_NS\n0x00000000\tc\tfs/log\tEXPORT_SYMBOL_GPL\t\n0x00000000\td\tfs/log\tEXPORT_SYMBOL\tONE\n",
	"0x00000000\ta\tvmlinux\tEXPORT_SYMBOL_GPL\t\n0x00000000\tb\tvmlinux\tEXPORT_SYMBOL_GPL\t\n0x00000000\tc\tfs/other\tEXPORT_SYMBOL\t\n0x00000000\td\tfs/log\tEXPORT_SYMBOL_GPL\tTWO\n0x00000000\tnew\tfs/log\tEXPORT_SYMBOL\t\n");
my @both = ('--old-symvers', spew("$scratch/old.symvers", $symvers[0]), '-m', spew("$scratch/new.symvers", $symvers[1]));
$r = compare($old, $old, @both);
is($r->{out} . $r->{err}, <<'END', 'exports: what became GPL-only, and what moved; what is for all or in no namespace passes');
0 symbols changed, 0 symbols added, 0 symbols removed, 3 exports changed, 1 passed; 5 symbols compared

fs/log.o: c export: it is no longer for modules under the GPL only [export-for-all], it is in the module fs/other, was in fs/log [export-module]
fs/log.o: d export: it is for modules under the GPL only [export-gpl-only], it is in the namespace TWO, was in ONE [export-namespace]
vmlinux.o: a export: it is for modules under the GPL only [export-gpl-only]
vmlinux.o: b export: it was in the namespace OLD_NS [export-no-namespace] (passes)
END
is($r->{status}, 1, '... exit status 1');
is(compare($old, $old, @both, '-f', 'short')->{out}, "export c fs/log.o\nexport d fs/log.o\nexport a vmlinux.o\n", '... one a line');
is(compare($old, $old, @both, '-f', 'short', rules('CHANGE export-module PASS', 'CHANGE export-no-namespace FAIL', 'SYMBOL d PASS'))->{out}, "export a vmlinux.o\nexport b vmlinux.o\n", '... rules for them');
is(compare($old, $old, @both, '-f', 'short', rules('SYMBOL b FAIL', 'SYMBOL ? PASS'))->{out}, "export b vmlinux.o\n", '... FAIL for a symbol whose change would pass');
is(compare($old, $old, @both, rules('CHANGE export-* PASS'))->{status}, 0, '... all pass');
is(compare($old, $old, @both[0, 1, 2], spew("$scratch/same.symvers", $symvers[0]))->{status}, 0, '... the same');
is(compare($old, $old, @both[0, 1, 2], spew("$scratch/same.symvers", $symvers[0] =~ s/\t\n/\n/gr))->{status}, 0, '... without a field for namespaces');
is(compare($old, $old, @both, '-s', spew("$scratch/list", "b\n"))->{status}, 0, '... of the listed symbols alone');
is(compare($old, $old, @both[0, 1, 2], spew("$scratch/less.symvers", $symvers[0] =~ s/^.*\tb\t.*\n//mr), '-f', 'short')->{out}, "export b vmlinux.o\n", '... a symbol that is not exported any more');
is(compare($old, $old, @both[0, 1, 2], "$scratch/less.symvers", rules('CHANGE export-removed PASS'))->{status}, 0, '... which passes by a rule');
{
	# Of two lines for a symbol, here in two files, the first counts.
	my @many = map { my $export = $_; join '', map {"0x00000000\tf$_\tvmlinux\t$export\n"} 1 .. 3000 } 'EXPORT_SYMBOL', 'EXPORT_SYMBOL_GPL';
	my ($plain, $gpl) = (spew("$scratch/plain", $many[0]), spew("$scratch/gpl", $many[1]));
	my $all = join '', map {"f$_ variable $int\n"} sort 1 .. 3000;
	is(compare($all, $all, '--old-symvers', $plain, '-m', $plain, '-m', $gpl, '-f', 'summary')->{out}, '', '... in several files: the first line for a symbol counts');
}
$r = compare($old, $old, @both[0, 1]);
like("$r->{status}$r->{out}$r->{err}", qr/\A2error: .*--old-symvers needs the Module.symvers of the other build: --symvers$/, 'one of two builds');

# Versions in Module.symvers that aren't the baseline's
{
	my %versions = compare($old, $new)->{out} =~ /: (\w) changed from (0x[0-9a-f]{8})/g;
	my $right = join '', map {"$versions{$_}\t$_\tvmlinux\tEXPORT_SYMBOL\n"} sort keys %versions;
	is(compare($old, $old, '-m', spew("$scratch/right", $right))->{err}, '', 'the right Module.symvers');
	$r = compare($old, $old, '-m', spew("$scratch/wrong", $right =~ s/$versions{b}/0x12345678/r));
	is($r->{err}, "warning: kabi-compare: judge: 1 of 3 symbols have another version in '$scratch/wrong' than in '$scratch/new' (b: 0x12345678, $versions{b}): are they of one build? (A baseline of linked objects, or --canonical, has versions of its own.)\n", '... or of another build');
	is($r->{status}, 0, '... a warning');
	my %new_versions = compare($old, $new)->{out} =~ /: (\w) changed from 0x[0-9a-f]{8} to (0x[0-9a-f]{8})/g;
	my $of_new = spew("$scratch/of-new", join '', map {"$new_versions{$_}\t$_\tvmlinux\tEXPORT_SYMBOL\n"} sort keys %new_versions);
	is(compare($old, $new, '-m', $of_new)->{err}, '', '... the right one of the newer');
	is(compare($old =~ s/^s#s/override s#s/mr, $new, '-m', $of_new)->{err}, '', '... of which overrides make no other');
	like(compare($old, $old, '-m', spew("$scratch/long", "0x112345678\ta\tvmlinux\tEXPORT_SYMBOL\n"))->{err}, qr/line 1 of '.*long': this is no line of a Module.symvers/, '... a version of more than 32 bits');
	like(compare($old, $new, '--old-symvers', "$scratch/right", '-m', "$scratch/right")->{err}, qr/\Awarning: \S+ judge: 3 of 3 symbols .*'\Q$scratch\E\/right' than in '\Q$scratch\E\/new' .*\n\z/, '... that of the older given for the newer');
}

# The diffs of type strings
is(compare($old, $new, '-f', 'types')->{out}, <<'END', 'type strings');
e#e changed: 2 symbols (c, a) in 2 files (fs/log.o, vmlinux.o)
--- e#e
+++ e#e
@@ -1,3 +1,4 @@
 enumeration_type e {
   enumerator A = 0
+  enumerator B = 1
 } byte_size(4)

s#s changed: 2 symbols (a, b) in 1 file (vmlinux.o)
--- s#s
+++ s#s
@@ -1,3 +1,4 @@
 structure_type s {
   member base_type int byte_size(4) encoding(5) a data_member_location(0)
-} byte_size(4)
+  member base_type int byte_size(4) encoding(5) b data_member_location(4)
+} byte_size(8)

END

# Several reports at once
{
	my %alone = map { ($_ => compare($old, $new, '-f', $_)->{out}) } qw(full summary short types json);
	$r = compare($old, $new, '-f', 'short', map { ('-f', "$_:$scratch/report.$_") } qw(full summary types json));
	is($r->{out} . $r->{err}, $alone{short}, 'several formats: standard output');
	is(slurp("$scratch/report.$_"), $alone{$_}, "... and a file for $_") for qw(full summary types json);
	is(compare($old, $new, '-f', "full:$scratch/report.full")->{out}, '', 'a file alone: nothing on standard output');
	for my $case ([['-f', 'full', '-f', 'short'], qr/two formats for standard output: add :FILE to one of them/], [['-f', "full:$scratch/x", '-f', "short:$scratch/x"], qr/'.*\/x' and '.*\/x', which are to be written, are the same file/],
		[['-f', "full:$scratch/none/x"], qr/cannot write '.*none\/x': No such file/], [['-f', 'full:'], qr/no file stands after 'full:'/], [['-f', 'fulll:x'], qr/unknown format 'fulll': /]) {
		$r = compare($old, $new, @{$case->[0]});
		like("$r->{status}$r->{out}$r->{err}", qr/\A2error: .*$case->[1]/, "... an error: @{$case->[0]}");
	}
	for my $files (['full', "json:$scratch/none/x"], ["json:$scratch/none/x", 'full'], ['full', 'json:/dev/full'], ["summary:$scratch/before", 'full', 'json:/dev/full']) {
		$r = compare($old, $new, map { ('-f', $_) } @$files);
		is($r->{status} . $r->{out}, '2', "... nothing is printed after an error: @$files");
	}
	ok(!-e "$scratch/before", '... nor written');
	my $sanitized = sanitized('kabi-compare');
	SKIP: {
		skip 'no kabi-compare-sanitized, or it does not run here', 1 if !$sanitized;
		$r = command('', $sanitized, '-f', "json:$scratch/one", '-f', "full:$scratch/two", "$scratch/old", "$scratch/new");
		is($r->{status} . $r->{err}, '1', '... files, with the sanitizers');
	}
	# One file, by whatever path
	symlink "$scratch/old", "$scratch/link" or die;
	for my $case ([['-f', "full:$scratch/once", '-f', "json:$scratch/./once"], qr/'\Q$scratch\E\/once' and '\Q$scratch\E\/\.\/once', which are to be written, are the same file/], [['-f', "full:$scratch/link"], qr/'\Q$scratch\E\/old' is read, and '.*link' would be written over it$/],
		[['-f', "full:$scratch/./new"], qr/'\Q$scratch\E\/new' is read, and '.*new' would be written over it/], [[rules('e#e PASS'), '-f', "full:$scratch/rules"], qr/'.*rules' is read, /],
		[['-m', $both[1], '-f', "full:$both[1]"], qr/'.*old\.symvers' is read, /]) {
		$r = compare($old, $new, @{$case->[0]});
		like("$r->{status}$r->{out}$r->{err}", qr/\A2error: .*$case->[1]/, "... an error: @{$case->[0]}");
		is(slurp("$scratch/old") . slurp("$scratch/new"), $old . $new, '... and nothing is written');
	}
	ok(!-e "$scratch/once", '... nowhere');
	is(compare($old, $new, '-f', 'json:/dev/null', '-s', '/dev/null')->{err} =~ /lists no symbol/ ? 1 : 0, 1, '... devices are none');
	# After an error, a file is as it was.
	spew("$scratch/kept", 'kept');
	$r = command('', 'sh', '-c', "'$program' -f full -f 'json:$scratch/kept' '$scratch/old' '$scratch/new' >/dev/full");
	is($r->{status} . slurp("$scratch/kept"), '2kept', '... and a file is as it was if another write fails');
	is(join(' ', glob("$scratch/kept*")), "$scratch/kept", '... and nothing is left beside it');
}

# JSON
SKIP: {
	sub json {
		my ($text) = @_;
		my $r = command($text, 'python3', '-c', 'import json, sys; sys.stdout.reconfigure(errors="backslashreplace"); print(eval(sys.argv[1], {"j": json.loads(sys.stdin.buffer.read().decode("utf-8"))}))', $_[1]);
		return $r->{out} . $r->{err};
	}
	my $text = compare($old, $new, '-f', 'json', rules('TYPE s#s PASS', 'SYMBOL new PASS'), '-s', spew("$scratch/list", "*\n"))->{out};
	for my $case (['[k for k in j]', "['format', 'old', 'new', 'compared', 'failed', 'passed', 'causes', 'differences']"],
		['[j[k] for k in ("format", "compared", "failed", "passed")]', "[1, 4, {'changed': 2, 'added': 0, 'removed': 1, 'export': 0}, 2]"],
		['[(c["type"], c["change"], c["hurts"], c["alone"], c["without"]) for c in j["causes"]]', "[('e#e', 'changed', 2, 2, 2), ('s#s', 'changed', 0, 0, 0)]"],
		['j["causes"][0]["old"]', 'enumeration_type e { enumerator A = 0 } byte_size(4)'],
		['j["causes"][0]["findings"]', "[{'kind': 'enumerator-added-at-end', 'text': \"'B' (B = 1) was added at the end\", 'rule': None}]"],
		['[f["rule"] for f in j["causes"][1]["findings"]]', '[1, 1]'],
		['[(s["name"], s["file"], s["change"], s["passes"], s["rules"], s.get("causes"), s.get("hurt_by"), s.get("old_file"), [f["kind"] for f in s.get("findings", [])]) for s in j["differences"]]',
			"[('c', 'fs/log.o', 'changed', False, [], [0], [0], 'fs/log.o', []), ('gone', 'fs/log.o', 'removed', False, [], None, None, None, ['symbol-removed']), ('new', 'fs/log.o', 'added', True, [2], None, None, None, ['symbol-added']), ('a', 'vmlinux.o', 'changed', False, [1], [1, 0], [0], 'vmlinux.o', []), ('b', 'vmlinux.o', 'changed', True, [1], [1], [], 'vmlinux.o', [])]"],
		['all(len(s["old_version"]) == 10 and s["old_version"] != s["new_version"] for s in j["differences"] if "causes" in s)', 'True']) {
		is(json($text, $case->[0]), "$case->[1]\n", "JSON: $case->[0]");
	}
	is(json(compare($old, $old, '-f', 'json')->{out}, '(j["compared"], j["causes"], j["differences"])'), "(5, [], [])\n", '... nothing differs');
	is(json(compare("f int f ( int )\n", "f int f ( long )\n", '-f', 'json')->{out}, '["old_version" in j["differences"][0], len(j["differences"][0]["causes"])]'), "[False, 1]\n", '... of genksyms, whose versions are not known');
	# Whatever is in a name: valid, and what is UTF-8 is kept.
	for my $case (["\"\\\x01\x1f\x7f", '"\\\\\x01\x1f\x7f'], ["\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"], ["\x80", "\xef\xbf\xbd"], ["\xc0\x80", "\xef\xbf\xbd" x 2], ["\xe0\x80\x80", "\xef\xbf\xbd" x 3], ["\xed\xa0\x80", "\xef\xbf\xbd" x 3],
		["\xf0\x80\x80\x80", "\xef\xbf\xbd" x 4], ["\xf4\x90\x80\x80", "\xef\xbf\xbd" x 4], ["\xf5", "\xef\xbf\xbd"], ["\xe2\x82", "\xef\xbf\xbd" x 2], ["\xc3", "\xef\xbf\xbd"], ["\xf0\x9f\x98", "\xef\xbf\xbd" x 3], ["\xc3\x28", "\xef\xbf\xbd("]) {
		my ($name, $want) = @$case;
		$want = '"\\' . "\x01\x1f\x7f" if $name =~ /^"/;
		my $got = command(compare("f$name variable $int\n", "g variable $int\n", '-f', 'json')->{out}, 'python3', '-c', 'import json, sys; sys.stdout.buffer.write(json.loads(sys.stdin.buffer.read().decode("utf-8"))["differences"][1]["name"].encode())')->{out};
		is($got, "f$want", '... a name with ' . join ' ', map { sprintf '%02x', ord } split //, $name);
	}
}

done_testing();
