/**
 * The state of a watched pipeline: fed by records of its topics and by measured lags, told as
 * immutable snapshots. Neither reads a topic nor serves a page.
 */
@NullMarked
package io.distillstream.monitor.view;

import org.jspecify.annotations.NullMarked;
