/** The files of the pipeline's TUF repository, as devices and other TUF clients ask for them. */
@NullMarked
package io.distillstream.gateway.trust;

import org.jspecify.annotations.NullMarked;
