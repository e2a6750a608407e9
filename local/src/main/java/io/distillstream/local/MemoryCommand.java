package io.distillstream.local;

import io.distillstream.local.memory.MachineMemory;
import io.distillstream.local.memory.StudentMemory;
import io.distillstream.local.services.ServiceKind;
import io.distillstream.local.settings.SettingsOptions;
import io.distillstream.trainer.settings.TrainerSettings;
import io.distillstream.trainer.start.StudentStart;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what a student takes of memory, before anything is started. */
@Command(
    name = "memory",
    mixinStandardHelpOptions = true,
    description = {
      "Print how much memory a student takes with these settings, and whether it fits.",
      "Exit code 1 where it does not."
    })
final class MemoryCommand implements Callable<Integer> {
  private static final double GIB = 1L << 30;

  @Parameters(
      paramLabel = "SERVICE",
      description = "What the process runs (default: everything, as the command 'local' does).")
  private List<String> services = new ArrayList<>();

  @Option(
      names = "--available",
      paramLabel = "GIB",
      description = "Memory that there is (default: what this machine has available).")
  private @Nullable Double available;

  @Option(
      names = "--java-option",
      description =
          "Print only the option that lets Java's heap grow far enough. Arguments of other commands"
              + " are passed over.")
  private boolean option;

  @Mixin private SettingsOptions options = new SettingsOptions();

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  MemoryCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    TrainerSettings trainer = TrainerSettings.from(options.load());
    StudentStart start = new StudentStart(trainer.student());
    StudentMemory student =
        new StudentMemory(
            runs(ServiceKind.TRAINER),
            runs(ServiceKind.QUANTIZER),
            trainer,
            trainer.student().spec(start.tokenizer().vocabulary().size(), start.labels().size()));
    long there = available == null ? MachineMemory.available() : (long) (available * GIB);
    if (option) {
      out.println(student.heapOption(there));
      return 0;
    }
    out.println(student.text(there));
    Optional<String> problem = student.problem(Long.MAX_VALUE, there);
    problem.ifPresent(out::println);
    return problem.isPresent() ? 1 : 0;
  }

  /** Everything, where no service is named. */
  private boolean runs(ServiceKind wanted) {
    List<ServiceKind> kinds =
        services.stream().flatMap(name -> ServiceKind.named(name).stream()).toList();
    return kinds.isEmpty() || kinds.contains(wanted);
  }
}
