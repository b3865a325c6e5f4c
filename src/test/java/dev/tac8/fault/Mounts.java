package dev.tac8.fault;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;

/**
 * A mount namespace of its own, in which disks come, go, fill up and turn read-only without anybody else noticing. A process that
 * waits for the end of its input holds it, so that it ends with the test, however that ends.
 *
 * <p>A file inside is seen from here by {@link #root}. SQLite cannot go that way: it resolves the links of a path, and {@code
 * /proc/PID/root} is a link to {@code /}. It gets a copy to look at.
 */
final class Mounts implements Closeable {
    private static final int BLOCK_BYTES = 1 << 16;

    private final Process holder;

    private Mounts(Process holder) {
        this.holder = holder;
    }

    /** Makes one; where none can be had, skips the test and prints why. */
    static Mounts open() throws IOException {
        Process holder;
        try {
            holder = new ProcessBuilder("unshare", "-m", "--propagation", "private", "sh", "-c", "echo ready; exec cat")
                    .redirectErrorStream(true).start();
        } catch (IOException e) {
            return skip(e.getMessage());
        }
        // Until it says so, what is mounted might be seen outside.
        String said = holder.inputReader().readLine();
        return "ready".equals(said) ? new Mounts(holder) : skip(said);
    }

    /** Skips the test. */
    private static <T> T skip(String reason) {
        String sentence = "skipped, as disks can be mounted only by root and where there is unshare: " + reason;
        System.out.println(sentence);
        return Assumptions.abort(sentence);
    }

    /** The root of the file system inside, as seen from here. */
    Path root() {
        return Path.of("/proc", "" + holder.pid(), "root");
    }

    /** A file inside, as seen from here. */
    Path seen(Path inside) {
        return root().resolve(Path.of("/").relativize(inside));
    }

    /** Starts a command inside, in its own working directory. The process is the command itself, not one around it. */
    Process start(ProcessBuilder command) throws IOException {
        String folder = command.directory() == null ? "/" : command.directory().toString();
        List<String> line = new ArrayList<>(List.of("nsenter", "-t", "" + holder.pid(), "-m",
                "sh", "-c", "cd \"$0\" && exec \"$@\"", folder));
        line.addAll(command.command());
        return command.command(line).start();
    }

    /** Runs a command inside to its end, and fails unless that is a good one. */
    void run(Object... command) throws IOException, InterruptedException {
        String said = tryToRun(command);
        if (!said.isEmpty()) {
            throw new IOException(said);
        }
    }

    /** Runs a command inside to its end; what it said if that is a bad one, or nothing. */
    String tryToRun(Object... command) throws IOException, InterruptedException {
        List<String> line = Stream.of(command).map(Object::toString).toList();
        Process process = start(new ProcessBuilder(line).redirectErrorStream(true));
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() == 0 ? "" : line + " ended with " + process.exitValue() + ": " + said.strip();
    }

    /** Mounts a folder of the outer file system, which stands for a disk, at a folder. */
    void mount(Path disk, Path at) throws IOException, InterruptedException {
        run("mount", "--bind", disk, at);
    }

    /** Mounts a new, empty disk of its own size at a folder: {@code size=24m} or {@code nr_inodes=200}. */
    void mountSmall(String limit, Path at) throws IOException, InterruptedException {
        run("mount", "-t", "tmpfs", "-o", limit, "tmpfs", at);
    }

    /** Takes away what is mounted at a folder, although files of it are open. They stay open, and out of reach. */
    void detach(Path at) throws IOException, InterruptedException {
        run("umount", "-l", at);
    }

    /** Fills the disk of a folder to the last byte but some; the files to delete to empty it again. */
    List<Path> fill(Path folder, long leftBytes) throws IOException {
        Path ballast = seen(folder).resolve("ballast");
        try (var out = Files.newOutputStream(ballast)) {
            byte[] block = new byte[BLOCK_BYTES];
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            // It is full.
        }
        try (var file = Files.newByteChannel(ballast, StandardOpenOption.WRITE)) {
            file.truncate(Math.max(0, file.size() - leftBytes));
        }
        return List.of(ballast);
    }

    /** Uses up the inodes of the disk of a folder: no file can be made there. The files to delete to free them again. */
    List<Path> fillInodes(Path folder) throws IOException {
        Path ballast = Files.createDirectory(seen(folder).resolve("ballast"));
        List<Path> files = new ArrayList<>();
        try {
            while (true) {
                files.add(Files.createFile(ballast.resolve("" + files.size())));
            }
        } catch (IOException e) {
            // There is none left.
        }
        files.add(ballast);
        return files;
    }

    /** Holds a process still, all its threads, between two steps. */
    static void freeze(Process process) throws IOException, InterruptedException {
        signal(process, "STOP");
        Awaitility.await("process " + process.pid() + " stands still").pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1))
                .until(() -> !process.isAlive() || isStill(process));
    }

    /** Lets it go on. */
    static void thaw(Process process) throws IOException, InterruptedException {
        signal(process, "CONT");
    }

    private static void signal(Process process, String signal) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + signal, "" + process.pid()).start().waitFor();
    }

    private static boolean isStill(Process process) {
        try (Stream<Path> threads = Files.list(Path.of("/proc", "" + process.pid(), "task"))) {
            for (Path thread : threads.toList()) {
                String stat = Files.readString(thread.resolve("stat"));
                if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            // A thread has ended meanwhile.
            return false;
        }
    }

    @Override
    public void close() {
        holder.destroyForcibly();
    }
}
