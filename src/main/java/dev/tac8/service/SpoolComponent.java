package dev.tac8.service;

import java.io.File;
import java.nio.file.Path;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.component.file.FileComponent;
import org.apache.camel.component.file.FileConsumer;
import org.apache.camel.component.file.FileEndpoint;
import org.apache.camel.component.file.GenericFileConfiguration;
import org.apache.camel.component.file.GenericFileEndpoint;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;

/**
 * Camel's file component, reading from one spool and nowhere else, even if a route names another: files that another route or a rebuild
 * read from a foreign spool would be acknowledged there and stored here. {@code spool:waiting} is that folder, and its path never
 * stands in a URI, in which {@code %}, {@code ?}, {@code #} and others have a special meaning.
 */
final class SpoolComponent extends FileComponent {
    private static final String WAITING = "waiting";

    private final Path spool;
    private final boolean isOfTheSpool;

    private SpoolComponent(Path spool, boolean isOfTheSpool) {
        this.spool = spool;
        this.isOfTheSpool = isOfTheSpool;
    }

    /** For {@code spool:waiting}. */
    static SpoolComponent of(Path spool) {
        return new SpoolComponent(spool, true);
    }

    /** For {@code file:}, which may write anywhere. */
    static SpoolComponent ofOtherFolders(Path spool) {
        return new SpoolComponent(spool, false);
    }

    @Override
    protected GenericFileEndpoint<File> buildFileEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        OwnEndpoint endpoint = new OwnEndpoint(uri);
        if (isOfTheSpool) {
            if (!WAITING.equals(remaining)) {
                throw new IllegalArgumentException("there is no spool:" + remaining + ", only spool:" + WAITING);
            }
            GenericFileConfiguration folder = new Verbatim();
            folder.setDirectory(spool.toString());
            endpoint.setFile(spool.toFile());
            endpoint.setConfiguration(folder);
        } else {
            FileEndpoint given = (FileEndpoint) super.buildFileEndpoint(uri, remaining, parameters);
            endpoint.setFile(given.getFile());
            endpoint.setConfiguration(given.getConfiguration());
        }
        return endpoint;
    }

    /** A path as it is: Camel would turn a backslash around. */
    private static final class Verbatim extends GenericFileConfiguration {
        @Override
        public boolean needToNormalize() {
            return false;
        }
    }

    private final class OwnEndpoint extends FileEndpoint {
        OwnEndpoint(String uri) {
            super(uri, SpoolComponent.this);
        }

        @Override
        public FileConsumer createConsumer(Processor processor) throws Exception {
            Path folder = Path.of(getConfiguration().getDirectory()).toAbsolutePath().normalize();
            if (!folder.equals(spool)) {
                throw new IllegalArgumentException(route() + " reads the files of " + folder + ", and files are read from the spool " + spool
                        + " alone: let it read spool:" + WAITING);
            }
            return super.createConsumer(processor);
        }

        /** The route that begins here, and its file. */
        private String route() {
            CamelContext context = getCamelContext();
            for (RouteDefinition route : ((ModelCamelContext) context).getRouteDefinitions()) {
                // A route that was made from a template has no file of its own.
                if (route.getResource() != null && this == context.hasEndpoint(
                        context.resolvePropertyPlaceholders(route.getInput().getEndpointUri()))) {
                    return route.getResource().getLocation().replaceFirst("^file:", "") + ": the route " + route.getRouteId();
                }
            }
            return "a route";
        }
    }
}
