package dev.tac8.observe;

import dev.tac8.FreePort;
import dev.tac8.Home;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What scrapes a service. */
final class Monitor {
    private final int port;

    private Monitor(int port) {
        this.port = port;
    }

    /** Has the service of a home listen on a free port. */
    static Monitor of(Home home) throws IOException {
        int port = FreePort.take();
        home.set("tac8.http.port", port);
        return new Monitor(port);
    }

    /** The text of a scrape; empty if nothing answers. */
    String text() throws IOException, InterruptedException {
        try {
            HttpResponse<String> answer = HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/observe/metrics"))
                    .timeout(Duration.ofSeconds(30)).build(), HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200 ? answer.body() : "";
        } catch (ConnectException e) {
            return "";
        }
    }

    /** From each sample with its labels to its value, with what Prometheus adds: whether it could scrape. */
    Map<String, Double> scrape() throws IOException, InterruptedException {
        String text = text();
        Map<String, Double> samples = text.lines().filter(line -> !line.startsWith("#")).collect(Collectors.toMap(line -> line.substring(0, line.lastIndexOf(' ')),
                line -> Double.valueOf(line.substring(line.lastIndexOf(' ') + 1)), (a, b) -> b, TreeMap::new));
        samples.put("up{job=\"tac8\"}", text.isEmpty() ? 0.0 : 1.0);
        return samples;
    }
}
