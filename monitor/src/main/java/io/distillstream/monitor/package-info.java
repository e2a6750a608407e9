/**
 * What a pipeline is doing, told from its topics alone: lag, rates, freshness, quality. {@link
 * io.distillstream.monitor.view.PipelineView} is the state, fed by records; here are the reader of
 * the topics, and the page, JSON, event stream and Prometheus figures made from its snapshots.
 */
@NullMarked
package io.distillstream.monitor;

import org.jspecify.annotations.NullMarked;
