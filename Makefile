# SPDX-License-Identifier: GPL-2.0-only
CFLAGS ?= -O2 -g
PKG_CONFIG ?= pkg-config
LIBRARIES := libdw libelf zlib

ALL_CFLAGS = -std=gnu11 -D_GNU_SOURCE -Wall -Wextra $(shell $(PKG_CONFIG) --cflags $(LIBRARIES)) $(CFLAGS)
LIBS = $(shell $(PKG_CONFIG) --libs $(LIBRARIES))
OBJECTS := gendwarfksyms.o symbols.o dwarf.o die.o types.o kabi.o decode.o object.o cache.o

gendwarfksyms: $(OBJECTS)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $(OBJECTS) $(LIBS)

%.o: %.c gendwarfksyms.h crc32.h Makefile
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

clean:
	rm -f gendwarfksyms $(OBJECTS)

.PHONY: clean
