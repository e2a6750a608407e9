package io.distillstream.device.folder;

import io.distillstream.update.UpdateManifest;

/**
 * Which model a device runs, or ran and stepped back from, as it is remembered over restarts.
 *
 * @param model its name
 * @param channel it came by
 * @param version of the model
 * @param sha256 of its artifact
 */
public record InstalledModel(String model, String channel, long version, String sha256) {

  public static InstalledModel of(UpdateManifest update) {
    return new InstalledModel(
        update.model(), update.channel(), update.version(), update.artifact().sha256());
  }
}
