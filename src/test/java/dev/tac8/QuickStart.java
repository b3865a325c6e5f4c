package dev.tac8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.springframework.util.FileSystemUtils;
import org.sqlite.util.LibraryLoaderUtil;

/**
 * What a process of a test starts with: the packaged jar with an archive of its classes, where it is packaged, and SQLite's library
 * unpacked once. Fault tests start the service hundreds of times, and most of what they take is its starts; so a start takes a third
 * less of the processor.
 */
final class QuickStart {
    private static final List<String> CLASS_PATH = List.of(System.getProperty("java.class.path").split(":"));
    /** Half the time of a start, which is most of what a short test waits for. */
    private static final List<String> QUICK = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    /** How Java ends after SIGTERM. */
    private static final int TERMINATED = 143;

    private final List<String> options = new ArrayList<>(QUICK);
    private final String classPath;

    private QuickStart(Path folder, Path jar) throws IOException, InterruptedException {
        options.add("-Dorg.sqlite.lib.path=" + library(folder));
        // The driver looks for old libraries of its own there, too; /tmp may be a long read.
        options.add("-Dorg.sqlite.tmpdir=" + folder);
        String own = String.join(":", CLASS_PATH);
        if (jar == null) {
            classPath = own;
        } else {
            // Java takes an archive only where the class path begins as it did when that was made.
            classPath = jar + ":" + own;
            Path archive = archive(folder, jar);
            if (Files.exists(archive)) {
                options.add("-XX:SharedArchiveFile=" + archive);
                // Nothing printed about an archive that does not fit, as when the project's folder was moved.
                options.add("-Xlog:disable");
            }
        }
    }

    /** Options of Java. */
    List<String> options() {
        return options;
    }

    String classPath() {
        return classPath;
    }

    /** Made once a build, however many test processes there are. */
    static QuickStart make() {
        Path jar = CLASS_PATH.stream().filter(entry -> entry.endsWith("/tac8.jar")).map(Path::of).findFirst().orElse(null);
        try {
            Path folder = Files.createDirectories(Path.of(CLASS_PATH.get(0)).resolveSibling("quick-start"));
            try (FileChannel channel = FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                 FileLock lock = channel.lock()) {
                return new QuickStart(folder, jar);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Path library(Path folder) throws IOException {
        Path library = folder.resolve(LibraryLoaderUtil.getNativeLibName());
        if (!Files.exists(library)) {
            String resource = LibraryLoaderUtil.getNativeLibResourcePath() + "/" + LibraryLoaderUtil.getNativeLibName();
            try (InputStream in = QuickStart.class.getResourceAsStream(resource)) {
                Files.copy(in, folder.resolve("part"), StandardCopyOption.REPLACE_EXISTING);
            }
            Files.move(folder.resolve("part"), library);
        }
        return folder;
    }

    /** The archive of the classes that a service needs: of one that has run, as most processes of tests do. Without it all goes on, slower. */
    private Path archive(Path folder, Path jar) throws IOException, InterruptedException {
        Path archive = folder.resolve("service.jsa");
        if (Files.exists(archive) && Files.getLastModifiedTime(archive).compareTo(Files.getLastModifiedTime(jar)) > 0) {
            return archive;
        }
        Path training = Files.createTempDirectory("tac8-training");
        try {
            Home home = new Home(training);
            List<String> making = Stream.concat(options.stream(), Stream.of("-XX:ArchiveClassesAtExit=" + archive)).toList();
            home.drop("records.jsonl", Files.readAllBytes(Path.of("examples/20261122T090000-coordinator.jsonl")));
            Process process = home.processOf(making, jar.toString(), "run").redirectOutput(Redirect.DISCARD).start();
            try {
                Awaitility.await("the service has stored a file").atMost(PATIENCE).until(() -> !process.isAlive() || home.waiting().isEmpty());
                // Java writes the archive before it ends.
                process.destroy();
                if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != TERMINATED) {
                    Files.deleteIfExists(archive);
                }
            } finally {
                process.destroyForcibly().waitFor();
            }
            return archive;
        } finally {
            FileSystemUtils.deleteRecursively(training);
        }
    }
}
