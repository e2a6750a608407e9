/**
 * What several teachers say of one input, put together: opinions of any form, their pool, and how
 * far they disagree.
 */
@NullMarked
package io.distillstream.wire.opinion;

import org.jspecify.annotations.NullMarked;
