package dev.tac8.service;

import dev.tac8.ingest.Spool;
import dev.tac8.store.Reasons;
import dev.tac8.store.Rehearsal;
import dev.tac8.store.StoreException;
import dev.tac8.store.TableStatements;
import dev.tac8.store.VerifiedDataSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Processor;
import org.apache.camel.component.file.FileEndpoint;
import org.apache.camel.component.sql.SqlEndpoint;
import org.apache.camel.component.timer.TimerEndpoint;
import org.apache.camel.model.BeanDefinition;
import org.apache.camel.model.CatchDefinition;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.MarshalDefinition;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.OnExceptionDefinition;
import org.apache.camel.model.PollEnrichDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.Resilience4jConfigurationDefinition;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SendDefinition;
import org.apache.camel.model.SplitDefinition;
import org.apache.camel.model.StopDefinition;
import org.apache.camel.model.ThrowExceptionDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.model.TransactedDefinition;
import org.apache.camel.model.TryDefinition;
import org.apache.camel.model.UnmarshalDefinition;
import org.apache.camel.model.errorhandler.DefaultErrorHandlerDefinition;
import org.apache.camel.model.errorhandler.NoErrorHandlerDefinition;
import org.apache.camel.model.language.MethodCallExpression;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.util.URISupport;

/**
 * Checks that routes that were loaded, and not yet started, can keep what docs/guarantees.md promises: the routes and steps that
 * promises.txt names are there, and everything that a route names is there too. Camel itself checks few of these things, and most of them
 * only when a record comes.
 */
final class Promises {
    private static final Pattern STATEMENT = Pattern.compile("sql:(?://)?file:([^?]+)");
    private static final Pattern DURATION = Pattern.compile("[?&](period|delay|initialDelay)=([^&]*)");
    /** The options allowed on the spool: those that tac8 is delivered with, and those that neither leave out a file nor hold one up. */
    private static final Set<String> SPOOL_OPTIONS = Set.of("filter", "pollStrategy", "preSort", "maxMessagesPerPoll", "greedy", "initialDelay", "delay", "noop",
            "idempotent", "recursive", "repeatCount", "autoCreate", "useFixedDelay", "runLoggingLevel");
    private static final int MOST_DELAY_MILLISECONDS = 60_000;
    private static final Pattern TABLE = Pattern.compile("prepareStatementStrategy=#(\\w+)(?![\\w-])");
    private static final Pattern DATA_SOURCE = Pattern.compile("dataSource=#([\\w-]+)");

    /** Has the topic looked at before there is a client of it. */
    private static final String LOOKS = "#kafka-topic";
    /** How records are taken from a topic so that none is lost: docs/adr/0040. */
    private static final Map<String, String> TAKES = Map.of("batching", "true", "autoCommitEnable", "false", "allowManualCommit", "true", "breakOnFirstError", "true",
            "kafkaManualCommitFactory", "#class:org.apache.camel.component.kafka.consumer.DefaultKafkaManualCommitFactory", "pollOnError", "RECONNECT",
            "autoOffsetReset", "earliest", "kafkaClientFactory", LOOKS);
    /** What has a consumer begin elsewhere than the group is. */
    private static final List<String> PASSES_OVER = List.of("seekTo", "offsetRepository");
    /** How they are sent to one. */
    private static final Map<String, String> SENDS = Map.of("requestRequiredAcks", "all", "enableIdempotence", "true", "batchWithIndividualHeaders", "true",
            "synchronous", "true", "recordMetadata", "true", "kafkaClientFactory", LOOKS);

    private final CamelContext context;
    private final Path home;
    private final Predicate<String> starts;
    private final List<RouteDefinition> routes;
    private final List<RouteConfigurationDefinition> configurations;
    private final List<String> broken = new ArrayList<>();

    private Promises(CamelContext context, Path home, Predicate<String> starts) {
        this.context = context;
        this.home = home;
        this.starts = starts;
        this.routes = ((ModelCamelContext) context).getRouteDefinitions();
        this.configurations = ((ModelCamelContext) context).getRouteConfigurationDefinitions();
    }

    /**
     * Looks at the routes of a context that is built and not started.
     *
     * @param home holds {@code routes/}
     * @param starts the groups of routes beginning by themselves that the context should have; it was told to leave out the others
     * @return one sentence for each thing that is missing or wrong, with its file; none if all promises can be kept
     */
    static List<String> broken(CamelContext context, Path home, Predicate<String> starts) {
        Promises promises = new Promises(context, home, starts);
        promises.look();
        return promises.broken;
    }

    private void look() {
        lookForStrayFiles();
        lookForPromisedSteps();
        routes.forEach(this::lookAt);
        lookAtTargets();
        lookAtSpool();
    }

    // --- What a step is ---

    /** What a step does, in the words of promises.txt; empty if no promise depends on it. */
    private static String signature(RouteDefinition route, ProcessorDefinition<?> step) {
        String text = "";
        if (step instanceof BeanDefinition bean) {
            text = bean.getRef() + "." + bean.getMethod();
        } else if (step instanceof SendDefinition<?> send) {
            Matcher statement = STATEMENT.matcher(send.getUri());
            Matcher store = DATA_SOURCE.matcher(resolved(route, send.getUri()));
            Matcher table = TABLE.matcher(send.getUri());
            text = statement.find() ? statement.group(1) + "#" + (store.find() ? store.group(1) : "") + (table.find() ? "#" + table.group(1) : "")
                    : base(send.getUri()).replaceFirst("^within:", "direct:");
        } else if (step instanceof TransactedDefinition transacted) {
            text = "transacted:" + transacted.getRef();
        } else if (step instanceof ExpressionNode node && node.getExpression() instanceof MethodCallExpression call) {
            text = call.getRef() + "." + call.getMethod();
        } else if (step instanceof CircuitBreakerDefinition) {
            text = "circuitBreaker";
        } else if (step instanceof SplitDefinition) {
            text = "split";
        } else if (step instanceof CatchDefinition) {
            text = "doCatch";
        } else if (step instanceof ThrowExceptionDefinition) {
            text = "throwException";
        } else if (step instanceof MarshalDefinition || step instanceof UnmarshalDefinition) {
            text = step.getShortName();
        } else if (step instanceof ToDynamicDefinition dynamic) {
            text = dynamic.getUri();
        }
        return resolved(route, text);
    }

    /** With the parameters of the template that the route is made from. */
    private static String resolved(RouteDefinition route, String text) {
        String resolved = text;
        if (route.getTemplateParameters() != null) {
            for (Map.Entry<String, Object> parameter : route.getTemplateParameters().entrySet()) {
                resolved = resolved.replace("{{" + parameter.getKey() + "}}", String.valueOf(parameter.getValue()));
            }
        }
        return resolved;
    }

    private static String base(String uri) {
        int options = uri.indexOf('?');
        return (options < 0 ? uri : uri.substring(0, options)).replace("://", ":");
    }

    /** All steps of a route, each before those inside it, in the order in which they stand. */
    private static List<ProcessorDefinition<?>> steps(ProcessorDefinition<?> parent) {
        List<ProcessorDefinition<?>> steps = new ArrayList<>();
        Set<ProcessorDefinition<?>> children = new LinkedHashSet<>(parent.getOutputs());
        if (parent instanceof CircuitBreakerDefinition breaker && breaker.getOnFallback() != null) {
            children.addAll(breaker.getOnFallback().getOutputs());
        }
        if (parent instanceof TryDefinition attempt) {
            children.addAll(attempt.getCatchClauses());
            if (attempt.getFinallyClause() != null) {
                children.add(attempt.getFinallyClause());
            }
        }
        for (ProcessorDefinition<?> child : children) {
            steps.add(child);
            steps.addAll(steps(child));
        }
        return steps;
    }

    // --- What promises.txt names ---

    /** A route that must be there, or if it is of a group, with that: it begins by itself, or stands in for the route of its name. */
    private record Promised(String file, String route, boolean beginsByItself, String group, List<String> steps) {
        boolean isStarted(Predicate<String> starts) {
            return group == null || starts.test(group);
        }

        boolean standsIn() {
            return group != null && !beginsByItself;
        }
    }

    /** Those that must be there where these groups are started. */
    private static List<Promised> promised(Predicate<String> starts) {
        Set<String> replaced = standIns(starts);
        return promised().stream().filter(promise -> promise.isStarted(starts) && (promise.standsIn() || !replaced.contains(promise.route()))).toList();
    }

    /** The ids of the routes for which others of the same names stand in. */
    static Set<String> standIns(Predicate<String> starts) {
        return promised().stream().filter(promise -> promise.standsIn() && promise.isStarted(starts)).map(Promised::route).collect(Collectors.toSet());
    }

    private static List<Promised> promised() {
        List<Promised> all = new ArrayList<>();
        String file = "";
        try (InputStream lines = Promises.class.getResourceAsStream("promises.txt")) {
            for (String line : new String(lines.readAllBytes(), StandardCharsets.UTF_8).lines().filter(text -> !text.startsWith("#")).toList()) {
                int colon = line.indexOf(": ");
                if (colon < 0) {
                    file = line;
                } else {
                    String[] words = line.substring(0, colon).split(" ");
                    all.add(new Promised(file, words[words.length - 1], words[0].equals("*"), words.length == 1 ? null : words[1], List.of(line.substring(colon + 2).split(" > "))));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }

    /** The ids of the routes without which promises cannot be kept, of these groups and of none. */
    static Set<String> routes(Predicate<String> starts) {
        return promised(starts).stream().map(Promised::route).collect(Collectors.toSet());
    }

    private void lookForPromisedSteps() {
        Map<String, List<String>> missing = new TreeMap<>();
        for (Promised promise : promised(starts)) {
            RouteDefinition route = route(promise.route());
            if (route == null) {
                missing.computeIfAbsent(promise.file(), none -> new ArrayList<>()).add(promise.route());
                continue;
            }
            lookForSteps(route, promise.steps());
            lookAtManners(route, promise.beginsByItself());
            lookAtTopic(route);
            if (promise.group() != null && !promise.group().equals(route.getGroup())) {
                broken.add(place(route) + " must have \"group: " + promise.group() + "\", by which commands choose what they start");
            }
        }
        if (routes.isEmpty()) {
            broken.add("routes/ holds no route: put back what tac8 was delivered with");
            return;
        }
        missing.forEach((file, ids) -> {
            String names = (ids.size() == 1 ? "the route " : "the routes ") + String.join(", ", ids);
            broken.add(Files.exists(home.resolve("routes").resolve(file)) ? "routes/" + file + " lacks " + names + ": put back what is missing"
                    : "routes/" + file + " is missing, and with it " + names + ": put it back");
        });
    }

    private void lookForSteps(RouteDefinition route, List<String> promised) {
        List<String> there = Stream.concat(Stream.of(base(route.getInput().getUri())), steps(route).stream().map(step -> signature(route, step))).toList();
        int at = 0;
        for (String step : promised) {
            int found = there.subList(at, there.size()).indexOf(step);
            if (found < 0) {
                broken.add(place(route) + " lacks the step " + step + (there.contains(step) ? " where it belongs" : "") + ": put it back");
            } else {
                at += found + 1;
            }
        }
    }

    /** What a promised route needs beside its steps: that it passes failures on, and that it runs. */
    private void lookAtManners(RouteDefinition route, boolean beginsByItself) {
        String id = route.getRouteId();
        Object handler = route.getErrorHandlerFactory();
        DefaultErrorHandlerDefinition settings = handler != null && handler.getClass() == DefaultErrorHandlerDefinition.class
                ? (DefaultErrorHandlerDefinition) handler : new DefaultErrorHandlerDefinition();
        if (id.equals("ingest-spool")) {
            if (!"file-failures".equals(settings.getOnExceptionOccurredRef())) {
                broken.add(place(route) + " must have \"routeConfigurationId: leave-in-spool\", and that one, in routes/errors.camel.yaml, a"
                        + " defaultErrorHandler with \"onExceptionOccurredRef: file-failures\": it says why a file stays");
            }
        } else if (id.equals("hold-chunk")) {
            if (settings.getRedeliveryPolicy() == null || !"-1".equals(settings.getRedeliveryPolicy().getMaximumRedeliveries())) {
                broken.add(place(route) + " must have \"routeConfigurationId: try-again\", and that one, in routes/errors.camel.yaml, a"
                        + " defaultErrorHandler with \"maximumRedeliveries: -1\": it waits until a store is there");
            }
        } else if (!beginsByItself && !(route.getErrorHandlerFactory() instanceof NoErrorHandlerDefinition) && !isTriedAgain(route)) {
            broken.add(place(route) + " must have \"errorHandler: {noErrorHandler: {}}\": whoever calls it has to learn of each failure");
        }
        if (route.getPrecondition() != null) {
            broken.add(place(route) + " has a precondition, without which it always runs: remove that");
        }
        for (ProcessorDefinition<?> step : steps(route)) {
            if (step instanceof StopDefinition) {
                broken.add(place(route, step) + " stops in its midst, and whoever calls it takes that for success: remove the stop");
            }
            if (step instanceof SplitDefinition split && !"true".equals(split.getStopOnException()) && !id.equals("ingest-spool")) {
                broken.add(place(route, step) + " must split with \"stopOnException: true\": else a part that fails counts as done");
            }
        }
        if (steps(route).stream().anyMatch(OnExceptionDefinition.class::isInstance) && !isTriedAgain(route)) {
            broken.add(place(route) + " must not have an onException: a failure that it handles is one that nobody hears of");
        }
        if (route.getAutoStartup() != null && !"true".equals(route.getAutoStartup())) {
            broken.add(place(route) + " is never started, because its autoStartup is " + route.getAutoStartup() + ": remove that");
        }
        if (beginsByItself && endpoint(route) instanceof TimerEndpoint timer && timer.getRepeatCount() > 0) {
            broken.add(place(route) + " stops for ever after " + timer.getRepeatCount() + " times: remove repeatCount");
        }
    }

    /** Whether steps of a route are tried again after some failures, and that is all: it handles none. */
    private static boolean isTriedAgain(RouteDefinition route) {
        return "again-at-once".equals(route.getRouteConfigurationId()) && steps(route).stream().filter(OnExceptionDefinition.class::isInstance)
                .map(OnExceptionDefinition.class::cast).allMatch(one -> one.getHandled() == null && one.getContinued() == null && one.getOutputs().isEmpty());
    }

    /** Looks at how a route takes records from a topic and sends them to one: Camel loses some with most other options, the defaults among them. */
    private void lookAtTopic(RouteDefinition route) {
        lookAtOptions(place(route), route.getInput().getUri(), TAKES);
        steps(route).stream().filter(SendDefinition.class::isInstance).forEach(step -> lookAtOptions(place(route, step), ((SendDefinition<?>) step).getUri(), SENDS));
    }

    private void lookAtOptions(String place, String uri, Map<String, String> needed) {
        if (!uri.startsWith("kafka:")) {
            return;
        }
        Map<String, Object> given = new TreeMap<>();
        try {
            given.putAll(URISupport.parseQuery(uri.substring(uri.indexOf("?") + 1)));
        } catch (URISyntaxException e) {
            say(place + " has options that cannot be read: " + Reasons.of(e));
        }
        needed.forEach((option, value) -> {
            if (!value.equals(given.get(option))) {
                broken.add(place + " must have \"" + option + ": " + value + "\", without which records are lost: put it back");
            }
        });
        PASSES_OVER.stream().filter(given::containsKey)
                .forEach(option -> broken.add(place + " must not have \"" + option + "\", which passes over records that are not stored: take it out"));
    }

    // --- What a route names ---

    private void lookAt(RouteDefinition route) {
        lookAtStatements(place(route), endpoint(route));
        String configuration = route.getRouteConfigurationId();
        if (configuration != null && configurations.stream().noneMatch(one -> configuration.equals(one.getId()))) {
            broken.add(place(route) + " names the configuration " + configuration + ", which no file in routes/ has");
        }
        for (ProcessorDefinition<?> step : steps(route)) {
            if (step instanceof BeanDefinition bean) {
                lookAtCall(route, step, bean.getRef(), bean.getBeanType(), bean.getMethod());
            } else if (step instanceof ExpressionNode node && node.getExpression() instanceof MethodCallExpression call) {
                lookAtCall(route, step, call.getRef(), call.getBeanTypeName(), call.getMethod());
            } else if (step instanceof SendDefinition<?> send) {
                lookForStatement(route, send);
                lookAtStatements(place(route, step), endpoint(place(route, step) + " cannot send where it says: ", resolved(route, send.getUri())));
            } else if (step instanceof CircuitBreakerDefinition breaker) {
                lookAtBreaker(route, breaker);
            } else if (step instanceof SplitDefinition split && route.getRouteId().equals("ingest-spool")
                    && !("true".equals(split.getStreaming()) && "true".equals(split.getStopOnException()))) {
                broken.add(place(route, step) + " must split with \"streaming: true\" and \"stopOnException: true\": a file is larger than memory, and"
                        + " a chunk that fails ends it");
            }
        }
    }

    private void lookAtCall(RouteDefinition route, ProcessorDefinition<?> step, String ref, String type, String call) {
        Class<?> called;
        if (ref != null) {
            Object bean = context.getRegistry().lookupByName(resolved(route, ref));
            called = bean == null ? null : bean.getClass();
        } else {
            called = type == null ? null : context.getClassResolver().resolveClass(type);
        }
        String name = ref != null ? resolved(route, ref) : type;
        if (called == null) {
            broken.add(place(route, step) + " names the bean " + name + ", which there is not");
        } else if (call == null) {
            if (!Processor.class.isAssignableFrom(called)) {
                broken.add(place(route, step) + " names no method of the bean " + name);
            }
        } else if (!hasMethod(called, call)) {
            broken.add(place(route, step) + " names the method " + call + " of the bean " + name + ", which that one does not have");
        }
    }

    private static boolean hasMethod(Class<?> type, String call) {
        int open = call.indexOf('(');
        String name = open < 0 ? call : call.substring(0, open);
        String given = open < 0 ? "" : call.substring(open + 1, Math.max(open + 1, call.lastIndexOf(')'))).replaceAll("'[^']*'|\"[^\"]*\"", "?");
        int parameters = open < 0 ? -1 : given.isBlank() ? 0 : given.split(",").length;
        for (Method method : type.getMethods()) {
            if (method.getName().equals(name) && method.getDeclaringClass() != Object.class
                    && (parameters < 0 || method.getParameterCount() == parameters)) {
                return true;
            }
        }
        return false;
    }

    private void lookForStatement(RouteDefinition route, SendDefinition<?> send) {
        Matcher statement = STATEMENT.matcher(send.getUri());
        if (statement.find() && !Files.isRegularFile(home.resolve(statement.group(1)))) {
            broken.add(place(route, send) + " needs the statement " + statement.group(1) + ", which is not there");
        }
    }

    /** Tries what asks a store and is not tried at each start: that an operator has added. */
    private void lookAtStatements(String place, Endpoint endpoint) {
        if (endpoint instanceof SqlEndpoint sql && sql.getDataSource() instanceof VerifiedDataSource) {
            Stream.of(sql.getQuery(), sql.getOnConsume(), sql.getOnConsumeFailed(), sql.getOnConsumeBatchComplete()).filter(Objects::nonNull)
                    .forEach(query -> lookAtStatement(place, query, sql.getPrepareStatementStrategy() instanceof TableStatements));
        }
    }

    private void lookAtStatement(String place, String query, boolean ofTables) {
        Path folder = home.resolve("sql");
        Path file = query.startsWith("file:") ? home.resolve(query.substring("file:".length())) : null;
        if (file != null && file.startsWith(folder.resolve("postgresql"))) {
            // Its own server alone can try it.
            return;
        }
        if (file == null ? ResourceHelper.hasScheme(query) : Rehearsal.isTried(folder, file) || !Files.isRegularFile(file)) {
            return;
        }
        try {
            String fault = Rehearsal.fault(folder, file == null ? query : Files.readString(file), ofTables);
            if (fault != null) {
                say(place + (file == null ? " has a statement that " : " needs the statement " + home.relativize(file) + ", which ") + fault);
            }
        } catch (IOException | StoreException e) {
            say(place + " has a statement that cannot be tried: " + Reasons.of(e));
        }
    }

    private void lookAtBreaker(RouteDefinition route, CircuitBreakerDefinition breaker) {
        if (breaker.getOutputs().isEmpty()) {
            broken.add(place(route, breaker) + " has a circuit breaker without steps of its own: Camel takes those that stand below onFallback for"
                    + " the fallback's, so put onFallback last");
        }
        if (breaker.getOnFallback() == null) {
            broken.add(place(route, breaker) + " has a circuit breaker without onFallback: a chunk that it refuses would go nowhere");
        }
        Resilience4jConfigurationDefinition settings = breaker.getResilience4jConfiguration();
        if (route.getRouteId().equals("store-chunk") && (settings == null || !"external-breaker".equals(settings.getCircuitBreaker())
                || settings.getConfig() != null || "true".equals(settings.getTimeoutEnabled()) || isSet(settings.getRecordExceptions())
                || isSet(settings.getIgnoreExceptions()))) {
            broken.add(place(route, breaker) + " must have \"resilience4jConfiguration: {circuitBreaker: external-breaker}\" and nothing beside it:"
                    + " another one takes failures for successes");
        }
    }

    private static boolean isSet(List<String> names) {
        return names != null && !names.isEmpty();
    }

    /** Checks that each direct: that is called has one route, and that no two routes share a from. */
    private void lookAtTargets() {
        Map<String, String> consumers = new LinkedHashMap<>();
        Set<String> ids = new LinkedHashSet<>();
        for (RouteDefinition route : routes) {
            if (!ids.add(route.getRouteId())) {
                broken.add(place(route) + " is there twice: an id is one route's alone");
            }
            String from = base(resolved(route, route.getInput().getUri()));
            String other = from.startsWith("direct:") ? consumers.put(from, route.getRouteId()) : null;
            if (other != null) {
                broken.add(place(route) + " begins at " + from + ", as the route " + other + " does: only one can");
            }
        }
        for (RouteDefinition route : routes) {
            for (ProcessorDefinition<?> step : steps(route)) {
                String target = step instanceof SendDefinition ? signature(route, step) : "";
                if (target.startsWith("direct:") && !target.contains("${") && !consumers.containsKey(target)) {
                    broken.add(place(route, step) + " goes to " + target + ", where no route begins");
                }
            }
        }
        Set<String> names = routes(starts);
        List<RouteDefinition> theirs = routes.stream().filter(route -> names.contains(route.getRouteId())).toList();
        for (RouteDefinition route : called(theirs)) {
            if (!names.contains(route.getRouteId()) && !(route.getErrorHandlerFactory() instanceof NoErrorHandlerDefinition)) {
                broken.add(place(route) + " must have \"errorHandler: {noErrorHandler: {}}\", as a promised route calls it: else what"
                        + " called it is tried again without a pause");
            }
        }
    }

    /** These routes and those that they call, and so on. */
    private List<RouteDefinition> called(List<RouteDefinition> callers) {
        Set<String> targets = callers.stream().flatMap(route -> steps(route).stream().filter(SendDefinition.class::isInstance)
                .map(step -> signature(route, step))).collect(Collectors.toSet());
        List<RouteDefinition> all = routes.stream().filter(route -> callers.contains(route)
                || targets.contains(base(resolved(route, route.getInput().getUri())))).toList();
        return all.size() == callers.size() ? all : called(all);
    }

    // --- The spool ---

    /** Checks that its files leave it by the step that acknowledges them, and that no other route reads them. */
    private void lookAtSpool() {
        Spool spool = context.getRegistry().lookupByNameAndType("spool", Spool.class);
        for (RouteDefinition route : routes) {
            boolean ingest = route.getRouteId().equals("ingest-spool");
            boolean file = route.getInput().getUri().matches("(file|spool):.*");
            if (file && endpoint(route) instanceof FileEndpoint files) {
                if (ingest) {
                    lookAtIngest(route, files, spool);
                } else if (meets(files, spool)) {
                    broken.add(place(route) + " reads files of the spool, which only ingest-spool may");
                }
            } else if (ingest && !file) {
                broken.add(place(route) + " must read the spool: \"uri: spool:waiting\"");
            }
            for (ProcessorDefinition<?> step : steps(route)) {
                if (step instanceof PollEnrichDefinition poll && String.valueOf(poll.getExpression().getExpression()).startsWith("file:")
                        && context.getEndpoint(poll.getExpression().getExpression()) instanceof FileEndpoint files && meets(files, spool)) {
                    broken.add(place(route, step) + " reads files of the spool, which only ingest-spool may");
                }
            }
        }
    }

    private void lookAtIngest(RouteDefinition route, FileEndpoint files, Spool spool) {
        for (String option : options(context.resolvePropertyPlaceholders(route.getInput().getUri()))) {
            if (!SPOOL_OPTIONS.contains(option)) {
                broken.add(place(route) + " must not read the spool with the option " + option + ", which may leave files out or hold them up: remove it");
            }
        }
        if (files.getInitialDelay() > MOST_DELAY_MILLISECONDS || files.getDelay() > MOST_DELAY_MILLISECONDS) {
            broken.add(place(route) + " must look at the spool at least once a minute: make initialDelay and delay less");
        }
        Map<String, Boolean> options = new LinkedHashMap<>();
        options.put("maxMessagesPerPoll: 1", files.getMaxMessagesPerPoll() > 0);
        options.put("uri: spool:waiting", files.getFile().toPath().toAbsolutePath().normalize().equals(spool.dir()));
        options.put("filter: \"#spool\"", files.getFilter() == spool);
        options.put("noop: true", files.isNoop() && !files.isDelete() && files.getMove() == null && files.getMoveFailed() == null
                && files.getPreMove() == null);
        options.put("idempotent: false", Boolean.FALSE.equals(files.isIdempotent()));
        options.put("preSort: true", files.isPreSort());
        options.put("recursive: false", !files.isRecursive());
        options.put("repeatCount: 0", files.getRepeatCount() <= 0);
        options.forEach((option, kept) -> {
            if (!kept) {
                broken.add(place(route) + " must read the spool with \"" + option + "\"" + (option.startsWith("noop")
                        ? ", and without delete and move: only the step that acknowledges a file takes it away" : ""));
            }
        });
    }

    private static List<String> options(String uri) {
        int options = uri.indexOf('?');
        return options < 0 ? List.of() : Stream.of(uri.substring(options + 1).split("&")).map(option -> option.replaceFirst("=.*", "")).toList();
    }

    private static boolean meets(FileEndpoint files, Spool spool) {
        Path read = files.getFile().toPath().toAbsolutePath().normalize();
        return read.startsWith(spool.dir()) || files.isRecursive() && spool.dir().startsWith(read);
    }

    /** Where a route begins; null, and reported, if there is no such thing. */
    private Endpoint endpoint(RouteDefinition route) {
        String uri = resolved(route, route.getInput().getUri());
        return isTimed(route, uri) ? endpoint(place(route) + " cannot begin where it says: ", uri) : null;
    }

    /** Whether the times of a beginning are times, as Camel takes 5x for some other one; reported if one is not. */
    private boolean isTimed(RouteDefinition route, String uri) {
        boolean inMilliseconds = uri.matches("(spool|file|own):.*");
        Matcher duration = DURATION.matcher(context.resolvePropertyPlaceholders(uri));
        boolean right = true;
        while (duration.find()) {
            if (!duration.group(2).matches(inMilliseconds ? "\\d+" : "\\d+|(\\d+(ms|[smhd]))+")) {
                right = false;
                say(place(route) + " has the " + duration.group(1) + " " + duration.group(2) + (inMilliseconds
                        ? ", which is no number of milliseconds: 500, say" : ", which is no time: 2s, say, or 500 for milliseconds"));
            }
        }
        return right;
    }

    private Endpoint endpoint(String what, String uri) {
        try {
            return context.getEndpoint(uri);
        } catch (RuntimeException e) {
            say(what + RoutesException.reason(e, context));
            return null;
        }
    }

    /** Reports what may be met more than once. */
    private void say(String sentence) {
        if (!broken.contains(sentence)) {
            broken.add(sentence);
        }
    }

    // --- Files ---

    private void lookForStrayFiles() {
        Path folder = home.resolve("routes");
        try (Stream<Path> files = Files.isDirectory(folder) ? Files.walk(folder, 3) : Stream.empty()) {
            for (Path file : files.filter(path -> path.getFileName().toString().matches("[^.].*\\.ya?ml")).sorted().toList()) {
                if (!file.getParent().equals(folder) || !file.toString().endsWith(".camel.yaml")) {
                    broken.add(home.relativize(file) + " is not read, because the routes are the files routes/*.camel.yaml: rename it, or move it away");
                } else if (!read(file).matches("(?s)(.*\n)? *- .*")) {
                    broken.add(home.relativize(file) + " holds no route: mend it, or move it away");
                }
            }
        } catch (IOException | UncheckedIOException e) {
            broken.add("routes/ cannot be read: " + Reasons.of(e));
        }
    }

    private static String read(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new FileSystemException(file.toString(), null, Reasons.of(e));
        }
    }

    private RouteDefinition route(String id) {
        return routes.stream().filter(route -> id.equals(route.getRouteId())).findFirst().orElse(null);
    }

    private String place(RouteDefinition route) {
        return place(home, route);
    }

    private String place(RouteDefinition route, ProcessorDefinition<?> step) {
        return file(home, step.getLocation()) + (step.getLineNumber() > 0 ? ", line " + step.getLineNumber() : "") + ": the route "
                + route.getRouteId();
    }

    private static String place(Path home, RouteDefinition route) {
        String location = route.getResource() != null ? route.getResource().getLocation()
                : route.getOutputs().isEmpty() ? null : route.getOutputs().get(0).getLocation();
        return file(home, location) + ": the route " + route.getRouteId();
    }

    /** The file of a route, and its id. */
    static String place(ModelCamelContext context, Path home, String id) {
        return context.getRouteDefinitions().stream().filter(route -> id.equals(route.getRouteId())).findFirst()
                .map(route -> place(home, route)).orElse("routes: the route " + id);
    }

    /** A file's name as a person finds it, made from the place that Camel has read it from. */
    static String file(Path home, String location) {
        if (location == null) {
            return "routes";
        }
        Path path = home.resolve(location.replaceFirst("^file:/*(?=/)|^file:", ""));
        return (path.startsWith(home) ? home.relativize(path) : path).toString();
    }
}
