/**
 * The services of this process: which there are, how they are started and closed together, and the
 * embedded default with a broker and a registry of its own.
 */
@NullMarked
package io.distillstream.local.services;

import org.jspecify.annotations.NullMarked;
