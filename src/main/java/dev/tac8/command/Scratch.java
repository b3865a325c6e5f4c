package dev.tac8.command;

import dev.tac8.service.Service;
import dev.tac8.service.SpoolTakenException;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.settings.SettingsException;
import dev.tac8.store.Store;
import dev.tac8.store.StoreException;
import dev.tac8.store.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.springframework.util.FileSystemUtils;

/** A spool and stores of its own in a temporary folder, which is gone when it is closed. */
final class Scratch implements AutoCloseable {
    private final Path folder = Files.createTempDirectory("tac8-");
    private final Settings settings;

    /** @param settings of which all but the folders are kept */
    Scratch(Settings settings) throws IOException {
        this.settings = settings.with(Map.of(Setting.STORE, Setting.STORE.fallback(), Setting.BROKER, Setting.BROKER.fallback(),
                Setting.SPOOL_DIR, folder.resolve("spool"), Setting.EXTERNAL_DIR, folder.resolve("external"),
                Setting.LOCAL_DIR, folder.resolve("local")));
        Files.createDirectory(this.settings.path(Setting.SPOOL_DIR));
    }

    Settings settings() {
        return settings;
    }

    /** The external or the local store, without a service; to be opened once, and closed by the caller. */
    Store store(String name) throws IOException, StoreException {
        Path dir = Files.createDirectory(folder.resolve(name));
        Volume disk = Volume.of(settings, name, dir);
        disk.remember(disk.mark());
        return new Store(name, dir, disk, settings.number(Setting.STORE_BUSY_SECONDS), settings.sql());
    }

    /** A service that is not yet started, and whose external store can be used; to be opened once, and closed by the caller. */
    Service open() throws IOException, StoreException, SettingsException, SpoolTakenException {
        Volume disk = Volume.of(settings, "external", Files.createDirectory(settings.path(Setting.EXTERNAL_DIR)));
        Service service = Service.open(settings);
        disk.remember(disk.mark());
        return service;
    }

    @Override
    public void close() throws IOException {
        FileSystemUtils.deleteRecursively(folder);
    }
}
