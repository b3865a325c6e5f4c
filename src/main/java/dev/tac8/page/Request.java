package dev.tac8.page;

import dev.tac8.query.Output;
import dev.tac8.settings.Settings;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a view is asked.
 *
 * @param path       without the suffix of a form, such as {@code /tasks}
 * @param form       as text for people, which is HTML here, as JSON or as CSV
 * @param parameters of the URL, decoded, the last of a name; an empty one is not given
 * @param zone       in which days begin and times are shown
 * @param now        what {@code today} is reckoned from
 * @param state      how everything was before this was asked, for the page to know when it is out of date
 */
public record Request(String path, Output.Form form, Map<String, String> parameters, ZoneId zone, Instant now, String state, Settings settings) {

    /** A parameter, or null. */
    public String get(String name) {
        return parameters.get(name);
    }

    /**
     * Refuses parameters that mean nothing here: who has mistyped one would take what is shown for what he asked for.
     *
     * @param names those that there are, beside the time zone
     */
    void takesOnly(String... names) {
        for (String name : parameters.keySet()) {
            if (!name.equals("zone") && !List.of(names).contains(name)) {
                throw new IllegalArgumentException(path + " has no parameter " + name + "; it has " + String.join(", ", Stream.concat(Stream.of(names), Stream.of("zone")).toList()));
            }
        }
    }

    /** A parameter that a page cannot be shown without. */
    String need(String name) {
        String value = get(name);
        if (value == null) {
            throw new IllegalArgumentException(path + " needs ?" + name + "=");
        }
        return value;
    }

    /** A positive whole number of the URL. */
    int number(String name, int otherwise, int most) {
        String value = get(name);
        if (value == null) {
            return otherwise;
        }
        int least = Math.min(otherwise, 1);
        if (!value.matches("[0-9]{1,9}") || Integer.parseInt(value) > most || Integer.parseInt(value) < least) {
            throw new IllegalArgumentException(name + " must be a whole number from " + least + " to " + most);
        }
        return Integer.parseInt(value);
    }

    /** The URL of this page. */
    public String url() {
        return url(path, parameters);
    }

    /** This page with another value of a parameter; null takes it away. */
    public String with(String name, String value) {
        Map<String, String> others = new LinkedHashMap<>(parameters);
        others.remove(name);
        if (value != null) {
            others.put(name, value);
        }
        return url(path, others);
    }

    /** This page with other values of some parameters and without others. */
    public String with(Map<String, String> values, String... without) {
        Map<String, String> others = new LinkedHashMap<>(parameters);
        others.keySet().removeAll(Set.of(without));
        others.putAll(values);
        return url(path, others);
    }

    /** The URL of this page without some parameters. */
    public String without(String... names) {
        return url(path, parametersWithout(names));
    }

    Map<String, String> parametersWithout(String... names) {
        Map<String, String> others = new LinkedHashMap<>(parameters);
        List.of(names).forEach(others::remove);
        return others;
    }

    /** The URL of this page with one parameter in the place of others. */
    public String instead(String name, String value, String... others) {
        Map<String, String> parameters = parametersWithout(others);
        parameters.put(name, value);
        return url(path, parameters);
    }

    /** The URL of this page at another time, which is said in one way. */
    String at(String name, String value) {
        Map<String, String> others = parametersWithout("today", "last", "since", "until", "page", "before", "after");
        others.put(name, value);
        return url(path, others);
    }

    /** This page in another form, {@code json} or {@code csv}. */
    public String as(String suffix) {
        return url((path.equals("/") ? "/overview" : path) + "." + suffix, parametersWithout("page"));
    }

    /** The URL of a path with one parameter. */
    public static String link(String path, String name, Object value) {
        return value == null ? path : url(path, Map.of(name, value.toString()));
    }

    /** The URL of a path with parameters. */
    static String url(String path, Map<String, String> parameters) {
        return parameters.isEmpty() ? path : path + "?" + parameters.entrySet().stream()
                .map(one -> encode(one.getKey()) + "=" + encode(one.getValue())).collect(Collectors.joining("&"));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /**
     * The parameters of a query.
     *
     * @throws IllegalArgumentException if it is not encoded as it should be
     */
    static Map<String, String> parameters(String query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String one : query == null ? new String[0] : query.split("&")) {
            int equals = one.indexOf('=');
            String value = equals < 0 ? "" : decode(one.substring(equals + 1));
            if (!value.isEmpty()) {
                parameters.put(decode(one.substring(0, equals)), value);
            }
        }
        return parameters;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the address is not encoded as it should be: a % stands for itself only as %25", e);
        }
    }
}
