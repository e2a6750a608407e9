/**
 * How far consumer groups are behind, in records and in seconds, for any Kafka cluster. {@link
 * io.distillstream.lag.LagMeter} takes one measurement, {@link io.distillstream.lag.LagCollector}
 * one every few seconds.
 *
 * <p>Lag counts what a {@code read_committed} reader would still get. Offsets do not tell: those of
 * transaction markers, of aborted records and of records that compaction has removed are counted by
 * a difference of offsets, and nobody will ever read them. So gaps of moderate size are read.
 */
@NullMarked
package io.distillstream.lag;

import org.jspecify.annotations.NullMarked;
