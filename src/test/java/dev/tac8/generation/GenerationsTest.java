package dev.tac8.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerationsTest {
    @TempDir
    private Path dir;
    private Path home;
    private Path folder;
    private Generations generations;

    @BeforeEach
    void makeHome() throws IOException {
        home = dir.resolve("home");
        write("application.properties", "a=1\n");
        write("routes/ingest.camel.yaml", "- route\n");
        write("sql/schema.sql", "-- tables\n");
        write("sql/query/cost.sql", "-- cost\n");
        Path spool = dir.resolve("spool");
        folder = spool.resolve(".tac8/generations");
        generations = Generations.of(spool);
    }

    private void write(String name, String text) throws IOException {
        Files.createDirectories(home.resolve(name).getParent());
        Files.writeString(home.resolve(name), text);
    }

    private Generation keep(String cause) throws IOException {
        return generations.keep(EditedFiles.read(home), cause);
    }

    @Test
    void keepsWhatIsInForceAsPlainFiles() throws IOException {
        assertThat(generations.latest()).isEmpty();

        Generation first = keep("start");

        assertThat(first.number()).isEqualTo(1);
        assertThat(first.folder()).isEqualTo(folder.resolve("000001"));
        assertThat(first.folder().resolve("sql/query/cost.sql")).hasContent("-- cost");
        assertThat(first.files()).isEqualTo(EditedFiles.read(home));
        assertThat(generations.latest()).contains(first);
    }

    @Test
    void saysWhatChangedSinceTheOneBefore() throws IOException {
        keep("start");
        write("routes/ingest.camel.yaml", "- route: other\n");
        write("routes/own.yml", "- route\n");
        Files.delete(home.resolve("sql/query/cost.sql"));

        Generation second = keep("edit");

        assertThat(second.changed()).containsExactly("routes/ingest.camel.yaml", "routes/own.yml", "sql/query/cost.sql");
        assertThat(generations.history()).extracting(Generation::number, Generation::cause)
                .containsExactly(tuple(2, "edit"), tuple(1, "start"));
    }

    @Test
    void writesOnlyWhatHasChanged() throws IOException {
        Path first = keep("start").folder();
        write("application.properties", "a=2\n");

        Path second = keep("edit").folder();

        assertThat(Files.isSameFile(first.resolve("sql/query/cost.sql"), second.resolve("sql/query/cost.sql"))).isTrue();
        assertThat(Files.isSameFile(first.resolve("application.properties"), second.resolve("application.properties"))).isFalse();
        assertThat(first.resolve("application.properties")).hasContent("a=1");
    }

    @Test
    void keepsTheSameFilesOnce() throws IOException {
        Generation first = keep("start");

        assertThat(keep("start")).isEqualTo(first);
        assertThat(folder).isDirectoryContaining("glob:**/000001").isDirectoryNotContaining("glob:**/000002");
    }

    @Test
    void keepsNoMoreThanTheLast() throws IOException {
        for (int i = 1; i <= Generations.KEPT + 5; i++) {
            write("application.properties", "a=" + i + "\n");
            keep("edit");
        }

        assertThat(generations.history()).extracting(Generation::number)
                .containsExactlyElementsOf(IntStream.rangeClosed(6, Generations.KEPT + 5).boxed().sorted(Comparator.reverseOrder()).toList());
        try (Stream<Path> names = Files.list(folder)) {
            assertThat(names).hasSize(Generations.KEPT);
        }
    }

    @Test
    void anotherBuildBeginsALineOfItsOwn() throws IOException {
        Generation first = keep("start");
        Path about = first.folder().resolve("generation.json");
        Files.writeString(about, Files.readString(about).replace(Build.id(), "000000000000"));

        assertThat(generations.latest()).isEmpty();
        Generation second = keep("start");

        assertThat(second.number()).isEqualTo(2);
        assertThat(second.changed()).isEmpty();
        assertThat(generations.latest()).contains(second);
        assertThat(generations.history()).extracting(Generation::build).containsExactly(Build.id(), "000000000000");
    }

    @Test
    void takesTheOneBeforeADamagedOne() throws IOException {
        Generation first = keep("start");
        for (String damage : List.of("routes/ingest.camel.yaml", "sql/query/cost.sql", "application.properties", "generation.json")) {
            write("application.properties", "a=" + damage + "\n");
            Generation damaged = keep("edit");
            // In its place, as the former one has the same file.
            Files.delete(damaged.folder().resolve(damage));
            Files.writeString(damaged.folder().resolve(damage), "noise");

            assertThat(generations.latest()).as(damage).contains(first);
        }
    }

    @Test
    void passesOverWhatIsNoGeneration() throws IOException {
        Generation first = keep("start");
        Files.createDirectory(folder.resolve("000005"));
        Files.createSymbolicLink(folder.resolve("000006"), first.folder());
        Files.writeString(folder.resolve("000007"), "a file");
        Files.createDirectory(folder.resolve("notes"));

        assertThat(generations.latest()).contains(first);
        write("application.properties", "a=2\n");
        assertThat(keep("edit").number()).isEqualTo(8);
    }

    @Test
    void whatAKilledServiceLeftIsNoGenerationAndIsCleaned() throws IOException {
        Generation first = keep("start");
        EditedFiles.read(home).writeTo(folder.resolve("part"));
        Files.createSymbolicLink(folder.resolve("part/routes/link"), first.folder());

        assertThat(generations.latest()).contains(first);
        write("application.properties", "a=2\n");
        assertThat(keep("edit").files()).isEqualTo(EditedFiles.read(home));
        assertThat(folder.resolve("part")).doesNotExist();
        assertThat(first.files().names()).hasSize(4);
    }

    @Test
    void saysInASentenceThatItCannotKeep() throws IOException {
        Generation first = keep("start");
        // In the place of a folder that is needed, as root may write anywhere.
        Files.move(folder, folder.resolveSibling("away"));
        Files.writeString(folder, "");

        write("application.properties", "a=2\n");
        assertThatThrownBy(() -> keep("edit")).isInstanceOf(IOException.class)
                .hasMessageStartingWith("what is in force now cannot be kept in " + folder + ": it must be a folder of tac8's own");
        assertThat(generations.latest()).isEmpty();

        Files.delete(folder);
        Files.move(folder.resolveSibling("away"), folder);
        assertThat(generations.latest()).contains(first);
    }

    @Test
    void aBuildIsItsContent() throws IOException {
        assertThat(Build.id()).matches("[0-9a-f]{12}");
        assertThat(Build.ofFolder(home)).isEqualTo(Build.ofFolder(home)).containsKeys("sql/query/cost.sql", "application.properties");
        SortedMap<String, Long> before = new TreeMap<>(Build.ofFolder(home));
        write("application.properties", "a=2\n");
        assertThat(Build.ofFolder(home)).isNotEqualTo(before);
    }
}
