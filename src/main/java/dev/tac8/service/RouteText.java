package dev.tac8.service;

import dev.tac8.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * A route as its file has it, with everything by which it may run otherwise.
 *
 * @param file  as in {@code routes/store.camel.yaml}
 * @param from  where it begins, as in {@code direct:store-chunk}
 * @param calls the routes that it calls, by where they begin; all that can be called, if it works out where it calls only with a message in hand
 * @param whole its own text, and that of its template, its configuration and its statements, and the settings that it names; places, order of lines
 *              and comments are not in it
 */
record RouteText(String id, String file, String from, Set<String> calls, String whole) {
    /** What is only a part of routes. */
    private static final Set<String> PARTS = Set.of("routeTemplate", "routeConfiguration");
    private static final Pattern CALL = Pattern.compile("\\b(?:direct|within):(?://)?([\\w-]+)");
    /** As in {@code toD: "direct:${header.next}"}; in what such a step says of a {@code sql:} or a {@code file:} no route is meant. */
    private static final Pattern ANY_CALL = Pattern.compile("\\b(?:direct|within):(?://)?\\$\\{|\\b(?:recipientList|routingSlip|dynamicRouter|enrich)="
            + "|\\b(?:toD|wireTap)=(?:\\{[^{}]*?uri=)?\\$\\{");
    private static final Pattern STATEMENT = Pattern.compile("\\bsql:(?://)?file:([^?\\s\"',}]+)");
    private static final Pattern PROPERTY = Pattern.compile("\\{\\{\\??([\\w.-]+)(?::[^}]*)?}}");

    /** What a folder of files holds: its routes, by id, and what else stands in its files of routes, such as beans. */
    record All(Map<String, RouteText> routes, String others) {
    }

    /** What is behind one name of a list in a file. */
    private record Item(String file, String kind, Map<?, ?> value) {
        String text(String... path) {
            Object found = value;
            for (String name : path) {
                found = found instanceof Map<?, ?> map ? map.get(name) : null;
            }
            return found instanceof String ? (String) found : null;
        }

        /** Where it begins, if it is a route or the template of one. */
        String from() {
            return Stream.of(text("from", "uri"), text("from"), text("route", "from", "uri"), text("route", "from")).filter(Objects::nonNull).findFirst().orElse("");
        }
    }

    /** Whether it begins by itself, and is not called. */
    boolean begins() {
        return !from.startsWith("direct:");
    }

    private RouteText calling(Set<String> others) {
        Set<String> all = new LinkedHashSet<>(others);
        all.addAll(calls);
        all.remove(from);
        return new RouteText(id, file, from, all, whole);
    }

    /** Reads the routes of a folder that Camel can read. One without an id is one of the others. */
    static All read(Settings settings) throws IOException {
        List<Item> items = items(settings.files());
        Set<String> standIns = Promises.standIns(Service.standIns(settings)::contains);
        items.removeIf(item -> item.text("group") != null ? !Service.isThere(settings, item.text("group"))
                : standIns.contains(item.text("templatedRoute".equals(item.kind()) ? "routeId" : "id")) && !PARTS.contains(item.kind()));
        Properties properties = settings.toProperties();
        Map<String, RouteText> routes = new LinkedHashMap<>();
        StringBuilder others = new StringBuilder();
        for (Item item : items) {
            RouteText route = switch (item.kind()) {
                case "route" -> of(item, item.text("id"), "", Map.of(), items, settings, properties);
                case "templatedRoute" -> {
                    Item template = items.stream().filter(one -> one.kind().equals("routeTemplate")
                            && Objects.equals(one.text("id"), item.text("routeTemplateRef"))).findFirst().orElse(null);
                    Map<String, String> parameters = new LinkedHashMap<>();
                    if (item.value().get("parameters") instanceof List<?> list) {
                        list.forEach(one -> parameters.put("{{" + ((Map<?, ?>) one).get("name") + "}}", String.valueOf(((Map<?, ?>) one).get("value"))));
                    }
                    yield of(template == null ? item : template, item.text("routeId"), item.value().toString(), parameters, items, settings, properties);
                }
                default -> null;
            };
            if (route != null && route.id() != null) {
                routes.put(route.id(), route);
            } else if (!PARTS.contains(item.kind())) {
                others.append(item.file()).append(item.kind()).append(item.value());
            }
        }
        Set<String> callable = routes.values().stream().map(RouteText::from).filter(from -> from.startsWith("direct:")).collect(Collectors.toSet());
        routes.replaceAll((id, route) -> ANY_CALL.matcher(route.whole()).find() ? route.calling(callable) : route);
        return new All(routes, others.toString());
    }

    /** The files that hold a route without an id, which Camel does not always say. */
    static List<String> filesOfRoutesWithoutId(Path folder) throws IOException {
        return items(folder).stream().filter(item -> item.kind().equals("route") && item.text("id") == null
                || item.kind().equals("templatedRoute") && item.text("routeId") == null).map(Item::file).distinct().toList();
    }

    private static List<Item> items(Path folder) throws IOException {
        List<Item> items = new ArrayList<>();
        for (Path file : files(folder)) {
            String name = folder.relativize(file).toString();
            if (new Load(LoadSettings.builder().setLabel(name).build()).loadFromString(Files.readString(file)) instanceof List<?> list) {
                list.stream().filter(Map.class::isInstance).flatMap(item -> ((Map<?, ?>) item).entrySet().stream()).forEach(entry ->
                        items.add(new Item(name, String.valueOf(entry.getKey()), entry.getValue() instanceof Map<?, ?> map ? map : Map.of("", String.valueOf(entry.getValue())))));
            }
        }
        return items;
    }

    private static RouteText of(Item item, String id, String before, Map<String, String> parameters, List<Item> items, Settings settings,
                                Properties properties) throws IOException {
        String text = filled(item.value().toString(), parameters);
        StringBuilder whole = new StringBuilder(before + text);
        items.stream().filter(one -> one.kind().equals("routeConfiguration") && (one.text("id") == null || text.contains("routeConfigurationId=" + one.text("id"))))
                .forEach(one -> whole.append(one.value()));
        for (String statement : found(STATEMENT, text)) {
            Path file = settings.files().resolve(statement);
            whole.append(Files.isRegularFile(file) ? Files.readString(file) : "");
        }
        found(PROPERTY, whole.toString()).forEach(key -> whole.append(key).append(properties.get(key)));
        String from = filled(item.from(), parameters).replaceFirst("\\?.*", "").replace("://", ":");
        Set<String> calls = new LinkedHashSet<>();
        found(CALL, text).forEach(name -> calls.add("direct:" + name));
        calls.remove(from);
        return new RouteText(id, item.file(), from, calls, whole.toString());
    }

    private static String filled(String text, Map<String, String> parameters) {
        String filled = text;
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            filled = filled.replace(parameter.getKey(), parameter.getValue());
        }
        return filled;
    }

    private static Set<String> found(Pattern pattern, String text) {
        Set<String> found = new LinkedHashSet<>();
        pattern.matcher(text).results().forEach(result -> found.add(result.group(1)));
        return found;
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("routes"))) {
            return files.filter(path -> path.toString().endsWith(".camel.yaml") && !path.getFileName().toString().startsWith(".")).sorted().toList();
        }
    }
}
