package dev.tac8.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a day cost, as whole processes in turn: {@code ./tac8 cost}, by itself and by a running service, and the script that the first design
 * imagined, once with its own query and once with a range that can use the index.
 */
final class Questions {
    private static final int PAIRS = 31;
    private static final String OURS = "./tac8 cost, this day";
    private static final String LAUNCHER = Path.of("tac8").toAbsolutePath().toString();

    private final Path store;
    private final String day;
    private final String python;

    /**
     * @param store the folder that holds logs.db
     * @param day   UTC
     */
    Questions(Path store, String day, String python) {
        this.store = store;
        this.day = day;
        this.python = python;
    }

    List<String> compare() throws IOException, InterruptedException {
        String database = store.resolve("logs.db").toString();
        String interpreter = interpreter();
        String script = Path.of("src/test/python/question.py").toAbsolutePath().toString();
        Map<String, List<String>> commands = new LinkedHashMap<>();
        List<String> ours = List.of(LAUNCHER, "cost", "--since", day, "--until", day, "--zone", "UTC");
        List<String> alone = new ArrayList<>(ours);
        // A service is looked for in the spool that the environment names.
        settings().forEach((variable, folder) -> alone.addAll(List.of("-D", variable.toLowerCase(Locale.ROOT).replace('_', '.') + "=" + folder)));
        commands.put(OURS, alone);
        commands.put("the same, asked of a running service", ours);
        commands.put("Python, the first design's query", List.of(interpreter, script, database, "cost", "--day", day));
        commands.put("Python, by a range", List.of(interpreter, script, database, "cost", "--day", day, "--range"));
        Process service = command(List.of(LAUNCHER, "run"), settings()).start();
        try {
            String said = service.inputReader().readLine();
            if (said == null || !said.startsWith("tac8 is running")) {
                throw new IllegalStateException("the service does not run: " + said);
            }
            return compare(commands);
        } finally {
            service.destroy();
            service.waitFor();
        }
    }

    private List<String> compare(Map<String, List<String>> commands) throws IOException, InterruptedException {
        Map<String, double[]> milliseconds = new LinkedHashMap<>();
        for (int pair = -3; pair < PAIRS; pair++) {
            for (Map.Entry<String, List<String>> command : commands.entrySet()) {
                long start = System.nanoTime();
                run(command.getValue(), command.getValue().contains("-D") ? Map.of() : settings());
                if (pair >= 0) {
                    milliseconds.computeIfAbsent(command.getKey(), absent -> new double[PAIRS])[pair] = (System.nanoTime() - start) / 1e6;
                }
            }
        }
        List<String> lines = new ArrayList<>();
        lines.add(String.format(Locale.ROOT, "%-36s %8s   %s", "", "p50 ms", "of it ./tac8 takes (median of pairs)"));
        milliseconds.forEach((name, all) -> {
            double[] ratios = new double[PAIRS];
            for (int i = 0; i < PAIRS; i++) {
                ratios[i] = milliseconds.get(OURS)[i] / all[i];
            }
            lines.add(String.format(Locale.ROOT, "%-36s %8.0f   %s", name, median(all), name.equals(OURS) ? ""
                    : String.format(Locale.ROOT, "%.2f", median(ratios))));
        });
        return lines;
    }

    /** Python itself: what is found on PATH may be a script that looks for it, which takes longer than the question. */
    private String interpreter() throws IOException, InterruptedException {
        return run(List.of(python, "-c", "import sys; print(sys.executable)"), Map.of()).strip();
    }

    private Map<String, String> settings() {
        return Map.of("TAC8_EXTERNAL_DIR", store.toString(), "TAC8_LOCAL_DIR", store.resolveSibling("questions-local").toString(),
                "TAC8_SPOOL_DIR", store.resolveSibling("questions-spool").toString());
    }

    private static ProcessBuilder command(List<String> command, Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        return builder;
    }

    private static String run(List<String> command, Map<String, String> environment) throws IOException, InterruptedException {
        Process process = command(command, environment).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(command + " failed: " + output);
        }
        return output;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /** Marks a folder as the volume of a store, so that it is read. */
    static Path marked(Path store) throws IOException {
        Files.createDirectories(store);
        Files.writeString(store.resolve(".tac8-volume"), "00000000-0000-4000-8000-000000000000\n");
        return store;
    }
}
