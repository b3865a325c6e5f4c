package dev.tac8.client;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The Java logger in a process of its own, doing what {@code writer.py} and {@code full_disk.py} do. */
public final class LoggingProcess {
    private LoggingProcess() {
    }

    /** The process, to be started. */
    public static ProcessBuilder command(Object... args) {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), LoggingProcess.class.getName()));
        Stream.of(args).map(Object::toString).forEach(command::add);
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    }

    /** Arguments: {@code writer}, spool, run; or {@code full-disk}, spool, bytes of memory. */
    public static void main(String[] args) throws Exception {
        if (args[0].equals("writer")) {
            write(Path.of(args[1]), args[2]);
        } else {
            fillDisk(Path.of(args[1]), Long.parseLong(args[2]));
        }
    }

    private static void write(Path spool, String run) {
        TacLogger logger = new TacLogger(spool);
        for (int i = 0;; i++) {
            logger.logEvent("s-" + run, "kill", "info", run + " " + i, Map.of("details", Map.of("pad", "x".repeat(i * 7919 % 3000))));
            System.out.println(i);
            System.out.flush();
            if (i % 500 == 499) {
                logger.flush();
            }
        }
    }

    private static void fillDisk(Path spool, long memoryBytes) throws Exception {
        TacLogger logger = new TacLogger(spool, memoryBytes);
        String session = logger.startSession(Map.of(), null);
        int number = 0;
        long longest = 0;
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.equals("flush")) {
                while (!logger.flush()) {
                    Thread.sleep(10);
                }
            } else {
                for (int i = 0; i < Integer.parseInt(line); i++) {
                    long start = System.nanoTime();
                    logger.logEvent(session, "full", "info", "event " + number++, Map.of("details", Map.of("pad", "x".repeat(300))));
                    longest = Math.max(longest, System.nanoTime() - start);
                }
            }
            System.out.printf("logged %d, dropped %d, refused %d, longest call %.1f ms%n", number, logger.dropped(), logger.refused(),
                    longest / 1e6);
        }
        logger.close();
    }
}
