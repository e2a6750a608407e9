package io.distillstream.device.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a folder may hold when the power is back.
 *
 * @param loss when the power failed, and what became of what was not forced
 * @param files their contents by name
 */
public record DiskState(String loss, Map<String, byte[]> files) {

  public DiskState {
    files = new TreeMap<>(files);
  }

  /** Makes a folder such as this one. */
  public Path writeTo(Path folder) throws IOException {
    Files.createDirectories(folder);
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Files.write(folder.resolve(file.getKey()), file.getValue());
    }
    return folder;
  }

  /** Equal for states that hold the same. */
  String key() {
    return files.entrySet().stream()
        .map(file -> file.getKey() + "=" + Arrays.toString(file.getValue()))
        .collect(Collectors.joining("\n"));
  }

  @Override
  public String toString() {
    return loss
        + files.entrySet().stream()
            .map(file -> file.getKey() + " (" + file.getValue().length + " bytes)")
            .collect(Collectors.joining(", ", ": ", ""));
  }
}
