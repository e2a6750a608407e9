package io.distillstream.trainer.checkpoint.log;

import io.distillstream.trainer.checkpoint.StoredCheckpoint;
import java.util.List;

/**
 * A stretch of the checkpoints topic.
 *
 * @param checkpoints in the order of each partition
 * @param unreadable what stands between them
 */
public record ManifestLog(
    List<StoredCheckpoint> checkpoints, List<UnreadableManifest> unreadable) {}
