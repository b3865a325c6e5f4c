package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import picocli.CommandLine;

/** The rules of the house, for whoever adds a route, a statement, a setting or a command. */
class HouseRulesTest {
    private static final int MAX_ROUTE_FILE_LINES = 80;
    /** Run a statement after the other when a store is opened; everywhere else the driver runs only the first. */
    private static final Set<Path> SCRIPTS = Set.of(Path.of("sql/schema.sql"), Path.of("sql/open-store.sql"),
            Path.of("sql/postgresql/new-rows.sql"));

    @Test
    void aRouteFileIsShortAndSaysAtItsTopWhatItIs() throws IOException {
        for (Path file : files("routes", ".yaml")) {
            List<String> lines = Files.readAllLines(file);

            assertThat(file.getFileName().toString()).endsWith(".camel.yaml");
            assertThat(lines).as(file.toString()).hasSizeLessThanOrEqualTo(MAX_ROUTE_FILE_LINES);
            assertThat(lines.get(0)).as(file.toString()).matches("# \\S.*");
        }
    }

    @Test
    void aRouteHasAnIdAndADescription() throws IOException {
        List<String> ids = new ArrayList<>();
        for (Path file : files("routes", ".yaml")) {
            for (Map<?, ?> element : elements(file)) {
                String kind = (String) element.keySet().iterator().next();
                Map<?, ?> route = (Map<?, ?>) element.get(kind);
                if (kind.equals("templatedRoute")) {
                    assertSpeaking(file, kind, "routeId", route);
                    ids.add((String) route.get("routeId"));
                } else if (!kind.equals("beans")) {
                    assertSpeaking(file, kind, "id", route);
                    assertThat((String) route.get("description")).as(file + ": " + route.get("id")).matches("(?s)[A-Z].*\\.");
                    // One that stands in for another has its name.
                    ids.add(route.get("id") + (List.of("postgresql", "kafka-edge").contains(String.valueOf(route.get("group"))) ? " of " + route.get("group") : ""));
                }
            }
        }
        assertThat(ids).doesNotHaveDuplicates().isNotEmpty();
    }

    @Test
    void aDirectRouteIsCalledByItsId() throws IOException {
        for (Path file : files("routes", ".yaml")) {
            for (Map<?, ?> element : elements(file)) {
                if (element.get("route") instanceof Map<?, ?> route && route.get("from") instanceof Map<?, ?> from
                        && String.valueOf(from.get("uri")).startsWith("direct:")) {
                    assertThat(from.get("uri")).as(file.toString()).isEqualTo("direct:" + route.get("id"));
                }
            }
        }
    }

    @Test
    void aRouteThatBeginsByItselfIsOfAGroup() throws IOException {
        for (Path file : files("routes", ".yaml")) {
            for (Map<?, ?> element : elements(file)) {
                if (element.get("route") instanceof Map<?, ?> route && !((Map<?, ?>) route.get("from")).get("uri").toString().startsWith("direct:")) {
                    assertThat(route.get("group")).as(file + ": " + route.get("id")).isNotNull();
                }
            }
        }
    }

    @Test
    void aBeanWhoseMethodARouteCallsIsFoundByItsNameAtItsClass() throws IOException {
        List<String> sources = new ArrayList<>();
        for (Path source : files("src/main/java", ".java")) {
            sources.add(Files.readString(source));
        }
        Pattern bean = Pattern.compile("\\b(?:bean|method):\\s*\\{?(?:id: \\S+,?\\s+)?(?:note: .*\\s+)?ref: ([a-z-]+)");
        for (Path file : files("routes", ".yaml")) {
            assertThat(bean.matcher(Files.readString(file)).results().map(match -> match.group(1))).as(file.toString())
                    .allSatisfy(name -> assertThat(sources).filteredOn(source -> source.contains("camel.bind(\"" + name + "\"")
                            || source.contains("@BindToRegistry(\"" + name + "\")")).hasSize(1));
        }
    }

    @Test
    void aRouteHoldsNoSql() throws IOException {
        for (Path file : files("routes", ".yaml")) {
            assertThat(Files.readString(file)).as(file.toString()).doesNotContainPattern("sql:(?!(//)?file:)");
        }
    }

    @Test
    void aStatementFileBeginsWithACommentAndHoldsOneStatement() throws IOException {
        for (Path file : files("sql", ".sql")) {
            String text = Files.readString(file);
            String bare = text.replaceAll("'(?:[^']|'')*'|--.*", "").strip();

            assertThat(text).as(file.toString()).startsWith("--");
            assertThat(bare).as(file + " holds a statement").isNotEmpty();
            if (!SCRIPTS.contains(file) && !file.startsWith("sql/upgrade") && !file.toString().matches("sql/postgresql/\\d{4}-.*")) {
                assertThat(bare.replaceFirst(";$", "")).as(file + " holds one statement").doesNotContain(";");
            }
        }
    }

    @Test
    void aStatementOfARouteHoldsAHashOnlyInANamedParameter() throws IOException {
        for (Path file : files("sql", ".sql")) {
            assertThat(file.startsWith("sql/query") ? "" : Files.readString(file).replaceAll(":#(\\w+|\\$\\{[^}]+})", "")).as(file + ": Camel takes # for a parameter").doesNotContain("#");
        }
    }

    @Test
    void aStatementThatARouteNamesIsThere() throws IOException {
        Pattern statement = Pattern.compile("sql:(?://)?file:([^?\"\\s]+)");
        for (Path file : files("routes", ".yaml")) {
            assertThat(statement.matcher(Files.readString(file)).results().map(match -> Path.of(match.group(1))))
                    .as(file.toString()).allMatch(Files::isRegularFile);
        }
    }

    @Test
    void aSettingStandsInApplicationPropertiesWithItsDefaultBelowACommentAndNoOtherDoes() throws IOException {
        List<String> lines = Files.readAllLines(Path.of(Settings.FILE));
        Map<String, String> found = new TreeMap<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.startsWith("tac8.")) {
                String key = line.substring(0, line.indexOf('='));
                assertThat(lines.get(i - 1)).as("the line above " + key).matches("# .*[.:]");
                assertThat(found.put(key, line.substring(line.indexOf('=') + 1))).as(key + " stands there once").isNull();
            }
        }
        Map<String, String> expected = new TreeMap<>();
        Stream.of(Setting.values()).forEach(setting -> expected.put(setting.key(), setting.fallback()));
        assertThat(found).isEqualTo(expected);
    }

    @Test
    void aCommandHasADescriptionAndAnExample() {
        Map<String, CommandLine> commands = commands();
        assertThat(commands).isNotEmpty();
        commands.forEach((name, command) -> {
            assertThat(command.getCommandSpec().usageMessage().description()).as(name).isNotEmpty();
            if (command.getSubcommands().isEmpty()) {
                assertThat(String.join("\n", command.getCommandSpec().usageMessage().footer())).as(name).contains("Example")
                        .contains("./" + name);
            }
        });
    }

    @Test
    void aCommandAndItsOptionsSayWhatTheyAreForInTheirHelp() {
        commands().forEach((name, command) -> {
            command.getCommandSpec().args().forEach(arg -> assertThat(arg.description()).as(name + " " + arg.paramLabel()).isNotEmpty());
            assertThat(command.getUsageMessage()).as(name).contains("Usage: " + name);
        });
    }

    @Test
    void theLauncherGivesEachCommandThatOnlyReadsTheJarOfQuestions() throws IOException {
        assertThat(Files.readAllLines(Path.of("tac8"))).contains(
                named(command -> !(command.getCommand() instanceof Reading), "    ", " | -* | */* | '')"),
                named(command -> command.getCommand() instanceof Reading && !(command.getCommand() instanceof QuestionCommand), "    ",
                        ") kind=question ;;"));
    }

    private static String named(Predicate<CommandLine> which, String before, String after) {
        return Tac8.commandLine().getSubcommands().values().stream().filter(which).map(CommandLine::getCommandName)
                .collect(Collectors.joining(" | ", before, after));
    }

    @Test
    void aQuestionIsInTheTableOfCommandsWithTheWordsOfItsHeader() throws IOException {
        Path table = Path.of("docs/commands.md");
        assumeThat(table).exists();
        Map<String, String> rows = Pattern.compile("(?m)^\\| `\\./(tac8 [a-z-]+)` \\| (.*) \\|$").matcher(Files.readString(table)).results()
                .collect(Collectors.toMap(row -> row.group(1), row -> row.group(2)));
        commands().forEach((name, command) -> {
            // One that is not in the table is an operator's own.
            if (command.getCommand() instanceof QuestionCommand && rows.containsKey(name)) {
                String description = command.getCommandSpec().usageMessage().description()[0];
                assertThat(rows.get(name)).as(name).isEqualTo(Character.toLowerCase(description.charAt(0))
                        + description.substring(1, description.length() - 1));
            }
        });
        assertThat(rows).containsKeys("tac8 cost", "tac8 tasks", "tac8 events", "tac8 sessions");
    }

    /** Editors judge and save routes by it: Kaoto, and those of the Camel extensions. */
    @Test
    void theRoutesAreValidByCamelsOwnSchema() throws IOException {
        ObjectMapper json = new ObjectMapper();
        JsonSchema schema;
        try (InputStream text = getClass().getResourceAsStream("/schema/camelYamlDsl.json")) {
            schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4).getSchema(json.readTree(text));
        }
        for (Path file : files("routes", ".yaml")) {
            assertThat(schema.validate(json.valueToTree(elements(file)))).as("%s", file).isEmpty();
        }
    }

    @Test
    void aCommandIsNamedAmongTheCommands() throws IOException {
        Path document = Path.of("docs/commands.md");
        assumeThat(document).exists();
        String text = Files.readString(document);
        commands().forEach((name, command) -> assertThat(command.getCommand() instanceof QuestionCommand ? name : text).as(name).contains(name));
    }

    @Test
    void theExitCodesAreThoseOfTheOneTableInTheBookForOperators() throws IOException, IllegalAccessException {
        Path book = Path.of("docs/operating.md");
        assumeThat(book).exists();
        List<String> codes = new ArrayList<>();
        for (Field code : ExitCode.class.getDeclaredFields()) {
            codes.add("" + code.getInt(null));
        }

        String section = Files.readString(book).replaceFirst("(?s).*\n## Exit codes\n", "").replaceFirst("(?s)\n## .*", "");

        assertThat(section.lines().filter(line -> line.matches("\\| \\d.*")).map(line -> line.split(" ")[1])).containsExactlyElementsOf(codes);
    }

    @Test
    void aUnitTestThatStartsTac8AsAProcessIsTaggedSoThatItRunsByTheEnvironmentToo() throws IOException {
        Pattern start = Pattern.compile("\\bhome\\.(run|command|plainCommand)\\(");
        for (Path file : files("src/test/java", "Test.java")) {
            String text = Files.readString(file);
            // What gets its settings by the environment anyway proves nothing twice.
            if (start.matcher(text).find() && !text.contains(".byEnvironment()")) {
                assertThat(text).as(file.toString()).contains("@Tag(\"process\")");
            }
        }
    }

    @Test
    void aTagIsOneThatTheBuildKnows() throws IOException {
        for (Path file : files("src/test/java", ".java")) {
            assertThat(Pattern.compile("@Tag\\(\"(.*?)\"").matcher(Files.readString(file)).results().map(tag -> tag.group(1)))
                    .as(file.toString()).allMatch(Set.of("process", "thorough", "long", "once")::contains);
        }
    }

    private static void assertSpeaking(Path file, String kind, String key, Map<?, ?> route) {
        assertThat(route.get(key)).as(file + ": the " + key + " of a " + kind).isInstanceOf(String.class).asString().matches("[a-z]+(-[a-z]+)*");
    }

    private static Map<String, CommandLine> commands() {
        Map<String, CommandLine> commands = new TreeMap<>();
        collect(Tac8.commandLine(), commands);
        return commands;
    }

    private static void collect(CommandLine parent, Map<String, CommandLine> commands) {
        for (CommandLine command : parent.getSubcommands().values()) {
            commands.put(command.getCommandSpec().qualifiedName(), command);
            collect(command, commands);
        }
    }

    private static List<Path> files(String folder, String suffix) throws IOException {
        try (Stream<Path> paths = Files.walk(Path.of(folder))) {
            List<Path> files = paths.filter(path -> path.toString().endsWith(suffix)).sorted().toList();
            assertThat(files).isNotEmpty();
            return files;
        }
    }

    private static List<Map<?, ?>> elements(Path file) throws IOException {
        List<Map<?, ?>> elements = new ArrayList<>();
        for (Object element : (List<?>) new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file))) {
            elements.add((Map<?, ?>) element);
        }
        return elements;
    }
}
