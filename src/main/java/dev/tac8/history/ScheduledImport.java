package dev.tac8.history;

import dev.tac8.archive.Schedule;
import dev.tac8.ingest.Spool;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.settings.SettingsException;
import dev.tac8.store.StoreException;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import org.apache.camel.BindToRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the running service imports by itself: whatever has changed in the agents' own folders, and in the files that workers' records name. */
@BindToRegistry("import")
public final class ScheduledImport {
    private static final Logger LOG = LoggerFactory.getLogger("import");

    private final Supplier<Settings> settings;
    private final Spool spool;

    /**
     * @param settings those of the moment
     * @throws SettingsException if the expression that says when is invalid
     */
    public ScheduledImport(Supplier<Settings> settings, Spool spool) throws SettingsException {
        this.settings = settings;
        this.spool = spool;
        Schedule.check(settings.get(), Setting.IMPORT_CRON);
    }

    /** Drops what is new into the spool, a part after the other, and remembers which files that were. */
    public void importNew() throws IOException, StoreException {
        Settings now = settings.get();
        Imported imported = new Import(now, System.getenv()).begin(new Import.Options(Import.AGENTS, List.of(), null, null, false), Import.Progress.NONE);
        while (!spool.isStopping() && imported.next(Imported.PART)) {
            if (!imported.isNothing()) {
                imported.publish(spool);
                LOG.info("{}", imported.sentence());
            }
            imported.remember();
        }
    }
}
