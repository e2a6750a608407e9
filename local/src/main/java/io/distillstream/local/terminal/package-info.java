/**
 * What every command shares towards its user: lines on the terminal, the log file, temporary files,
 * the end by Ctrl-C, and the exception that says in one line why a command cannot go on.
 */
@NullMarked
package io.distillstream.local.terminal;

import org.jspecify.annotations.NullMarked;
