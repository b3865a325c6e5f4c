package dev.tac8.generation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * The routes that edited files define, without Camel.
 *
 * @param routes     in the order of their files, and in them of their lines
 * @param unreadable the names of files that are not YAML, whose routes are missing
 */
public record RouteList(List<Route> routes, List<String> unreadable) {
    private static final String ENDING = ".camel.yaml";

    /**
     * A route.
     *
     * @param id          null if it has none
     * @param line        where it begins, from 1
     * @param description null if it has none
     * @param from        what it begins with, as in {@code timer:status}; null if it has none
     * @param group       which group starts it by itself; null if others call it
     * @param template    what it is made from; null for most
     */
    public record Route(String id, String file, int line, String description, String from, String group, String template) {
        private Route as(String otherId, String otherFile, int otherLine, String name) {
            return new Route(otherId, otherFile, otherLine, description, from, group, name);
        }
    }

    /** Finds the routes. */
    public static RouteList of(EditedFiles files) {
        List<Route> routes = new ArrayList<>();
        List<String> unreadable = new ArrayList<>();
        Map<String, Route> templates = new TreeMap<>();
        for (String file : files.names()) {
            if (file.startsWith(EditedFiles.ROUTES) && file.endsWith(ENDING)) {
                try {
                    new Compose(LoadSettings.builder().build()).composeString(files.text(file)).ifPresent(root -> add(routes, templates, file, root));
                } catch (YamlEngineException | StackOverflowError e) {
                    unreadable.add(file);
                }
            }
        }
        Route unknown = new Route(null, null, 0, null, null, null, null);
        routes.replaceAll(route -> route.template() == null ? route
                : templates.getOrDefault(route.template(), unknown).as(route.id(), route.file(), route.line(), route.template()));
        return new RouteList(routes, unreadable);
    }

    private static void add(List<Route> routes, Map<String, Route> templates, String file, Node root) {
        if (!(root instanceof SequenceNode elements)) {
            return;
        }
        for (Node element : elements.getValue()) {
            Node route = child(element, "route");
            Node templated = child(element, "templatedRoute");
            Node template = child(element, "routeTemplate");
            int line = element.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
            if (route != null) {
                routes.add(route(file, line, route, null));
            } else if (templated != null) {
                routes.add(new Route(text(templated, "routeId"), file, line, null, null, null, text(templated, "routeTemplateRef")));
            } else if (template != null && child(template, "route") != null) {
                templates.put(text(template, "id"), route(file, line, child(template, "route"), text(template, "description")));
            } else if (child(element, "from") != null) {
                routes.add(route(file, line, element, null));
            }
        }
    }

    private static Route route(String file, int line, Node route, String description) {
        Node from = child(route, "from");
        String said = text(route, "description");
        return new Route(text(route, "id"), file, line, said == null ? description : said,
                from instanceof ScalarNode uri ? uri.getValue() : from == null ? null : text(from, "uri"), text(route, "group"), null);
    }

    private static String text(Node mapping, String key) {
        return child(mapping, key) instanceof ScalarNode scalar ? scalar.getValue() : null;
    }

    private static Node child(Node mapping, String key) {
        if (mapping instanceof MappingNode node) {
            for (NodeTuple entry : node.getValue()) {
                if (entry.getKeyNode() instanceof ScalarNode name && name.getValue().equals(key)) {
                    return entry.getValueNode();
                }
            }
        }
        return null;
    }
}
