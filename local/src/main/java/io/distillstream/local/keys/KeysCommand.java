package io.distillstream.local.keys;

import io.distillstream.artifacts.QuantizerSettings;
import io.distillstream.local.settings.ClusterSettings;
import io.distillstream.local.settings.SettingsOptions;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.runtime.Settings;
import io.distillstream.tuf.ChannelTargets;
import io.distillstream.tuf.repository.Authority;
import io.distillstream.tuf.repository.Expiries;
import io.distillstream.tuf.repository.KeyException;
import io.distillstream.tuf.repository.NewRepository;
import io.distillstream.tuf.repository.TrustFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The keys that sign updates, and the roots and delegations that say so. */
@Command(
    name = "keys",
    mixinStandardHelpOptions = true,
    description = {
      "Make, replace and show the keys that sign a pipeline's updates (a TUF repository), in the",
      "folder trust of data.folder or --folder. The running pipeline takes changes over by itself.",
      "docs/trust.md says who holds which key, and what to do when one is stolen."
    },
    footer = {
      "",
      "Examples:",
      "  ./distillstream keys init --root-keys 3 --root-threshold 2",
      "  ./distillstream keys inspect",
      "  ./distillstream keys rotate student-stable     a new key; what the old one signed stays"
          + " valid",
      "  ./distillstream keys revoke student-stable     the key was stolen: nothing it signed is"
          + " valid"
    })
public final class KeysCommand implements Runnable {

  /** Which folder. */
  static final class Place {
    @Option(
        names = "--folder",
        paramLabel = "FOLDER",
        description = "Where keys and metadata are (default: trust in data.folder).")
    private @Nullable Path folder;

    @Mixin private SettingsOptions options = new SettingsOptions();

    private TrustFolder trust() {
      return new TrustFolder(
          folder == null
              ? ClusterSettings.from(options.load()).dataFolder().resolve("trust")
              : folder);
    }

    /** The channels that the settings name. */
    private List<ChannelTargets> channels() {
      Settings settings = options.load();
      try {
        return QuantizerSettings.from(settings).stream()
            .map(channel -> new ChannelTargets(channel.model(), channel.channel()))
            .toList();
      } catch (IllegalArgumentException e) {
        throw new CommandFailedException(String.valueOf(e.getMessage()), e);
      }
    }
  }

  private interface Task {
    void run() throws IOException, KeyException;
  }

  private interface Change {
    Set<String> apply(Authority authority, String role) throws IOException, KeyException;
  }

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  KeysCommand() {}

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Which one? init, rotate, revoke, renew or inspect; --help says more");
  }

  @Command(
      name = "init",
      mixinStandardHelpOptions = true,
      description = {
        "Make the keys of every role, the first root, and a role for each channel of",
        "quantizer.channels. Where there is a repository already, only channels that are new get",
        "one, for which keys/targets.pem is needed."
      })
  void init(
      @Mixin Place place,
      @Option(
              names = "--root-keys",
              paramLabel = "N",
              defaultValue = "1",
              description = "Offline keys of the root (default: ${DEFAULT-VALUE}).")
          int rootKeys,
      @Option(
              names = "--root-threshold",
              paramLabel = "N",
              defaultValue = "1",
              description = "How many of them sign a new root (default: ${DEFAULT-VALUE}).")
          int rootThreshold) {
    TrustFolder trust = place.trust();
    List<ChannelTargets> channels = place.channels();
    during(
        () -> {
          if (trust.hasRepository()) {
            List<ChannelTargets> added = authority(trust).add(channels);
            if (added.isEmpty()) {
              throw new CommandFailedException(
                  "There is a repository already, and it has all channels; keys rotate makes new"
                      + " keys");
            }
            print(KeysText.added(trust, added));
          } else {
            NewRepository.create(
                trust, channels, rootKeys, rootThreshold, Expiries.DEFAULTS, Clock.systemUTC());
            print(KeysText.created(trust, channels));
          }
        });
  }

  @Command(
      name = "rotate",
      mixinStandardHelpOptions = true,
      description = {
        "Replace the keys of roles by new ones. Nothing was stolen: what a channel's old key"
            + " signed",
        "stays valid until the channel publishes again. A new root is signed by the old keys and",
        "the new ones."
      })
  void rotate(@Mixin Place place, @Parameters(arity = "1..*", paramLabel = "ROLE") String[] roles) {
    change(place, roles, "rotated", Authority::rotate);
  }

  @Command(
      name = "revoke",
      mixinStandardHelpOptions = true,
      description = {
        "Replace keys that may be in other hands. What the old key of a channel signed is no"
            + " longer",
        "valid, and devices forget versions that it may have driven up."
      })
  void revoke(@Mixin Place place, @Parameters(arity = "1..*", paramLabel = "ROLE") String[] roles) {
    change(place, roles, "revoked", Authority::revoke);
  }

  @Command(
      name = "renew",
      mixinStandardHelpOptions = true,
      description = {
        "Sign root and targets anew, with the same keys, where less than half of their validity is",
        "left. All other metadata is renewed by the running pipeline."
      })
  void renew(@Mixin Place place) {
    TrustFolder trust = place.trust();
    during(
        () -> {
          List<String> renewed = authority(trust).renew();
          print(
              List.of(
                  renewed.isEmpty()
                      ? "nothing to renew yet"
                      : "signed anew: " + String.join(", ", renewed)));
        });
  }

  @Command(
      name = "inspect",
      mixinStandardHelpOptions = true,
      description = "A table of roles, thresholds, keys, versions and expiries.")
  void inspect(@Mixin Place place) {
    TrustFolder trust = place.trust();
    during(() -> print(KeysText.table(trust, authority(trust), Clock.systemUTC().instant())));
  }

  private void change(Place place, String[] roles, String done, Change change) {
    TrustFolder trust = place.trust();
    during(
        () -> {
          List<String> lines = new ArrayList<>();
          Set<String> replaced = new LinkedHashSet<>();
          for (String role : roles) {
            replaced.addAll(change.apply(authority(trust), role));
            lines.add(role + " " + done);
          }
          Authority after = authority(trust);
          lines.add(
              "root is version %d, targets version %d"
                  .formatted(after.root().version(), after.targets().version()));
          lines.addAll(KeysText.whereTo(trust, replaced));
          print(lines);
        });
  }

  private static Authority authority(TrustFolder trust) throws IOException, KeyException {
    return Authority.open(trust, Expiries.DEFAULTS, Clock.systemUTC());
  }

  private static void during(Task task) {
    try {
      task.run();
    } catch (KeyException | IOException e) {
      throw new CommandFailedException(String.valueOf(e.getMessage()), e);
    }
  }

  private void print(List<String> lines) {
    PrintWriter out = spec.commandLine().getOut();
    lines.forEach(out::println);
    out.flush();
  }
}
