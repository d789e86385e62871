/* SPDX-License-Identifier: Apache-2.0
 * One function per verb: its arguments without the program's name, the exit code out. */
#ifndef COGMIG_TOOL_VERBS_H
#define COGMIG_TOOL_VERBS_H

int verb_audit(int argc, char **argv);
int verb_capacity(int argc, char **argv);
int verb_doctor(int argc, char **argv);
int verb_export(int argc, char **argv);
int verb_idmap(int argc, char **argv);
int verb_lambda(int argc, char **argv);
int verb_migrate(int argc, char **argv);
int verb_reconcile(int argc, char **argv);
int verb_store(int argc, char **argv);
int verb_status(int argc, char **argv);
int verb_user(int argc, char **argv);
int verb_verify(int argc, char **argv);

extern const char help_audit[];
extern const char help_capacity[];
extern const char help_doctor[];
extern const char help_export[];
extern const char help_idmap[];
extern const char help_lambda[];
extern const char help_migrate[];
extern const char help_reconcile[];
extern const char help_store[];
extern const char help_status[];
extern const char help_user[];
extern const char help_verify[];

#endif
