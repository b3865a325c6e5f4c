package dev.tac8.client;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Runs the scripts of {@code src/test/python} on the Python logger. */
public final class Python {
    private static final Path PROJECT = Path.of("").toAbsolutePath();
    private static final String PROGRAM = System.getProperty("tac8.test.python", "python3");

    private Python() {
    }

    /** A script as a process of its own, to be started; where there is no Python, skips the test and prints why. */
    public static ProcessBuilder script(Path spool, String name, Object... args) throws InterruptedException {
        try {
            new ProcessBuilder(PROGRAM, "-c", "import sys; sys.exit(sys.version_info < (3, 9))").start().waitFor();
        } catch (IOException e) {
            String sentence = "skipped, as there is no Python: " + e.getMessage();
            System.out.println(sentence);
            Assumptions.abort(sentence);
        }
        List<String> command = new ArrayList<>(List.of(PROGRAM, PROJECT.resolve("src/test/python").resolve(name).toString()));
        Stream.of(args).map(Object::toString).forEach(command::add);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().keySet().removeIf(variable -> variable.startsWith("TAC8_"));
        builder.environment().put("TAC8_SPOOL_DIR", spool.toString());
        builder.environment().put("PYTHONPATH", PROJECT.resolve("clients") + File.pathSeparator);
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        return builder;
    }

    /** Runs a script to its end, which must be a good one; what it printed. */
    public static String run(Path spool, String name, Object... args) throws IOException, InterruptedException {
        Process process = script(spool, name, args).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError(name + " ended with " + process.exitValue() + ": " + output);
        }
        return output.strip();
    }
}
