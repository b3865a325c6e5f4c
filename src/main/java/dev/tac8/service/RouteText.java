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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * A route as its file has it, with everything by which it may run otherwise.
 *
 * @param file  as in {@code routes/store.camel.yaml}
 * @param from  where it begins, as in {@code direct:store-chunk}
 * @param calls the routes that it calls, by where they begin
 * @param whole its own text, and that of its template, its configuration and its statements, and the settings that it names; places, order of lines
 *              and comments are not in it
 */
record RouteText(String id, String file, String from, Set<String> calls, String whole) {
    private static final String ROUTE = "route";
    private static final Pattern CALL = Pattern.compile("\\b(?:direct|within):([\\w-]+)");
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
    }

    /** Whether it begins by itself, and is not called. */
    boolean begins() {
        return !from.startsWith("direct:");
    }

    /**
     * Reads the routes of a folder that Camel can read.
     *
     * @throws IOException in one sentence, if one has no id
     */
    static All read(Settings settings) throws IOException {
        List<Item> items = new ArrayList<>();
        for (Path file : files(settings.files())) {
            String name = settings.files().relativize(file).toString();
            if (new Load(LoadSettings.builder().setLabel(name).build()).loadFromString(Files.readString(file)) instanceof List<?> list) {
                list.stream().filter(Map.class::isInstance).flatMap(item -> ((Map<?, ?>) item).entrySet().stream()).forEach(entry ->
                        items.add(new Item(name, String.valueOf(entry.getKey()), entry.getValue() instanceof Map<?, ?> map ? map : Map.of("", entry.getValue()))));
            }
        }
        Properties properties = settings.toProperties();
        Map<String, RouteText> routes = new LinkedHashMap<>();
        StringBuilder others = new StringBuilder();
        for (Item item : items) {
            RouteText route = switch (item.kind()) {
                case ROUTE -> of(item, item.text("id"), "", item.value().toString(), items, settings, properties);
                case "templatedRoute" -> {
                    Item template = items.stream().filter(one -> one.kind().equals("routeTemplate")
                            && Objects.equals(one.text("id"), item.text("routeTemplateRef"))).findFirst().orElse(null);
                    String text = template == null ? "" : template.value().toString();
                    if (item.value().get("parameters") instanceof List<?> parameters) {
                        for (Object parameter : parameters) {
                            Map<?, ?> given = (Map<?, ?>) parameter;
                            text = text.replace("{{" + given.get("name") + "}}", String.valueOf(given.get("value")));
                        }
                    }
                    yield of(template == null ? item : template, item.text("routeId"), item.value().toString(), text, items, settings, properties);
                }
                case "routeTemplate", "routeConfiguration" -> null;
                case "from" -> throw new IOException(item.file() + ": a route has no id, by which it could be edited while tac8 runs: write it below"
                        + " \"- route:\" and give it one");
                default -> {
                    others.append(item.file()).append(item.kind()).append(item.value());
                    yield null;
                }
            };
            if (route != null) {
                routes.put(route.id(), route);
            }
        }
        return new All(routes, others.toString());
    }

    private static RouteText of(Item item, String id, String before, String text, List<Item> items, Settings settings, Properties properties)
            throws IOException {
        if (id == null) {
            throw new IOException(item.file() + ": a route has no id, by which it could be edited while tac8 runs: give it one");
        }
        StringBuilder whole = new StringBuilder(before + text);
        items.stream().filter(one -> one.kind().equals("routeConfiguration") && (one.text("id") == null || text.contains("routeConfigurationId=" + one.text("id"))))
                .forEach(one -> whole.append(one.value()));
        for (String statement : found(STATEMENT, text)) {
            Path file = settings.files().resolve(statement);
            whole.append(Files.isRegularFile(file) ? Files.readString(file) : "");
        }
        found(PROPERTY, whole.toString()).forEach(key -> whole.append(key).append(properties.get(key)));
        Matcher uri = Pattern.compile("from=\\{uri=([^,}]*)").matcher(text);
        String from = uri.find() ? uri.group(1) : "";
        Set<String> calls = new LinkedHashSet<>();
        found(CALL, text).forEach(name -> calls.add("direct:" + name));
        calls.remove(from);
        return new RouteText(id, item.file(), from, calls, whole.toString());
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
