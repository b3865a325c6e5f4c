package dev.tac8.command;

import dev.tac8.archive.ArchivedFiles;
import dev.tac8.query.MonthCheck;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.status.StoreView;
import dev.tac8.store.Months;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import dev.tac8.store.Volume;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code tac8 archive verify}: looks through what was archived. */
@Command(name = "verify", mixinStandardHelpOptions = true, optionListHeading = "%n",
        description = "Reads every archive and every compressed file back, and says which are not as they were. Changes nothing.",
        footer = {"", "Examples:", "  ./tac8 archive verify", "  ./tac8 archive verify --month 2026-08%n"})
final class ArchiveVerifyCommand extends Doing {
    private static final double MEBIBYTE = 1 << 20;

    @Option(names = "--month", paramLabel = "MONTH", description = "Only this month, such as 2026-08.")
    private String month;
    private int found;
    private int faults;

    @Override
    public Integer call() throws Exception {
        if (month != null && !month.matches("\\d{4}-(0[1-9]|1[0-2])")) {
            throw new ParameterException(spec.commandLine(), "--month is " + month + "; it must be a month such as 2026-08");
        }
        Settings settings = settings();
        Volume volume = Volume.of(settings, "external", settings.path(Setting.EXTERNAL_DIR));
        volume.look();
        verifyDatabases(settings);
        verifyFiles(settings);
        volume.look();
        if (found == 0) {
            say(month == null ? "Nothing was archived yet." : "Nothing of " + month + " was archived.");
            return faults == 0 ? ExitCode.NOTHING_FOUND : ExitCode.UNAVAILABLE;
        }
        say(faults == 0 ? "All of it is sound." : Tac8.count(faults) + (faults == 1 ? " fault." : " faults.") + " docs/operating.md says what to do.");
        return faults == 0 ? 0 : ExitCode.UNAVAILABLE;
    }

    private void verifyDatabases(Settings settings) throws StoreException {
        MonthCheck check = new MonthCheck(settings);
        Map<String, Path> months;
        try {
            months = Months.list(Months.folder(settings));
        } catch (IOException e) {
            throw new StoreException("cannot read " + Months.folder(settings) + ": " + Reasons.of(e, Months.folder(settings)), e);
        }
        months.forEach((name, file) -> {
            if (month == null || month.equals(name)) {
                found++;
                MonthCheck.Found looked = check.look(name, file);
                if (!looked.rows().isEmpty()) {
                    say(name + "  " + StoreView.inWords(looked.rows()));
                }
                looked.faults().forEach(fault -> fault(file + ": " + fault));
            }
        });
    }

    private void verifyFiles(Settings settings) throws StoreException {
        ArchivedFiles.Checked checked = ArchivedFiles.of(settings).verify(month, (at, files, bytes) -> { });
        checked.faults().forEach(this::fault);
        if (checked.files() > 0) {
            found++;
            say(String.format(Locale.ROOT, "%,d files of %.1f MiB, compressed to %.1f MiB, are as their manifests say", checked.files(),
                    checked.bytes() / MEBIBYTE, checked.compressedBytes() / MEBIBYTE));
        }
    }

    private void fault(String sentence) {
        faults++;
        found++;
        warn(sentence);
    }
}
