package io.distillstream.tuf.repository;

import io.distillstream.tuf.metadata.TopLevelRole;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A repository's metadata by the names of its files, in the order in which they are to be written:
 * what names others comes after them.
 */
public final class RepositoryFiles {

  /** Of a repository of which nothing was published. */
  public static final RepositoryFiles NONE = new RepositoryFiles(Map.of());

  private final Map<String, byte[]> byName;

  private RepositoryFiles(Map<String, byte[]> byName) {
    this.byName = byName;
  }

  /** Files by name, such as {@code 7.snapshot.json}, in any order. */
  public static RepositoryFiles of(Map<String, byte[]> byName) {
    return new RepositoryFiles(new LinkedHashMap<>(byName));
  }

  public Map<String, byte[]> byName() {
    return Collections.unmodifiableMap(byName);
  }

  /** The file of a role's highest version. */
  Optional<byte[]> newest(String role) {
    byte[] newest = byName.get(role + ".json");
    long version = 0;
    for (Map.Entry<String, byte[]> file : byName.entrySet()) {
      long candidate = version(file.getKey(), role);
      if (candidate > version) {
        version = candidate;
        newest = file.getValue();
      }
    }
    return Optional.ofNullable(newest);
  }

  private static long version(String name, String role) {
    String suffix = "." + role + ".json";
    String number = name.endsWith(suffix) ? name.substring(0, name.length() - suffix.length()) : "";
    return number.matches("[0-9]{1,18}") ? Long.parseLong(number) : 0;
  }

  static final class Builder {

    private final Map<String, byte[]> byName = new LinkedHashMap<>();

    Builder add(String role, long version, byte[] file) {
      byName.put(version + "." + role + ".json", file);
      return this;
    }

    /** The one file whose name has no version. */
    Builder timestamp(byte[] file) {
      byName.put(TopLevelRole.TIMESTAMP.text() + ".json", file);
      return this;
    }

    RepositoryFiles build() {
      return new RepositoryFiles(byName);
    }
  }
}
