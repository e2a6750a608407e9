package io.distillstream.update;

import java.time.Instant;

/**
 * How a device is.
 *
 * @param deviceId who reports
 * @param at when
 * @param answersServed since it was opened
 * @param installedVersion what answers now; 0 while there is none
 */
public record DeviceStatus(
    String deviceId, Instant at, long answersServed, long installedVersion) {}
