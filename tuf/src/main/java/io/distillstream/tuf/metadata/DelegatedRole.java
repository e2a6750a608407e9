package io.distillstream.tuf.metadata;

import io.distillstream.foundation.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A role that another one trusts with some targets.
 *
 * @param name of the role, and of its metadata
 * @param keys who signs for it
 * @param terminating whether roles after it are not asked for targets that match
 * @param paths patterns of target paths; {@code *} and {@code ?} stand for characters other than
 *     {@code /}
 * @param pathHashPrefixes the same by what the SHA-256 of a path begins with
 */
public record DelegatedRole(
    String name,
    RoleKeys keys,
    boolean terminating,
    List<String> paths,
    List<String> pathHashPrefixes) {

  public DelegatedRole {
    paths = List.copyOf(paths);
    pathHashPrefixes = List.copyOf(pathHashPrefixes);
  }

  /** Whether the role is trusted with the target of this path. */
  public boolean covers(String path) {
    String hash = Sha256.hex(path.getBytes(StandardCharsets.UTF_8));
    return paths.stream().anyMatch(pattern -> matches(pattern, path))
        || pathHashPrefixes.stream().anyMatch(hash::startsWith);
  }

  /** In time linear in the path for each {@code *}: of several, only the last is gone back to. */
  private static boolean matches(String pattern, String path) {
    int p = 0;
    int i = 0;
    int star = -1;
    int resume = -1;
    while (i < path.length()) {
      char c = path.charAt(i);
      char expected = p < pattern.length() ? pattern.charAt(p) : 0;
      if (p < pattern.length() && expected == '*') {
        star = p++;
        resume = i;
      } else if (p < pattern.length() && (expected == c || (expected == '?' && c != '/'))) {
        p++;
        i++;
      } else if (star >= 0 && path.charAt(resume) != '/') {
        p = star + 1;
        i = ++resume;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }
}
