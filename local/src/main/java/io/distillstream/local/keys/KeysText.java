package io.distillstream.local.keys;

import io.distillstream.tuf.ChannelTargets;
import io.distillstream.tuf.metadata.DelegatedRole;
import io.distillstream.tuf.metadata.RoleKeys;
import io.distillstream.tuf.metadata.TopLevelRole;
import io.distillstream.tuf.repository.Authority;
import io.distillstream.tuf.repository.TrustFolder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What the command {@code keys} says. */
final class KeysText {

  private static final int SHOWN_DIGITS = 8;
  private static final String ROW = "%-18s %-9s %-8s %-18s %-7s %s";

  private KeysText() {}

  static List<String> created(TrustFolder trust, List<ChannelTargets> channels) {
    List<String> lines = new ArrayList<>();
    lines.add("A repository was made. Now");
    lines.add(
        "  take offline     " + trust.offlineKeys() + ", onto a medium of its own, and delete");
    lines.add("                   it here. Only keys rotate, revoke and renew want it back.");
    lines.add("  give to devices  " + trust.trustedRoot() + " (device --root)");
    lines.add("  the quantizer    needs " + keyFiles(trust, channels));
    lines.add(
        "  the signer       needs %s, %s and the folder %s"
            .formatted(
                trust.key("snapshot"), trust.key("timestamp"), trust.trustedRoot().getParent()));
    lines.add(
        "  keep             " + trust.key("targets") + ", which says who may sign for a channel");
    return lines;
  }

  static List<String> added(TrustFolder trust, List<ChannelTargets> channels) {
    return List.of(
        "added " + channels.stream().map(ChannelTargets::role).collect(Collectors.joining(", ")),
        "the quantizer needs " + keyFiles(trust, channels));
  }

  /**
   * Which machines have to be given a new key, where they have folders of their own.
   *
   * @param roles that have new keys
   */
  static List<String> whereTo(TrustFolder trust, Collection<String> roles) {
    List<String> lines = new ArrayList<>();
    // Before the keys: with new keys a signer takes what metadata it has for the whole change.
    lines.add("a signer on another machine first needs " + trust.trustedRoot().getParent());
    for (String role : roles) {
      if (role.equals(TopLevelRole.ROOT.text())) {
        lines.add("take offline again: " + trust.offlineKeys());
      } else if (!role.equals(TopLevelRole.TARGETS.text())) {
        lines.add(
            "where %s is signed on another machine, copy there: %s"
                .formatted(role, trust.key(role)));
      }
    }
    return lines;
  }

  static List<String> table(TrustFolder trust, Authority authority, Instant now) {
    List<String> lines = new ArrayList<>();
    lines.add(row("role", "threshold", "version", "keys", "here", "expires"));
    for (TopLevelRole role : TopLevelRole.values()) {
      RoleKeys keys = authority.root().keys(role);
      boolean root = role == TopLevelRole.ROOT;
      boolean here = trust.holdsKey(role.text());
      String version = "-";
      String expires = "by the signer, each day";
      if (root) {
        version = Long.toString(authority.root().version());
        expires = expiry(authority.root().expires(), now);
      } else if (role == TopLevelRole.TARGETS) {
        version = Long.toString(authority.targets().version());
        expires = expiry(authority.targets().expires(), now);
      }
      lines.add(
          row(role.text(), threshold(keys), version, ids(keys), here ? "yes" : "no", expires));
    }
    for (DelegatedRole role : authority.targets().delegations()) {
      lines.add(
          row(
              role.name(),
              threshold(role.keys()),
              "-",
              ids(role.keys()),
              trust.holdsKey(role.name()) ? "yes" : "no",
              "by the quantizer; " + String.join(", ", role.paths())));
    }
    return lines;
  }

  private static String expiry(Instant expires, Instant now) {
    long days = Duration.between(now, expires).toDays();
    return now.isBefore(expires)
        ? String.format(Locale.ROOT, "%s, in %d days", expires, days)
        : expires + ", EXPIRED: keys renew";
  }

  private static String threshold(RoleKeys keys) {
    return keys.threshold() + " of " + keys.keys().size();
  }

  private static String ids(RoleKeys keys) {
    return keys.keys().keySet().stream()
        .map(id -> id.substring(0, Math.min(SHOWN_DIGITS, id.length())))
        .collect(Collectors.joining(" "));
  }

  private static String keyFiles(TrustFolder trust, List<ChannelTargets> channels) {
    return channels.stream()
        .map(channel -> trust.key(channel.role()).toString())
        .collect(Collectors.joining(", "));
  }

  private static String row(
      String role, String threshold, String version, String keys, String here, String expires) {
    return ROW.formatted(role, threshold, version, keys, here, expires).stripTrailing();
  }
}
