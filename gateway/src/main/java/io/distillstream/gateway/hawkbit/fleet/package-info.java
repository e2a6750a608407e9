/** What each client of hawkBit's API has reported, and what it is offered therefore. */
@NullMarked
package io.distillstream.gateway.hawkbit.fleet;

import org.jspecify.annotations.NullMarked;
