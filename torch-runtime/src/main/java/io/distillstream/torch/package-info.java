/**
 * PyTorch in the process, by DJL: trainer and teachers start it alike, and hand it arrays that own
 * their memory.
 */
@NullMarked
package io.distillstream.torch;

import org.jspecify.annotations.NullMarked;
