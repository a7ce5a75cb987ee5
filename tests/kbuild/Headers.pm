# SPDX-License-Identifier: GPL-2.0-only
# The kernel headers that are installed, and builds of modules with them through kbuild/make. (Debian's packages:
# linux-headers-VERSION-amd64. KERNEL_HEADERS=FOLDERS are others, each with a tree `build` in it.)
package Headers;
use strict;
use warnings;
use Cwd ();
use Exporter qw(import);
use Gendwarfksyms;

our @EXPORT = qw($top @trees configured run_make build versions_of assembly);

delete @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL)};

our $top = Cwd::abs_path("$tests/..");
$ENV{GENDWARFKSYMS} = Cwd::abs_path($tool);

# Headers with another configuration, without a .config: links to what is in a tree, but for the files that say how it is configured.
sub configured {
	my ($tree, $to, %options) = @_;
	my $from = Cwd::abs_path("$tree/build");
	my $config = slurp("$from/include/config/auto.conf");
	my $header = slurp("$from/include/generated/autoconf.h");
	for my $option (keys %options) {
		$config =~ s/^CONFIG_$option=.*\n//m;
		$header =~ s/^#define CONFIG_$option .*\n//m;
		next if !$options{$option};
		$config .= "CONFIG_$option=y\n";
		$header .= "#define CONFIG_$option 1\n";
	}
	mkdir $_ for $to, map {"$to/build$_"} '', '/scripts', '/include', '/include/config', '/include/generated';
	for my $folder ('', '/scripts', '/include', '/include/generated') {
		symlink $_, "$to/build$folder/" . (/([^\/]*)$/)[0]
			for grep { !/\/(?:scripts|include|config|generated|autoconf\.h|Makefile|Module\.symvers|\.config|gendwarfksyms|\.\.?)$/ } glob "$from$folder/* $from$folder/.*";
	}
	# The place of the tree's own tool
	mkdir "$to/build/scripts/gendwarfksyms";
	symlink $ENV{GENDWARFKSYMS}, "$to/build/scripts/gendwarfksyms/gendwarfksyms";
	# (The others in there are empty.)
	spew("$to/build/include/config/" . (/([^\/]*)$/)[0], slurp($_)) for grep {-s} glob "$from/include/config/*";
	spew("$to/build/include/config/auto.conf", $config);
	spew("$to/build/include/generated/autoconf.h", $header);
	spew("$to/build/Makefile", slurp("$from/Makefile") =~ s/^KBUILD_OUTPUT=.*/KBUILD_OUTPUT=$to\/build/mr);
	my $symvers = slurp("$from/Module.symvers");
	$symvers .= "0x12345678\tmodule_layout\tvmlinux\tEXPORT_SYMBOL\t\n" if $symvers !~ /\tmodule_layout\t/;
	spew("$to/build/Module.symvers", $symvers);
	return $to;
}

# The newest comes first: what doesn't depend on the version of kbuild is tested with that alone. Trees since 6.14 get the step for
# gendwarfksyms.
sub by_version { return $_[0] =~ s/(\d+)/sprintf '%09d', $1/ger }
our @trees = reverse sort { by_version($a) cmp by_version($b) }
	grep { -e "$_/build/include/config/auto.conf" } $ENV{KERNEL_HEADERS} ? split ' ', $ENV{KERNEL_HEADERS} : glob '/lib/modules/*';
for my $tree (@trees) {
	next if slurp("$tree/build/include/config/auto.conf") =~ /^CONFIG_MODVERSIONS=y$/m;
	my ($name) = $tree =~ /([^\/]*)$/;
	$tree = configured($tree, "$scratch/$name", map { $_ => 1 } qw(MODVERSIONS ASM_MODVERSIONS GENDWARFKSYMS BASIC_MODVERSIONS EXTENDED_MODVERSIONS));
}

# Runs kbuild/make for a module, with targets (words of a text) and variables.
sub run_make {
	my ($tree, $folder, $targets, @variables) = @_;
	return command('', "$top/kbuild/make", '-C', "$tree/build", "M=$folder", @variables, split ' ', $targets);
}

# Builds, and returns the versions by symbol.
sub build {
	my ($tree, $folder, @variables) = @_;
	my $r = run_make($tree, $folder, 'modules', @variables);
	return ($r, $r->{status} ? {} : versions_of($folder));
}

sub versions_of {
	my ($folder) = @_;
	return {map { /^(0x[0-9a-f]{8})\t(\S+)\t/ ? ($2, $1) : () } split /\n/, slurp("$folder/Module.symvers") // ''};
}

# A source in assembly that exports a function.
sub assembly {
	my ($name) = @_;
	return <<'E' =~ s/NAME/$name/gr;
#include <linux/linkage.h>
#if __has_include(<asm/export.h>)
#include <asm/export.h>
#else
#include <linux/export.h>
#endif
SYM_FUNC_START(NAME)
#ifdef CONFIG_X86
	RET
#else
	ret
#endif
SYM_FUNC_END(NAME)
EXPORT_SYMBOL(NAME)
E
}

1;
