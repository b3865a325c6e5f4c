package dev.tac8.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import dev.tac8.client.LoggingProcess;
import dev.tac8.client.Python;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A coordinator goes on while the disk of the spool is full, and what found no room anywhere is counted. */
@Tag("thorough")
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LoggerFullDiskIT {
    private static final int MEMORY_BYTES = 200_000;
    private static final Pattern COUNTS = Pattern.compile("logged (\\d+), dropped (\\d+), refused 0, .*");

    @TempDir
    private Path dir;

    private interface Starter {
        ProcessBuilder command(Path spool) throws Exception;
    }

    @Test
    void pythonRidesOutAFullDiskInMemoryAndCountsWhatItDrops() throws Exception {
        rideOut("size=1m", spool -> Python.script(spool, "full_disk.py", spool, MEMORY_BYTES));
    }

    @Test
    void pythonRidesOutADiskWithoutInodes() throws Exception {
        rideOut("nr_inodes=100", spool -> Python.script(spool, "full_disk.py", spool, MEMORY_BYTES));
    }

    @Test
    void javaRidesOutAFullDiskInMemoryAndCountsWhatItDrops() throws Exception {
        rideOut("size=1m", spool -> LoggingProcess.command("full-disk", spool, MEMORY_BYTES));
    }

    private void rideOut(String limit, Starter starter) throws Exception {
        Home home = new Home(dir.resolve("home"));
        try (Mounts mounts = Mounts.open()) {
            Path spool = Files.createDirectories(dir.resolve("spool"));
            mounts.mountSmall(limit, spool);
            Process process = mounts.start(starter.command(spool).directory(dir.toFile()));
            PrintWriter in = new PrintWriter(process.outputWriter(), true);
            BufferedReader out = process.inputReader();

            in.println("100");
            assertThat(counts(out)[1]).isZero();
            boolean bytes = limit.startsWith("size");
            List<Path> ballast = bytes ? mounts.fill(spool, 5000) : mounts.fillInodes(spool);
            in.println("100");
            assertThat(counts(out)[1]).as("dropped while memory has room").isZero();
            in.println("3000");
            long dropped = counts(out)[1];
            if (bytes) {
                assertThat(dropped).as("dropped where there is no room anywhere").isPositive();
            }
            for (Path file : ballast) {
                Files.delete(file);
            }
            in.println("flush");
            counts(out);
            in.println("10");
            long[] counts = counts(out);
            in.close();
            assertThat(process.waitFor()).isZero();

            copy(mounts.seen(spool), home);
            home.drain();
            assertThat(home.quarantined()).as("torn records").isEmpty();
            assertThat(home.query("SELECT DISTINCT message FROM events WHERE event_type = 'full'")).hasSize((int) (counts[0] - counts[1]));
            assertThat(home.query("SELECT severity, sum(json_extract(details, '$.records')) FROM events WHERE event_type = 'records_dropped'"))
                    .containsExactly(counts[1] == 0 ? "null|null" : "error|" + counts[1]);
        }
    }

    private static long[] counts(BufferedReader out) throws IOException {
        String line = out.readLine();
        System.out.println("full disk: " + line);
        Matcher counts = COUNTS.matcher(line);
        assertThat(counts.matches()).as(line).isTrue();
        return new long[] {Long.parseLong(counts.group(1)), Long.parseLong(counts.group(2))};
    }

    /** SQLite cannot write where the disk is mounted; the files can be read from here. */
    private static void copy(Path from, Home home) throws IOException {
        Files.createDirectories(home.spool());
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                assertThat(file.toString()).endsWith(".jsonl");
                Files.copy(file, home.spool().resolve(file.getFileName().toString()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}
