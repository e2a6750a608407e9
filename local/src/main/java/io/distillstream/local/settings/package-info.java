/**
 * The settings of a whole pipeline: all keys of all services, the options by which commands take
 * them, and what must hold between them before anything is started.
 */
@NullMarked
package io.distillstream.local.settings;

import org.jspecify.annotations.NullMarked;
