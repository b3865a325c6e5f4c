package dev.tac8.ingest;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.function.Predicate;

/**
 * Hears of new names in a folder without listing it.
 *
 * <p>Do not rely on it: Linux does not report what another computer does in a network file system, and it reports on a folder only while
 * that is still the folder that was there at first. It only shortens waiting.
 */
final class Arrivals implements Closeable {
    private final WatchService watch;

    /** @throws IOException if the system does not report on this folder, or too many programs ask it to */
    Arrivals(Path folder) throws IOException {
        watch = folder.getFileSystem().newWatchService();
        try {
            folder.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
        } catch (IOException e) {
            watch.close();
            throw e;
        }
    }

    /** Whether a wanted name, or more names than the system could report, came since the last call. */
    boolean any(Predicate<String> wanted) {
        boolean any = false;
        for (WatchKey key = watch.poll(); key != null; key = watch.poll()) {
            for (WatchEvent<?> event : key.pollEvents()) {
                any |= event.kind() == StandardWatchEventKinds.OVERFLOW || wanted.test(event.context().toString());
            }
            key.reset();
        }
        return any;
    }

    @Override
    public void close() throws IOException {
        watch.close();
    }
}
