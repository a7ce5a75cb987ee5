/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Versions: expansions of type strings, and their CRCs (FORMAT 7).
 */
#ifndef VERSIONS_H
#define VERSIONS_H

#include "types.h"

/*
 * Computes the version of a symbol with that string. Error: a reference that is in
 * neither table nor rules.
 */
uint32_t version_of(struct type_table *table, struct type_string *string, const char *name);

/*
 * Prints the expansion of that string on standard error, once its version has been
 * computed.
 */
void version_dump(struct type_table *table, struct type_string *string, const char *name);

#endif
