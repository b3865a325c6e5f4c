package dev.tac8.command;

import dev.tac8.files.Daemon;
import dev.tac8.query.Stores;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * The process that answers launchers' questions for a service: one after another, as {@code ./tac8} itself would, in memory that is bounded.
 * What is not an ordinary answer it leaves to the launcher, and what it cannot clear away ends it: another one is started for the next
 * question. docs/adr/0026 says why.
 */
final class Asker {
    private static final int MOST_WAITING = 8;
    private static final int MOST_BYTES = 1 << 20;
    private static final int PAGE_BYTES = 4096;
    private static final long MOST_RESIDENT_BYTES = 160L << 20;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(25);
    /** For so long others wait for a question; then they ask for themselves. */
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    /** A question that takes longer may have left something of a disk that hangs. */
    private static final long ORDINARY_NANOS = TimeUnit.SECONDS.toNanos(4);
    private static final long IDLE_SECONDS = 300;

    private final Path folder;
    private final BlockingQueue<Request> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final Thread watch = Daemon.threads("watch").newThread(this::watch);
    private volatile Request asked;
    private volatile long sinceNanos;

    private Asker(Path folder) {
        this.folder = folder;
    }

    /** Not an exception: picocli and the commands would catch it. */
    private static final class TooLong extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** @param args the folder in which launchers ask; the end of standard input is that of the service */
    public static void main(String[] args) throws IOException {
        Daemon.threads("service").newThread(Asker::endWithTheService).start();
        Asker asker = new Asker(Path.of(args[0]));
        // The first questions after a start load what all of them need; let it be this one.
        answer(Caller.here(), new String[] {"cost", "--today"}, OutputStream.nullOutputStream(), OutputStream.nullOutputStream());
        Stores.letGo();
        asker.watch.start();
        Thread answer = Daemon.threads("answer").newThread(asker::answer);
        answer.start();
        asker.listen();
    }

    private static void endWithTheService() {
        try {
            System.in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // It has ended, too.
        }
        end();
    }

    /** At once, whatever is being done: nothing here is worth keeping, and a launcher that is waiting asks for itself. */
    private static void end() {
        Runtime.getRuntime().halt(0);
    }

    /** Nothing is asked before there is a door, which is held open by this side too: its end never comes. */
    private void listen() throws IOException {
        Path door = folder.resolve("door.new");
        try (FileChannel held = FileChannel.open(door, StandardOpenOption.READ, StandardOpenOption.WRITE);
             BufferedReader lines = new BufferedReader(new InputStreamReader(new FileInputStream(door.toFile()), StandardCharsets.US_ASCII))) {
            Files.move(door, folder.resolve("door"));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Request request = Request.of(folder, line);
                request.accept();
                if (!waiting.offer(request)) {
                    request.decline();
                }
                LockSupport.unpark(watch);
            }
        } catch (IOException | IllegalArgumentException e) {
            end();
        }
    }

    private void watch() {
        try {
            while (true) {
                Request now = asked;
                if (now == null && waiting.isEmpty()) {
                    LockSupport.park(this);
                    continue;
                }
                if (now != null && !now.isThere() && now == asked) {
                    // Interrupted by Ctrl-C, perhaps: nothing is to go on for a launcher that has gone.
                    end();
                }
                if (now != null && System.nanoTime() - sinceNanos > PATIENCE_NANOS) {
                    for (Request next = waiting.poll(); next != null; next = waiting.poll()) {
                        next.decline();
                    }
                }
                LockSupport.parkNanos(this, LOOK_NANOS);
            }
        } catch (IOException e) {
            end();
        }
    }

    private void answer() {
        try {
            for (long idle = 0; idle < IDLE_SECONDS; idle++) {
                Request request = waiting.poll(1, TimeUnit.SECONDS);
                if (request != null && !request.isThere()) {
                    request.decline();
                } else if (request != null) {
                    idle = 0;
                    sinceNanos = System.nanoTime();
                    asked = request;
                    answer(request);
                    asked = null;
                    clear(System.nanoTime() - sinceNanos);
                }
                Request.sweep(folder);
            }
        } catch (IOException | InterruptedException e) {
            // Nothing more can be answered here.
        } finally {
            end();
        }
    }

    private static void clear(long nanos) throws IOException {
        Stores.letGo();
        long resident = Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[1]) * PAGE_BYTES;
        if (nanos > ORDINARY_NANOS || resident > MOST_RESIDENT_BYTES) {
            end();
        }
    }

    private static void answer(Request request) throws IOException {
        ByteArrayOutputStream out = new Bounded();
        ByteArrayOutputStream err = request.together() ? out : new Bounded();
        Integer code = null;
        try {
            String[] question = request.question();
            Map<String, String> environment = question == null ? null : request.environment();
            if (environment != null && Daemon.ask(1, () -> request.seesTheSame(environment))) {
                code = answer(new Caller(environment, request.terminal(), request.columns(), request.colour(), out), question, out, err);
            }
        } catch (TooLong | IOException | IndexOutOfBoundsException e) {
            // Then the launcher asks, and says what there is to say.
        } catch (TimeoutException e) {
            request.decline();
            end();
        }
        if (code != null && List.of(ExitCode.DONE, ExitCode.NOTHING_FOUND, ExitCode.PARTIAL).contains(code)) {
            request.answer(code, out.toByteArray(), request.together() ? new byte[0] : err.toByteArray());
        } else {
            request.decline();
        }
    }

    private static int answer(Caller caller, String[] question, OutputStream out, OutputStream err) {
        // As a process has them: a line is written when it is complete, so that what goes to one file stands there in that order.
        PrintWriter lines = new PrintWriter(new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8)), true);
        PrintWriter errors = new PrintWriter(new OutputStreamWriter(err, StandardCharsets.UTF_8), true);
        int code = Tac8.commandLine(Clock.systemUTC(), caller, question).setOut(lines).setErr(errors).execute(question);
        lines.flush();
        errors.flush();
        return code;
    }

    /** What a launcher is answered, which it gets when all of it is there. */
    private static final class Bounded extends ByteArrayOutputStream {
        @Override
        public synchronized void write(int b) {
            check(1);
            super.write(b);
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            check(length);
            super.write(bytes, offset, length);
        }

        private void check(int more) {
            if (size() + more > MOST_BYTES) {
                throw new TooLong();
            }
        }
    }
}
