package io.distillstream.gateway.hawkbit.fleet;

/**
 * A device, as hawkBit calls it.
 *
 * @param follows the channel of its tenant
 * @param controllerId its name, which is that of the device in reports
 */
public record Target(ChannelName follows, String controllerId) {}
