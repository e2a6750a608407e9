package io.distillstream.gateway.hawkbit;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Paths of the API, all of which begin with those of a controller. */
public final class DdiPath {

  /** Of a controller, as routes have it. */
  static final String CONTROLLER = "/{tenant}/controller/v1/{controllerId}";

  /** What the path of a file's MD5 digest ends with. */
  static final String MD5SUM = ".MD5SUM";

  private static final Pattern PATH = Pattern.compile("/[^/]+/controller/v1/([^/]+)(?:/.*)?");

  private static final Pattern FILE =
      Pattern.compile(
          "/([^/]+)/controller/v1/[^/]+/softwaremodules/([0-9]{1,13})/artifacts/([^/]+)");

  /** Others could be written in a path in more than one way. */
  private static final Pattern CONTROLLER_ID = Pattern.compile("[A-Za-z0-9._:@-]{1,256}");

  private DdiPath() {}

  /**
   * A file of an update.
   *
   * @param version of the update
   */
  record File(String tenant, long version, String name) {}

  /** The controller whose a path is; empty for other paths. */
  public static Optional<String> controller(String path) {
    Matcher matcher = PATH.matcher(path);
    return matcher.matches()
        ? Optional.ofNullable(matcher.group(1)).filter(DdiPath::isControllerId)
        : Optional.empty();
  }

  static boolean isControllerId(String text) {
    return CONTROLLER_ID.matcher(text).matches();
  }

  /** The file whose a path is; empty for other paths, that of its MD5 digest included. */
  static Optional<File> file(String path) {
    Matcher matcher = FILE.matcher(path);
    return matcher.matches() && !path.endsWith(MD5SUM)
        ? Optional.of(
            new File(matcher.group(1), Long.parseLong(matcher.group(2)), matcher.group(3)))
        : Optional.empty();
  }
}
