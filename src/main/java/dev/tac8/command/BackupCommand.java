package dev.tac8.command;

import dev.tac8.backup.Backup;
import dev.tac8.settings.Settings;
import dev.tac8.status.StoreView;
import dev.tac8.status.Words;
import dev.tac8.store.Freshness;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tac8 backup}: a verified copy of every database, while the service runs. */
@Command(name = "backup", mixinStandardHelpOptions = true, optionListHeading = "%n",
        description = "Copies every database, also while the service runs, into a new folder tac8-TIME in DIR: the local store, the"
                + " external one and the archive. Each copy is verified; the folder appears when all of it is on the disk.",
        footer = {"", "Example:", "  ./tac8 backup /mnt/backup%n"})
final class BackupCommand extends Doing {
    @Parameters(paramLabel = "DIR", description = "The folder; it must be there.")
    private Path dir;
    @Option(names = "--what-is-there", description = "Backs up the rest if a volume is away or a database is damaged.")
    private boolean whatIsThere;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = out();
        Settings settings = settings();
        settings.checkBackup(Tac8.fromCaller(dir));
        Freshness freshness = Freshness.read(settings);
        boolean isOld = freshness != null && freshness.follows() && freshness.isOld(Instant.now());
        Backup backup = new Backup(settings, whatIsThere, copied -> {
            String rows = StoreView.inWords(copied.rows());
            out.println(copied.file() + "  " + Words.size(copied.bytes()) + "  " + (rows.isEmpty() ? "no rows" : rows));
            out.flush();
        });
        Path made = backup.make(Tac8.fromCaller(dir), Tac8.now(spec));
        backup.missing().forEach(this::warn);
        if (made == null) {
            out.println("Nothing was backed up: there is no database" + (backup.missing().isEmpty() ? " yet." : " that can be."));
            return backup.missing().isEmpty() ? ExitCode.NOTHING_FOUND : ExitCode.UNAVAILABLE;
        }
        out.println("Backed up and verified: " + made);
        out.flush();
        if (isOld) {
            warn("it lacks what the replica lacks: " + freshness.missing());
            return ExitCode.PARTIAL;
        }
        return ExitCode.DONE;
    }
}
