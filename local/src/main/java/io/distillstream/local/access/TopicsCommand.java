package io.distillstream.local.access;

import io.distillstream.local.settings.ClusterSettings;
import io.distillstream.local.settings.SettingsOptions;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.wire.TopicInstaller;
import io.distillstream.wire.WireFormat;
import java.util.SortedSet;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A pipeline's topics, for services that may not create them. */
@Command(
    name = "topics",
    mixinStandardHelpOptions = true,
    description = {
      "Create the topics of the pipeline that are missing, and register their schemas, with an",
      "administrator's login ('./distillstream acls administrator'). What is there stays as it is.",
      "Services do the same at their start, so this is for those that may not."
    })
public final class TopicsCommand implements Runnable {

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  TopicsCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "What? create");
  }

  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      description = "Create what is missing.")
  void create(@Mixin SettingsOptions options) {
    ClusterSettings cluster = ClusterSettings.from(options.load());
    ClusterSettings.requireReachable(cluster.connection());
    try (Admin admin = Admin.create(cluster.connection().adminProperties());
        WireFormat wire = new WireFormat(cluster.connection())) {
      SortedSet<String> hidden = TopicInstaller.install(admin, wire, cluster.pipeline());
      if (!hidden.isEmpty()) {
        throw new CommandFailedException(
            "This login may not see (DESCRIBE) "
                + String.join(", ", hidden)
                + "; './distillstream acls administrator' lists what it needs");
      }
    }
  }
}
