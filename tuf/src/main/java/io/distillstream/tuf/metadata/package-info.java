/**
 * The metadata of TUF's four top-level roles and of delegated targets, as records; what signs it,
 * and how it is read. Nothing here decides whether metadata is current: that is the client's
 * workflow.
 */
@NullMarked
package io.distillstream.tuf.metadata;

import org.jspecify.annotations.NullMarked;
