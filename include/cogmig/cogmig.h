/* SPDX-License-Identifier: Apache-2.0
 * Everything of libcogmig in one include. */
#ifndef COGMIG_COGMIG_H
#define COGMIG_COGMIG_H

#include <cogmig/audit.h>
#include <cogmig/claims.h>
#include <cogmig/cognito.h>
#include <cogmig/engine.h>
#include <cogmig/error.h>
#include <cogmig/export.h>
#include <cogmig/idmap.h>
#include <cogmig/keyset.h>
#include <cogmig/memory.h>
#include <cogmig/migration.h>
#include <cogmig/password.h>
#include <cogmig/reconcile.h>
#include <cogmig/status.h>
#include <cogmig/store.h>
#include <cogmig/user.h>
#include <cogmig/verifier.h>
#include <cogmig/version.h>

#endif
