/**
 * Updates for clients of hawkBit's <a href="https://eclipse.dev/hawkbit/apis/ddi_api/">Direct
 * Device Integration API</a>: what each of them is offered, from what is published and what was
 * reported.
 */
@NullMarked
package io.distillstream.gateway.hawkbit;

import org.jspecify.annotations.NullMarked;
