package io.distillstream.runtime.disk;

import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A full disk ended a process, or keeps it from starting; the message says what to do. */
public final class DiskFullException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** What Linux says, in English, of a write that found no room. */
  private static final List<String> NO_ROOM =
      List.of("No space left on device", "Disk quota exceeded");

  /**
   * @param what happened, as a sentence without its end
   * @param cause what failed, if something did
   */
  public DiskFullException(String what, DiskSpace space, @Nullable Throwable cause) {
    super(
        what + ": " + space + ". Make room and start again; nothing that was acknowledged is lost",
        cause);
  }

  /**
   * Whether a file could not be written because there was no room for it, as far as what failed
   * says so in English; where it may not, ask for the free space, too.
   */
  public static boolean explains(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      String message = String.valueOf(t.getMessage());
      if (t instanceof IOException && NO_ROOM.stream().anyMatch(message::contains)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Runs the start of something that writes to a disk.
   *
   * @param what did not start, as a sentence without its end, if this fails
   * @throws DiskFullException if it fails for want of room, or while there is little
   */
  public static <T> T explained(String what, DiskWatch disk, Supplier<T> start) {
    try {
      return start.get();
    } catch (DiskFullException e) {
      throw e;
    } catch (RuntimeException e) {
      if (explains(e) || disk.space().isLow()) {
        throw new DiskFullException(what + " (" + e.getMessage() + ")", disk.space(), e);
      }
      throw e;
    }
  }
}
