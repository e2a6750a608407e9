package io.distillstream.wire.transaction;

import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an offset that a trainer's group committed says of itself in its metadata: {@code
 * after-checkpoint=7,held-out=12,by=a-1}. It was committed with that checkpoint or after it, so
 * nobody but a trainer of the model could say so.
 *
 * @param after version of the checkpoint that was the newest then
 * @param heldOut requests held out up to there, in all partitions
 * @param owner id of the trainer that said so; empty for nobody in particular
 */
public record CheckpointNote(long after, long heldOut, String owner) {
  public static final String AFTER = "after-checkpoint=";
  public static final String HELD_OUT = "held-out=";
  public static final String OWNER = "by=";

  /** Later parts may be missing: then nothing is known of what was held out, or by whom. */
  private static final Pattern NOTE =
      Pattern.compile("%s(\\d+)(?:,%s(\\d+)(?:,%s([\\w-]+))?)?".formatted(AFTER, HELD_OUT, OWNER));

  /** The note in the metadata of a committed offset; empty where it is none. */
  public static Optional<CheckpointNote> of(@Nullable String metadata) {
    Matcher note = NOTE.matcher(Objects.requireNonNullElse(metadata, ""));
    if (!note.matches()) {
      return Optional.empty();
    }
    String heldOut = note.group(2);
    return Optional.of(
        new CheckpointNote(
            Long.parseLong(note.group(1)),
            heldOut == null ? 0 : Long.parseLong(heldOut),
            Objects.requireNonNullElse(note.group(3), "")));
  }
}
