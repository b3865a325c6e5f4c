package dev.tac8.bench;

import dev.tac8.client.TacLogger;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** What a call of the Java logger costs, as {@code logger_bench.py} prints it. Arguments: spool, calls. */
final class LoggerCost {
    private static final int WARM_UP = 20_000;

    private LoggerCost() {
    }

    public static void main(String[] args) {
        int calls = Integer.parseInt(args[1]);
        long[] nanos = new long[calls];
        try (TacLogger logger = new TacLogger(Path.of(args[0]))) {
            String session = logger.startSession(Map.of(), null);
            logger.logWorker(session, "w-abc123", "gh-450", "spawned", null);
            for (int i = -WARM_UP; i < calls; i++) {
                long start = System.nanoTime();
                logger.logApiCall("w-abc123", "claude-sonnet-4-5", Map.of("tokens_input", 5000, "tokens_output", 2000,
                        "estimated_cost_usd", 0.045, "duration_ms", 3200));
                if (i >= 0) {
                    nanos[i] = System.nanoTime() - start;
                }
            }
        }
        Arrays.sort(nanos);
        System.out.println(nanos[calls / 2] / 1e3 + " " + nanos[calls * 99 / 100] / 1e3 + " " + nanos[calls - 1] / 1e3);
    }
}
