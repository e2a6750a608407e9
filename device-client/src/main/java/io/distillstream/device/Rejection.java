package io.distillstream.device;

/**
 * An update that this device refused; the model before it goes on answering.
 *
 * @param version that was offered
 * @param reason why it was refused
 */
public record Rejection(long version, String reason) {}
