package dev.tac8.query;

import dev.tac8.settings.Settings;
import dev.tac8.store.Parameters;
import dev.tac8.store.Reasons;
import dev.tac8.store.RefusedException;
import dev.tac8.store.Schema;
import dev.tac8.store.StoreException;
import dev.tac8.text.StoredTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The questions of {@code sql/query} that have a header. A reader's time and time zone tell what "today" and a day are. */
public final class Questions {
    private final Settings settings;
    private final Instant now;
    private final ZoneId zone;

    /**
     * @param now  what {@code today} and lengths of time are reckoned from
     * @param zone whose days they are
     */
    public Questions(Settings settings, Instant now, ZoneId zone) {
        this.settings = settings;
        this.now = now;
        this.zone = zone;
    }

    /**
     * What came of a question.
     *
     * @param answer  null if nothing was found
     * @param nothing the sentence for that; else null
     * @param missing what could not be read, a sentence each
     */
    public record Answered(Answer answer, String nothing, List<String> missing) {
    }

    /**
     * Asks the question of a name.
     *
     * @param given what its options are given, by their parameters: {@code completed_today} is {@code true}
     * @throws IllegalArgumentException if it is asked wrongly, in words
     * @throws StoreException           if its file is missing or wrong, or the stores cannot answer
     */
    public Answered ask(String name, Map<String, String> given) throws StoreException {
        return prepare(Header.read(settings.sql(), name), given).ask();
    }

    /**
     * Looks at what a question is given, before any store is opened.
     *
     * @throws IllegalArgumentException if it is asked wrongly, in words
     * @throws StoreException           if the file of another one that answers in its place is missing or wrong
     */
    public Asked prepare(Header header, Map<String, String> given) throws StoreException {
        for (String name : given.keySet()) {
            if (header.options().stream().noneMatch(option -> option.parameter().equals(name))) {
                throw new IllegalArgumentException(header.name() + " has no option --" + name);
            }
        }
        for (Option option : header.options()) {
            if (option.isFlag() && !given.getOrDefault(option.parameter(), "true").equals("true")) {
                throw new IllegalArgumentException("--" + option.name() + " is \"" + given.get(option.parameter()) + "\"; it must be true, or not given");
            }
        }
        Map<String, Object> parameters = new HashMap<>();
        for (Option option : header.options()) {
            if (!Header.isOfPeriod(option)) {
                parameters.putAll(option.values(given, now, zone));
            }
        }
        for (Option option : header.options()) {
            option.bringCompanion(given, parameters);
        }
        Period period = header.subject() == null ? Period.ALWAYS : Period.of(given, now, zone);
        if (header.subject() != null) {
            parameters.put("since", StoredTime.of(period.since()));
            parameters.put("until", StoredTime.of(period.until()));
        }
        String chosen = header.variant() == null ? null : (String) parameters.get(header.variant().parameter());
        Calendar calendar = chosen == null ? null : Calendar.of(chosen);
        Path sql = settings.sql();
        Header answering = chosen == null ? header : Header.read(sql, header.variant().before() + (calendar == null ? chosen : "period"));
        if (answering != header) {
            checkVariant(header, answering, parameters);
        }
        return new Asked(settings, header, answering, given, parameters, period, calendar, zone);
    }

    /**
     * Looks at each file of {@code sql/query}: at its header, and whether its statement fits the tables of {@code sql/schema.sql}, with all
     * of its filters and without any.
     *
     * @return one sentence for each fault
     * @throws StoreException if {@code sql/schema.sql} is not valid
     * @throws IOException    if the folder cannot be read
     */
    public static List<String> faults(Path sql) throws StoreException, IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(sql.resolve("query"))) {
            files = all.filter(file -> file.toString().endsWith(".sql")).sorted().toList();
        }
        return Schema.inMemory(sql, tables -> {
            List<String> faults = new ArrayList<>();
            for (Path file : files) {
                try {
                    Header header = Header.read(sql, file.getFileName().toString().replaceFirst("\\.sql$", ""));
                    Question question = Question.read(file);
                    Map<String, String> all = question.lines().stream().map(Question::parametersOf).flatMap(Set::stream).distinct()
                            .collect(Collectors.toMap(name -> name, name -> name));
                    for (Map<String, String> given : List.of(Map.<String, String>of(), all)) {
                        Parameters asked = Parameters.of(question.sql(given));
                        if (asked.isEmpty()) {
                            throw new RefusedException("sql/query/" + file.getFileName() + " holds no statement");
                        }
                        header.checkColumns(columns(tables, asked.sql()));
                    }
                } catch (StoreException e) {
                    faults.add(e.getMessage());
                } catch (SQLException e) {
                    faults.add("sql/query/" + file.getFileName() + ": " + Reasons.of(e));
                }
            }
            return faults;
        });
    }

    private static List<String> columns(Connection tables, String sql) throws SQLException {
        try (PreparedStatement statement = tables.prepareStatement(sql)) {
            ResultSetMetaData answer = statement.getMetaData();
            List<String> columns = new ArrayList<>();
            for (int i = 1; i <= answer.getColumnCount(); i++) {
                columns.add(answer.getColumnLabel(i));
            }
            return columns;
        }
    }

    /** No option changes nothing, also if another file answers. */
    private static void checkVariant(Header header, Header answering, Map<String, Object> parameters) throws RefusedException {
        List<String> asked = answering.question().parameters(parameters);
        for (Map.Entry<String, Object> parameter : parameters.entrySet()) {
            String name = parameter.getKey();
            if (parameter.getValue() != null && !name.equals(header.variant().parameter()) && !asked.contains(name)) {
                throw new RefusedException("sql/query/" + answering.name() + ".sql does not ask for :" + name + ", which " + header.name()
                        + " is given");
            }
        }
    }
}
