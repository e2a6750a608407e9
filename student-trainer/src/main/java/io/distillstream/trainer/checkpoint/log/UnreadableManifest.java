package io.distillstream.trainer.checkpoint.log;

/**
 * A record among a model's manifests that is none. Quantizers send it to the dead letters.
 *
 * @param model its key
 * @param partition of the checkpoints topic
 * @param reason for people
 */
public record UnreadableManifest(String model, int partition, long offset, String reason) {}
