package io.distillstream.http.access;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What callers have to show. A key of any of the files or a token of the issuer suffices.
 *
 * @param keyFiles API keys; none where there are no keys
 * @param issuer of tokens; empty where there are no tokens
 * @param clientCertificates whether each caller has to have shown a certificate besides
 * @param openMetrics whether {@code /metrics} is answered to everybody
 * @param openPaths paths that are answered to everybody; one that ends in a slash stands for all
 *     below it
 * @param forwardsAuthorization whether {@code Authorization} is for somebody else, to whom the
 *     server passes it on
 * @param controllers whose a path is, for clients of hawkBit's Direct Device Integration API: their
 *     schemes {@code GatewayToken}, with any key or token, and {@code TargetToken}, with a key of
 *     the controller's name, are taken on such paths; empty where there are none
 */
public record AccessRules(
    List<KeyFile> keyFiles,
    Optional<Issuer> issuer,
    boolean clientCertificates,
    boolean openMetrics,
    List<String> openPaths,
    boolean forwardsAuthorization,
    Optional<Function<String, Optional<String>>> controllers) {

  /** Everybody may call. */
  public static final AccessRules NONE =
      new AccessRules(List.of(), Optional.empty(), false, false, List.of(), false);

  public AccessRules {
    keyFiles = List.copyOf(keyFiles);
    openPaths = List.copyOf(openPaths);
  }

  /** Rules of a server that has no paths of controllers. */
  public AccessRules(
      List<KeyFile> keyFiles,
      Optional<Issuer> issuer,
      boolean clientCertificates,
      boolean openMetrics,
      List<String> openPaths,
      boolean forwardsAuthorization) {
    this(
        keyFiles,
        issuer,
        clientCertificates,
        openMetrics,
        openPaths,
        forwardsAuthorization,
        Optional.empty());
  }

  /** Whether callers have to show anything. */
  public boolean askForSomething() {
    return clientCertificates || asksForCredentials();
  }

  boolean asksForCredentials() {
    return !keyFiles.isEmpty() || issuer.isPresent();
  }

  /** The same with the keys of another file. */
  public AccessRules withKeyFile(KeyFile file) {
    List<KeyFile> files = new ArrayList<>(keyFiles);
    files.add(file);
    return new AccessRules(
        files,
        issuer,
        clientCertificates,
        openMetrics,
        openPaths,
        forwardsAuthorization,
        controllers);
  }

  /** The same with paths that are answered to everybody. */
  public AccessRules withOpenPaths(List<String> paths) {
    return new AccessRules(
        keyFiles,
        issuer,
        clientCertificates,
        openMetrics,
        paths,
        forwardsAuthorization,
        controllers);
  }

  /** The same for a server that passes {@code Authorization} on. */
  public AccessRules forwardingAuthorization() {
    return new AccessRules(
        keyFiles, issuer, clientCertificates, openMetrics, openPaths, true, controllers);
  }

  /**
   * The same for a server that has paths of controllers.
   *
   * @param of the controller whose a path is; empty for other paths
   */
  public AccessRules withControllers(Function<String, Optional<String>> of) {
    return new AccessRules(
        keyFiles,
        issuer,
        clientCertificates,
        openMetrics,
        openPaths,
        forwardsAuthorization,
        Optional.of(of));
  }

  Optional<String> controller(String path) {
    return controllers.flatMap(of -> of.apply(path));
  }
}
