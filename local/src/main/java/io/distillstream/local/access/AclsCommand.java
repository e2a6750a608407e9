package io.distillstream.local.access;

import io.distillstream.local.settings.ClusterSettings;
import io.distillstream.local.settings.SettingsOptions;
import io.distillstream.runtime.Settings;
import io.distillstream.wire.access.Grant;
import io.distillstream.wire.access.Role;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints the rights that services, devices and commands need at the brokers. */
@Command(
    name = "acls",
    mixinStandardHelpOptions = true,
    description = {
      "Print the Kafka ACLs that services and devices of the pipeline need, as commands",
      "of Kafka's own kafka-acls.sh. Pipeline and models come from the settings. Asks no broker."
    },
    footer = {
      "",
      "Examples:",
      "  ./distillstream acls all --principal User:{role}",
      "  ./distillstream acls trainer --principal 'User:CN={role},O=Example'",
      "  ./distillstream acls device --format table"
    })
public final class AclsCommand implements Callable<Integer> {

  /** How they are printed. */
  enum Format {
    COMMANDS,
    TABLE
  }

  private static final String ALL = "all";

  @Parameters(
      arity = "1..*",
      paramLabel = "ROLE",
      description =
          "teacher, joiner, trainer, quantizer, signer, monitor, gateway, tap, device, feed,"
              + " synthesize, labels, administrator, or all")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--principal",
      paramLabel = "PRINCIPAL",
      description =
          "To whom they are given; {role} stands for the role's name (default:"
              + " ${DEFAULT-VALUE}).")
  private String principal = "User:{role}";

  @Option(
      names = "--command-config",
      paramLabel = "FILE",
      description = "The file of client properties that kafka-acls.sh is to log in with.")
  private @Nullable String commandConfig;

  @Option(names = "--format", description = "commands or table (default: ${DEFAULT-VALUE}).")
  private Format format = Format.COMMANDS;

  @Mixin private SettingsOptions options = new SettingsOptions();

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  AclsCommand() {}

  @Override
  public Integer call() {
    Set<Role> roles = roles();
    Settings settings = options.load();
    ClusterSettings cluster = ClusterSettings.from(settings);
    PrintWriter out = spec.commandLine().getOut();
    String separator = "";
    for (Role role : roles) {
      List<Grant> grants = RoleRights.of(role, cluster, settings);
      List<String> lines =
          switch (format) {
            case COMMANDS ->
                AclText.commands(principal.replace("{role}", role.text()), grants, client(cluster));
            case TABLE -> AclText.table(role, grants);
          };
      out.print(format == Format.TABLE ? separator : "");
      lines.forEach(out::println);
      separator = System.lineSeparator();
    }
    out.flush();
    return 0;
  }

  private String client(ClusterSettings cluster) {
    return "--bootstrap-server "
        + cluster.connection().bootstrapServers()
        + (commandConfig == null ? "" : " --command-config " + commandConfig);
  }

  private Set<Role> roles() {
    if (names.contains(ALL)) {
      return EnumSet.allOf(Role.class);
    }
    Set<Role> roles = EnumSet.noneOf(Role.class);
    for (String name : names) {
      roles.add(
          Role.named(name)
              .orElseThrow(
                  () ->
                      new ParameterException(
                          spec.commandLine(),
                          "No role '%s'; accepted are %s and %s"
                              .formatted(
                                  name,
                                  Arrays.stream(Role.values())
                                      .map(Role::text)
                                      .collect(Collectors.joining(", ")),
                                  ALL))));
    }
    return roles;
  }
}
