package dev.tac8.command;

import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.settings.SettingsException;
import dev.tac8.store.StoreException;
import dev.tac8.store.Volume;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code tac8 volume}: the disk that the external store lies on. */
@Command(name = "volume", mixinStandardHelpOptions = true, optionListHeading = "%n",
        description = "Marks the disk that the external store lies on, so that an empty mount point or another disk is never taken for"
                + " it.")
final class VolumeCommand extends Doing {
    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "volume needs: init DIR");
    }

    @Command(name = "init", mixinStandardHelpOptions = true, optionListHeading = "%n",
            description = "Marks a folder on a mounted disk as a tac8 volume. One that is marked already keeps its mark, and becomes ours"
                    + " if it is tac8.external.dir.",
            footer = {"", "Examples:", "  ./tac8 volume init /mnt/external-hdd/tac8", "  ./tac8 volume init --empty /mnt/external-hdd/tac8%n"})
    int init(@Parameters(paramLabel = "DIR", description = "The folder; it must be there.") Path dir,
            @Option(names = "--empty", description = "Has an empty database begun if the one that was there is gone.") boolean empty)
            throws SettingsException, StoreException {
        Settings settings = settings();
        Path folder = Tac8.fromCaller(dir);
        PrintWriter out = out();
        if (!Files.isDirectory(folder)) {
            throw new StoreException(folder + " is not a folder: mount the disk and make the folder first");
        }
        String store = folder.equals(settings.path(Setting.LOCAL_DIR)) ? "local" : "external";
        if (store.equals("external")) {
            settings.checkVolume(folder);
        }
        Volume volume = Volume.of(settings, store, folder);
        String id = volume.mark();
        out.println(folder + " is tac8 volume " + id);
        if (store.equals("local") || folder.equals(settings.path(Setting.EXTERNAL_DIR))) {
            volume.remember(id);
            if (empty) {
                volume.forgetUse();
            }
            out.println("It is the " + store + " volume from now on.");
        } else {
            out.println("To use it, set " + Setting.EXTERNAL_DIR.key() + "=" + folder);
        }
        out.flush();
        return 0;
    }
}
