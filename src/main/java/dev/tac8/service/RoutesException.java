package dev.tac8.service;

import dev.tac8.settings.Settings;
import dev.tac8.text.Nearest;
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
import org.apache.camel.FailedToStartRouteException;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.spi.EndpointUriFactory;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.util.ObjectHelper;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ParserException;
import org.snakeyaml.engine.v2.exceptions.ScannerException;

/** The routes or their statements cannot be loaded, or cannot keep their promises. The message names each file, and why. */
public final class RoutesException extends Exception {
    private static final long serialVersionUID = 1L;
    /** The most sentences of the message. */
    private static final int MOST = 8;
    private static final Pattern UNKNOWN_OPTION = Pattern.compile("(\\w+)://.*Unknown parameters=\\[\\{(\\w+)=", Pattern.DOTALL);
    private static final Pattern UNKNOWN_NAME = Pattern.compile("(?:Unknown node id|Unsupported field): (\\S+)");
    private static final String EMPTY = "it holds no route: mend it, or move it away";
    private static final String ANOTHER_DOCUMENT = "but found another document";
    private static final Pattern NO_COMPONENT = Pattern.compile("No endpoint could be found for: ([\\w-]+):");
    private static final Pattern DUPLICATE = Pattern.compile("Duplicate route ids detected: ([^.,]+)");
    private static final Pattern NO_TEMPLATE = Pattern.compile("Cannot find RouteTemplate with id (\\S+)");
    private static final Pattern NO_SETTING_OF_CAMEL = Pattern.compile("Error binding property \\((camel\\.[^)]*)\\)");
    private static final Pattern NO_PROPERTY = Pattern.compile("Property with key \\[([^\\]]*)\\]");

    /** One sentence each. */
    private final ArrayList<String> reasons;

    private RoutesException(String what, List<String> reasons, Throwable cause) {
        super(what + ", so nothing was started: " + String.join("\n", reasons.subList(0, Math.min(MOST, reasons.size())))
                + (reasons.size() <= MOST ? "" : "\nand " + (reasons.size() - MOST) + " more of the kind; ./tac8 validate lists all"), cause);
        this.reasons = new ArrayList<>(reasons);
    }

    /** @param broken the reasons why the routes cannot keep their promises, a sentence each */
    static RoutesException broken(List<String> broken) {
        return new RoutesException("the routes cannot keep what they promise", broken, null);
    }

    /**
     * @param context the part of them that was built so far
     * @param home    holds {@code routes/}
     */
    static RoutesException of(Exception failure, CamelContext context, Path home) {
        String sentence = sentence(failure, context, home);
        // Camel says so by an IOException, as if the file could not be read just now.
        return new RoutesException("the routes cannot be loaded", List.of(sentence), sentence.endsWith(EMPTY) ? null : failure);
    }

    /**
     * What is wrong, a sentence for each fault that was found. The first words of each are the file and, if it is known, the line, as in
     * {@code routes/write.camel.yaml, line 12: ...}.
     */
    public List<String> reasons() {
        return List.copyOf(reasons);
    }

    /** A sentence for each file of {@code routes/} that Camel cannot read. */
    static List<String> unreadable(Path home) throws IOException {
        List<String> unreadable = new ArrayList<>();
        for (Path file : files(home)) {
            Exception failure = load(file);
            if (failure != null && ObjectHelper.getException(MarkedYamlEngineException.class, failure) != null) {
                unreadable.add(sentence(failure, null, home));
            }
        }
        return unreadable;
    }

    private static List<Path> files(Path home) throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("routes"))) {
            return files.filter(path -> path.toString().endsWith(".camel.yaml")).sorted().toList();
        }
    }

    private static String sentence(Exception failure, CamelContext context, Path home) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof MarkedYamlEngineException yaml && yaml.getProblemMark().isPresent()) {
                return ofYaml(yaml, yaml.getProblemMark().get(), home);
            }
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof FailedToCreateRouteException route && route.getRouteId() != null && context instanceof ModelCamelContext model) {
                return Promises.place(model, home, route.getRouteId()) + " cannot be built: " + reason(failure, context);
            }
        }
        FailedToStartRouteException started = ObjectHelper.getException(FailedToStartRouteException.class, failure);
        if (started != null && context instanceof ModelCamelContext model) {
            return Promises.place(model, home, started.getRouteId()) + " cannot be started: " + reason(failure, context);
        }
        return fileOf(home, failure) + reason(failure, context);
    }

    private static String ofYaml(MarkedYamlEngineException yaml, Mark mark, Path home) {
        String problem = String.valueOf(yaml.getProblem()).strip();
        boolean broken = yaml instanceof ParserException || yaml instanceof ScannerException;
        String what = problem.equals(ANOTHER_DOCUMENT) ? "a second document begins here, and Camel reads one of each file: take away the ---"
                : broken ? "this is not valid YAML (" + problem + "); mostly a line above is missing, or indented otherwise"
                : UNKNOWN_NAME.matcher(problem).replaceFirst("$1 is not a name that can stand here");
        String file = Promises.file(home, mark.getName());
        Matcher name = UNKNOWN_NAME.matcher(problem);
        return file + ", line " + (name.matches() ? lineOf(name.group(1), home.resolve(file), mark.getLine()) : mark.getLine() + 1) + ": " + what;
    }

    /** Camel tells where the value begins that has the name; the name may stand above it. Lines count from 1, and {@code value} from 0. */
    private static int lineOf(String name, Path file, int value) {
        try {
            List<String> lines = Files.readAllLines(file);
            for (int i = Math.min(value, lines.size() - 1); i >= 0; i--) {
                if (lines.get(i).contains(name)) {
                    return i + 1;
                }
            }
        } catch (IOException e) {
            // It was read a moment ago.
        }
        return value + 1;
    }

    /**
     * What failed, in words that do not need Camel's names.
     *
     * @param context knows the options of each component; null if there is none yet
     */
    static String reason(Throwable failure, CamelContext context) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = String.valueOf(cause.getMessage()).strip().replaceAll("\\s+", " ");
        Matcher option = UNKNOWN_OPTION.matcher(message);
        Matcher component = NO_COMPONENT.matcher(message);
        Matcher property = NO_PROPERTY.matcher(message);
        if (option.find()) {
            EndpointUriFactory known = context == null ? null : context.getCamelContextExtension().getEndpointUriFactory(option.group(1));
            String nearest = known == null ? null : Nearest.to(option.group(2), known.propertyNames().stream());
            return option.group(1) + ": has no option " + option.group(2) + (nearest == null ? "" : "; did you mean " + nearest + "?");
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
        Matcher template = NO_TEMPLATE.matcher(message);
        if (template.find()) {
            return "there is no template " + template.group(1);
        }
        Matcher camels = NO_SETTING_OF_CAMEL.matcher(failure.toString());
        if (camels.find()) {
            return Settings.FILE + ": Camel does not take " + camels.group(1);
        }
        if (cause instanceof StackOverflowError) {
            return "it is nested too deep to be read";
        }
        if (cause instanceof NullPointerException || cause.getMessage() == null) {
            return "something is missing that a route needs, such as its id, its from, or the template it is made from";
        }
        if (message.startsWith("Resource is empty")) {
            return EMPTY;
        }
        return message.startsWith("Unable to parse resource") ? "it is not a list of routes" : message;
    }

    /** The place of the fault, as far as it can be found; Camel does not always say which file it was at. */
    private static String fileOf(Path home, Throwable failure) {
        StringBuilder all = new StringBuilder();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            all.append(cause.getMessage()).append('\n');
        }
        Matcher property = NO_PROPERTY.matcher(all);
        Matcher duplicate = DUPLICATE.matcher(all);
        try {
            Pattern named = property.find() ? Pattern.compile(Pattern.quote("{{" + property.group(1)))
                    : duplicate.find() ? Pattern.compile("[iI]d: *\"?" + Pattern.quote(duplicate.group(1)) + "\\b(?!-)") : null;
            List<String> found = new ArrayList<>();
            for (Path file : files(home)) {
                if (named == null ? load(file) != null : named.matcher(Files.readString(file)).find()) {
                    found.add(home.relativize(file).toString());
                }
            }
            if (found.isEmpty()) {
                found.addAll(RouteText.filesOfRoutesWithoutId(home));
            }
            return found.isEmpty() ? "" : String.join(", ", found) + ": ";
        } catch (IOException e) {
            return "routes/ cannot be read: ";
        }
    }

    /** Loads a file by itself; why that fails, or null. */
    private static Exception load(Path file) {
        try (DefaultCamelContext alone = new DefaultCamelContext()) {
            alone.setRouteFilterPattern("*", "");
            new RouteFiles(file.getParent().getParent()).bindTo(alone);
            PluginHelper.getRoutesLoader(alone).loadRoutes(ResourceHelper.resolveMandatoryResource(alone, "file:routes/" + file.getFileName()));
            return alone.getRouteDefinitions().stream().allMatch(route -> route.getInput() != null) ? null : new IOException("a route has no from");
        } catch (StackOverflowError e) {
            return new IllegalStateException(e);
        } catch (Exception e) {
            return e;
        }
    }
}
