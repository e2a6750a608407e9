package io.distillstream.device.folder;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The note of what is installed.
 *
 * @param model that is to answer
 * @param previous what the device goes back to where that one cannot; null if there is none
 */
record Installed(InstalledModel model, @Nullable InstalledModel previous) {

  /** Newest first. */
  List<InstalledModel> models() {
    return previous == null ? List.of(model) : List.of(model, previous);
  }
}
