package io.distillstream.local.services;

import io.distillstream.artifacts.QuantizerSettings;
import io.distillstream.runtime.Settings;
import io.distillstream.tuf.ChannelTargets;
import io.distillstream.tuf.repository.Authority;
import io.distillstream.tuf.repository.Expiries;
import io.distillstream.tuf.repository.KeyException;
import io.distillstream.tuf.repository.NewRepository;
import io.distillstream.tuf.repository.TrustFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that the embedded default signs its updates without any set-up: a repository in its
 * data folder, with a role for every channel, of which nothing expires while the keys are there.
 */
final class EmbeddedTrust {

  private static final Logger log = LoggerFactory.getLogger(EmbeddedTrust.class);

  private EmbeddedTrust() {}

  /**
   * Makes or renews the repository; what cannot be done is said and keeps nothing from starting.
   *
   * @return the repository; empty where updates are not signed
   */
  static Optional<TrustFolder> prepare(Path dataFolder, Settings settings) {
    TrustFolder trust = new TrustFolder(dataFolder.resolve("trust"));
    try {
      List<ChannelTargets> channels =
          QuantizerSettings.from(settings).stream()
              .map(channel -> new ChannelTargets(channel.model(), channel.channel()))
              .toList();
      if (!trust.hasRepository()) {
        NewRepository.create(trust, channels, 1, 1, Expiries.DEFAULTS, Clock.systemUTC());
      } else {
        Authority authority = Authority.open(trust, Expiries.DEFAULTS, Clock.systemUTC());
        authority.add(channels);
        authority.renew();
      }
    } catch (KeyException | IOException | IllegalArgumentException e) {
      log.warn("The keys that sign updates are left as they are: {}", e.getMessage());
    }
    return trust.hasRepository() ? Optional.of(trust) : Optional.empty();
  }
}
