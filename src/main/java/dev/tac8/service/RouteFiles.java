package dev.tac8.service;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.support.ResourceResolverSupport;
import org.apache.camel.support.ResourceSupport;

/**
 * What Camel reads by {@code file:}, which are routes and their statements: from a folder that need not be the process's own, and may be
 * another one later. A route that was built keeps what it has read.
 */
final class RouteFiles extends ResourceResolverSupport {
    /** How the routes are named in {@code application.properties}. */
    private static final String ALL = "file:routes/*.camel.yaml";

    private volatile Path folder;

    /** @param folder of {@code routes/} and {@code sql/} */
    RouteFiles(Path folder) {
        super("file");
        this.folder = folder;
    }

    /** Has Camel find this wherever it reads a file. */
    void bindTo(CamelContext context) {
        setCamelContext(context);
        context.getRegistry().bind("resource-loader-file", this);
    }

    Path folder() {
        return folder;
    }

    /** Whatever is read from now on is read from another folder. */
    void readFrom(Path other) {
        folder = other;
    }

    /** Whether a pattern of Camel means {@link #routes}. */
    static boolean areAll(String pattern) {
        return ALL.equals(pattern);
    }

    /** The files of routes of a folder, by name. */
    static Collection<Resource> routes(Path folder) {
        try (Stream<Path> files = Files.list(folder.resolve("routes"))) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".camel.yaml") && !name.startsWith(".")).sorted()
                    .map(name -> read(folder.resolve("routes").resolve(name), "file:routes/" + name)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Each route keeps what it was read from, and should not keep all files in memory. */
    private static Resource read(Path file, String location) {
        try {
            return ResourceHelper.fromBytes(location, Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected Resource createResource(String location, String remaining) {
        Path file = folder.resolve(remaining);
        return new ResourceSupport(getSupportedScheme(), location) {
            @Override
            public boolean exists() {
                return Files.exists(file);
            }

            @Override
            public URI getURI() {
                return file.toUri();
            }

            @Override
            public InputStream getInputStream() throws IOException {
                if (!Files.isRegularFile(file)) {
                    throw new FileNotFoundException(location + " is no file");
                }
                return Files.newInputStream(file);
            }
        };
    }
}
