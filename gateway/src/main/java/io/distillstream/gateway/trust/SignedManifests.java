package io.distillstream.gateway.trust;

import io.distillstream.foundation.json.InvalidJsonException;
import io.distillstream.foundation.json.Json;
import io.distillstream.foundation.json.JsonFields;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Which manifests a state of the repository names as the newest of their channels. */
public final class SignedManifests {

  private static final Pattern DELEGATED =
      Pattern.compile("[0-9]+\\.(?!root\\.|snapshot\\.|targets\\.).+\\.json");
  private static final String LATEST = "/latest.json";

  private SignedManifests() {}

  /**
   * The SHA-256 of each. Metadata that cannot be read names none: to judge it is for those who have
   * a root.
   *
   * @param files of the repository, by name
   */
  public static Set<String> of(Map<String, byte[]> files) {
    Set<String> digests = new HashSet<>();
    files.forEach(
        (name, content) -> {
          if (DELEGATED.matcher(name).matches()) {
            try {
              JsonFields targets = Json.object(content).object("signed").object("targets");
              for (String path : targets.names()) {
                if (path.endsWith(LATEST)) {
                  digests.add(targets.object(path).object("hashes").text("sha256"));
                }
              }
            } catch (InvalidJsonException e) {
              // See above.
            }
          }
        });
    return digests;
  }
}
