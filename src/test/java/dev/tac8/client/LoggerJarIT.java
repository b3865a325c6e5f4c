package dev.tac8.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java logger as a program elsewhere has it: its own jar, what its pom names, and nothing else of tac8. */
@Tag("once")
class LoggerJarIT {
    private static final Path POM = Path.of("clients/java/pom.xml");
    private static final long MOST_SECONDS = 300;

    @TempDir
    private Path dir;

    @Test
    void theExampleOfTheDocumentLogsWithTheJarAndWhatItsPomNames() throws Exception {
        run(List.of("mvn", "-o", "-B", "-q", "-f", POM.toString(), "-Dtac8.build.directory=" + dir.resolve("jar"), "package"));
        Path example = dir.resolve("Example.java");
        Files.writeString(example, """
                import dev.tac8.client.TacLogger;
                import java.nio.file.Path;
                import java.util.Map;

                class Example {
                    public static void main(String[] args) {
                        %s
                    }
                }
                """.formatted(documented("java")));

        run(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", dir.resolve("jar/tac8-logger.jar") + ":" + libraries(),
                example.toString()));

        assertThat(records(dir.resolve("var/spool"))).hasSize(6).element(4).asString().contains("\"api_call\"", "\"w-abc123\"", "0.045", "gh-450");
    }

    @Test
    void thePomsAgreeInTheirVersions() throws IOException {
        List<String> ours = versions(Path.of("pom.xml"));

        assertThat(versions(POM)).isNotEmpty().allSatisfy(version -> assertThat(ours).contains(version));
        assertThat(documented("xml")).contains("<version>" + version(POM) + "</version>");
        assertThat(version(POM)).isEqualTo(version(Path.of("pom.xml")));
    }

    private void run(List<String> command) throws Exception {
        Path said = dir.resolve("said");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
        if (!command.get(0).equals("mvn")) {
            builder.directory(dir.toFile());
        }
        Process process = builder.start();
        try {
            assertThat(process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)).as(command + " ends").isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(command + ": " + Files.readString(said)).isZero();
    }

    /** The jars of the pom's dependencies in the versions that it names, and what comes with them, from tac8's own class path. */
    private static String libraries() throws IOException {
        Matcher jackson = Pattern.compile("<artifactId>jackson-databind</artifactId>\\s*<version>(.*?)</version>").matcher(Files.readString(POM));
        assertThat(jackson.find()).isTrue();
        Pattern allowed = Pattern.compile("jackson-(databind|core|annotations)-" + jackson.group(1) + "\\.jar|slf4j-api-.*\\.jar");
        List<String> jars = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(jar -> allowed.matcher(Path.of(jar).getFileName().toString()).matches()).toList();
        assertThat(jars).hasSize(4);
        return String.join(File.pathSeparator, jars);
    }

    /** The first example of a language in the document. */
    private static String documented(String language) throws IOException {
        Matcher block = Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(Path.of("docs/logging.md")));
        assertThat(block.find()).isTrue();
        return block.group(1).lines().filter(line -> !line.startsWith("import")).collect(Collectors.joining("\n"));
    }

    private static List<String> records(Path spool) throws IOException {
        try (Stream<Path> files = Files.list(spool)) {
            List<Path> published = files.filter(file -> file.toString().endsWith(".jsonl")).toList();
            assertThat(published).hasSize(1);
            return Files.readAllLines(published.get(0));
        }
    }

    private static List<String> versions(Path pom) throws IOException {
        Matcher plugins = Pattern.compile("<artifactId>(maven-.*?)</artifactId>\\s*<version>(.*?)</version>").matcher(Files.readString(pom));
        return plugins.results().map(plugin -> plugin.group(1) + " " + plugin.group(2)).toList();
    }

    private static String version(Path pom) throws IOException {
        Matcher version = Pattern.compile("<version>(.*?)</version>").matcher(Files.readString(pom));
        assertThat(version.find()).isTrue();
        return version.group(1);
    }
}
