package dev.tac8.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.FreePort;
import dev.tac8.Home;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** The service as a process of its own, and its page on a free port. */
final class Site implements Closeable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient client = HttpClient.newHttpClient();
    private final Home home;
    private final int port;
    private Process process;

    /** @param dir where its routes, SQL, settings, spool and stores lie */
    Site(Path dir) throws IOException {
        home = new Home(dir);
        port = FreePort.take();
        home.set("tac8.http.port", port);
    }

    /** Which of these views a route answers: each is a route in a file, which may be taken away. */
    static List<String> served(String... views) {
        try (Stream<Path> files = Files.list(Path.of("routes"))) {
            Set<String> paths = new HashSet<>();
            for (Path file : files.toList()) {
                Pattern.compile("platform-http:(\\S+)").matcher(Files.readString(file)).results().forEach(path -> paths.add(path.group(1)));
            }
            return Stream.of(views).filter(view -> paths.contains(view.split("[?]")[0])).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Home home() {
        return home;
    }

    String origin() {
        return "http://127.0.0.1:" + port;
    }

    /**
     * Starts the service, and waits until it answers.
     *
     * @param options of Java, beside those that each process of a test has
     */
    Site start(String... options) throws IOException {
        process = home.command(Stream.concat(Stream.of("-Xmx256m"), Stream.of(options)).toList(), "run").redirectOutput(ProcessBuilder.Redirect.appendTo(home.path("output.log").toFile())).start();
        await("tac8 is running, process " + process.pid());
        // Which ends the service also if a time limit ends the tests.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        return this;
    }

    private void await(String text) {
        Awaitility.await("the service says: " + text).atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> {
            assertThat(process.isAlive()).as("the service lives; it said: %s", said()).isTrue();
            return said().contains(text);
        });
    }

    /** All that the service has printed. */
    String said() {
        try {
            return Files.exists(home.path("output.log")) ? Files.readString(home.path("output.log")) : "nothing";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a program is answered. */
    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create(origin() + path)).timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() throws IOException {
        if (process == null) {
            return;
        }
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new AssertionError("The service did not stop within 30 s; it said: " + said());
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
