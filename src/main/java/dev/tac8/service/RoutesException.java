package dev.tac8.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ParserException;
import org.snakeyaml.engine.v2.exceptions.ScannerException;

/** The routes or their statements cannot be loaded, or cannot keep their promises. The message names each file, and why. */
public final class RoutesException extends Exception {
    private static final long serialVersionUID = 1L;
    private static final Pattern UNKNOWN_OPTION = Pattern.compile("(\\w+)://.*Unknown parameters=\\[\\{(\\w+)=", Pattern.DOTALL);
    private static final Pattern NO_COMPONENT = Pattern.compile("No endpoint could be found for: ([\\w-]+):");
    private static final Pattern DUPLICATE = Pattern.compile("Duplicate route ids detected: ([^.,]+)");
    private static final Pattern NO_PROPERTY = Pattern.compile("Property with key \\[([^\\]]*)\\]");

    private RoutesException(String message, Throwable cause) {
        super(message, cause);
    }

    /** @param broken the reasons why the routes cannot keep their promises, a sentence each */
    static RoutesException broken(List<String> broken) {
        return new RoutesException("the routes cannot keep what they promise, so nothing was started: " + String.join("\n", broken), null);
    }

    /**
     * @param context the part of them that was built so far
     * @param home    holds {@code routes/}
     */
    static RoutesException of(Exception failure, CamelContext context, Path home) {
        return new RoutesException("the routes cannot be loaded, so nothing was started: " + sentence(failure, context, home), failure);
    }

    private static String sentence(Exception failure, CamelContext context, Path home) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof MarkedYamlEngineException yaml && yaml.getProblemMark().isPresent()) {
                return ofYaml(yaml, yaml.getProblemMark().get(), home);
            }
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof FailedToCreateRouteException route && route.getRouteId() != null && context instanceof ModelCamelContext model) {
                return Promises.place(model, home, route.getRouteId()) + " cannot be built: " + reason(failure);
            }
        }
        return fileOf(home, failure) + reason(failure);
    }

    private static String ofYaml(MarkedYamlEngineException yaml, Mark mark, Path home) {
        String problem = String.valueOf(yaml.getProblem()).strip();
        boolean broken = yaml instanceof ParserException || yaml instanceof ScannerException;
        return Promises.file(home, mark.getName()) + ", line " + (mark.getLine() + 1) + ": "
                + (broken ? "this is no YAML any more (" + problem + "); mostly a line above is missing, or indented otherwise" : problem);
    }

    /** What failed, in words that do not need Camel's names. */
    static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = String.valueOf(cause.getMessage()).strip().replaceAll("\\s+", " ");
        Matcher option = UNKNOWN_OPTION.matcher(message);
        Matcher component = NO_COMPONENT.matcher(message);
        Matcher property = NO_PROPERTY.matcher(message);
        if (option.find()) {
            return option.group(1) + ": has no option " + option.group(2);
        }
        if (component.find()) {
            return "there is nothing called " + component.group(1) + ": to read from or send to";
        }
        if (property.find()) {
            return "application.properties has no setting " + property.group(1);
        }
        Matcher duplicate = DUPLICATE.matcher(message);
        if (duplicate.find()) {
            return "the route " + duplicate.group(1) + " is there twice; an id is one route's alone";
        }
        if (cause instanceof NullPointerException || cause.getMessage() == null) {
            return "something is missing that a route needs, such as its id, its from, or the template it is made from";
        }
        return message.startsWith("Unable to parse resource") ? "it is no list of routes" : message;
    }

    /** The place of the fault, as far as it can be found; Camel does not always say which file it was at. */
    private static String fileOf(Path home, Throwable failure) {
        StringBuilder all = new StringBuilder();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            all.append(cause.getMessage()).append('\n');
        }
        Matcher property = NO_PROPERTY.matcher(all);
        Matcher duplicate = DUPLICATE.matcher(all);
        try (Stream<Path> files = Files.list(home.resolve("routes"))) {
            List<Path> routes = files.filter(path -> path.toString().endsWith(".camel.yaml")).sorted().toList();
            Pattern named = property.find() ? Pattern.compile(Pattern.quote("{{" + property.group(1)))
                    : duplicate.find() ? Pattern.compile("[iI]d: *\"?" + Pattern.quote(duplicate.group(1)) + "\\b(?!-)") : null;
            List<String> found = new ArrayList<>();
            for (Path file : routes) {
                if (named == null ? !canBeLoadedAlone(file) : named.matcher(Files.readString(file)).find()) {
                    found.add(home.relativize(file).toString());
                }
            }
            return found.isEmpty() ? "" : String.join(", ", found) + ": ";
        } catch (IOException e) {
            return "routes/ cannot be read: ";
        }
    }

    private static boolean canBeLoadedAlone(Path file) throws IOException {
        try (DefaultCamelContext alone = new DefaultCamelContext()) {
            alone.setRouteFilterPattern("*", "");
            PluginHelper.getRoutesLoader(alone).loadRoutes(ResourceHelper.resolveMandatoryResource(alone, "file:" + file));
            return alone.getRouteDefinitions().stream().allMatch(route -> route.getInput() != null);
        } catch (Exception e) {
            return false;
        }
    }
}
