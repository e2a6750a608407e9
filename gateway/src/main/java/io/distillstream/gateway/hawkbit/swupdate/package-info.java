/** Images that SWUpdate installs. */
@NullMarked
package io.distillstream.gateway.hawkbit.swupdate;

import org.jspecify.annotations.NullMarked;
