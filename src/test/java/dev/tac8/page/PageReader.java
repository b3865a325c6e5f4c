package dev.tac8.page;

import dev.tac8.FreePort;
import dev.tac8.Home;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** The page of a home's service, as a program asks for it. */
final class PageReader {
    private final HttpClient client = HttpClient.newHttpClient();
    private final int port;

    private PageReader(int port) {
        this.port = port;
    }

    /** Has the service of a home, which is not started yet, listen on a free port. */
    static PageReader of(Home home) throws IOException {
        int port = FreePort.take();
        home.set("tac8.http.port", port);
        return new PageReader(port);
    }

    String url(String path) {
        return "http://127.0.0.1:" + port + path;
    }

    HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url(path))).timeout(Duration.ofSeconds(60));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
