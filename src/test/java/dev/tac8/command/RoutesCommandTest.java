package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.Home;
import dev.tac8.generation.EditedFiles;
import dev.tac8.generation.Generation;
import dev.tac8.generation.Generations;
import dev.tac8.service.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code tac8 routes} says and does beside edited files, with a service and without. */
@Tag("process")
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RoutesCommandTest {
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final JsonMapper JSON = new JsonMapper();
    private static final String OWN = "- route:\n    id: own\n    group: own\n    description: Mine.\n    from:\n      uri: timer:own\n      steps:\n        - log: hi\n";

    @TempDir
    private Path dir;
    private Home home;
    private Reader reader;
    private Generations generations;

    @BeforeEach
    void makeHome() throws IOException {
        home = new Home(dir.resolve("home"));
        reader = new Reader(dir.resolve("home"));
        Files.createDirectories(home.spool());
        generations = Generations.of(home.spool());
    }

    private Generation keep(String cause) throws IOException {
        return generations.keep(EditedFiles.read(home.path("")), cause);
    }

    @Test
    void withoutAServiceTheRoutesAreThoseOnDisk() throws IOException {
        keep("start");
        Files.writeString(home.path("routes/own.camel.yaml"), "# mine\n" + OWN);

        Reader.Answered answer = reader.ask("routes");

        assertThat(answer.code()).as("%s", answer).isZero();
        assertThat(answer.out()).startsWith("No service runs on this spool, so these are the routes on disk:\n  " + home.spool() + "\n\n")
                .containsPattern("(?m)^own +by itself: own +routes/own.camel.yaml:2 +Mine\\.$")
                .containsPattern("(?m)^store-chunk +when called +routes/store.camel.yaml:\\d+ +\\S.*")
                .containsPattern("(?m)^store-local +when called +routes/store.camel.yaml:\\d+ +\\S.*");
        JsonNode json = reader.json("routes");
        assertThat(json.get("from").asText()).isEqualTo("disk");
        assertThat(json.get("generation").isNull()).isTrue();
        assertThat(json.get("routes")).anySatisfy(route -> assertThat(route).hasToString("{\"id\":\"own\",\"file\":\"routes/own.camel.yaml\",\"line\":2,"
                + "\"description\":\"Mine.\",\"from\":\"timer:own\",\"group\":\"own\",\"template\":null}"));
        assertThat(json.get("routes")).anySatisfy(route -> {
            assertThat(route.get("id").asText()).isEqualTo("store-local");
            assertThat(route.get("template").asText()).isEqualTo("store-guarded");
        });
    }

    @Test
    void theWayBackIsThereWhenASettingIsMistyped() throws IOException {
        keep("start");
        home.edit("application.properties", "tac8.reconcile.seconds", "tac8.reconcile.second");

        assertThat(reader.ask("routes", "diff").out()).contains("+tac8.reconcile.second=2");
        assertThat(reader.ask("routes", "history").code()).isZero();
        assertThat(reader.ask("routes", "rollback").out()).startsWith("Rolled back to generation 1, of ");
        assertThat(Files.readString(home.path("application.properties"))).contains("tac8.reconcile.seconds=2");
    }

    @Test
    void eachLineFitsATerminal() {
        for (int columns : List.of(80, 200)) {
            assertThat(reader.atTerminal(columns).ask("routes").out().lines()).isNotEmpty().allMatch(line -> line.length() <= columns);
        }
    }

    @Test
    void aFileThatIsNotYamlIsNamedAndTheOthersAreShown() throws IOException {
        Files.writeString(home.path("routes/own.camel.yaml"), "- route: {id: [\n");

        Reader.Answered answer = reader.ask("routes");

        assertThat(answer.code()).isEqualTo(4);
        assertThat(answer.err()).isEqualTo("tac8: routes/own.camel.yaml is not valid YAML, so its routes are missing here: ./tac8 validate says where\n");
        assertThat(answer.out()).contains("store-chunk");
        assertThat(reader.json(4, "routes").get("missing").get(0).asText()).startsWith("routes/own.camel.yaml is not valid YAML");
    }

    @Test
    void withAServiceTheRoutesAreThoseInForceWhateverIsOnDisk() throws Exception {
        try (Service service = home.start()) {
            Files.writeString(home.path("routes/own.camel.yaml"), OWN);
            service.inForce().use(keep("start"));
            Files.writeString(home.path("routes/own.camel.yaml"), OWN.replace("own", "elsewise").replace("steps", "stepz"));
            service.inForce().refuse("routes/own.camel.yaml, line 7: stepz is not a name that can stand here");

            await().atMost(SOON).until(() -> json("routes").at("/generation/refused").isTextual());

            Home.Finished finished = home.run("routes");
            assertThat(finished.exitCode()).isZero();
            assertThat(finished.output()).containsPattern("(?m)^generation  \\d+, since \\S+Z").containsPattern("(?m)^refused     routes/own.camel.yaml, line 7: stepz")
                    .containsPattern("(?m)^own +by itself: own").doesNotContain("elsewise", "on disk");
            assertThat(json("routes").get("from").asText()).isEqualTo("generation");
            assertThat(json("routes", "history").at("/generations/0/in_force").asBoolean()).isTrue();
        }
    }

    private JsonNode json(String... args) throws Exception {
        String[] all = Arrays.copyOf(args, args.length + 1);
        all[args.length] = "--json";
        return JSON.readTree(home.run(all).output());
    }

    @Test
    void theHistoryTellsWhatEachGenerationChanged() throws IOException {
        assertThat(reader.ask("routes", "history")).satisfies(nothing -> {
            assertThat(nothing.code()).isEqualTo(1);
            assertThat(nothing.out()).startsWith("No generation is kept in the spool " + home.spool() + " yet: ./tac8 run keeps what it starts with.");
        });
        keep("start");
        home.edit("sql/query/cost.sql", "SELECT", "select");
        Files.writeString(home.path("routes/own.camel.yaml"), OWN);
        keep("edit");

        Reader.Answered answer = reader.ask("routes", "history");

        assertThat(answer.code()).isZero();
        assertThat(answer.out()).containsPattern("(?m)^generation +since +came from +files$")
                .containsPattern("(?m)^2 +\\S+Z +edit +routes/own.camel.yaml, sql/query/cost.sql$").containsPattern("(?m)^1 +\\S+Z +start$")
                .endsWith("No generation is in force now; 2 was the last.\n");
        assertThat(reader.json("routes", "history").at("/generations/0/changed")).hasToString("[\"routes/own.camel.yaml\",\"sql/query/cost.sql\"]");
    }

    /** patch must be able to make the one of the other. */
    @Test
    void aDiffIsOneThatPatchUnderstands() throws Exception {
        Files.writeString(home.path("routes/gone.camel.yaml"), OWN);
        Files.writeString(home.path("sql/query/open.sql"), "-- no line end");
        Files.writeString(home.path("sql/query/shut.sql"), "-- a line end\n");
        Files.writeString(home.path("sql/query/empty.sql"), "");
        Files.writeString(home.path("sql/query/crlf.sql"), "-- a\r\n-- b\r\n\r\n");
        Generation first = keep("start");
        Files.writeString(home.path("sql/query/crlf.sql"), "-- a\r\n-- c\r\n\r\n");
        Files.delete(home.path("routes/gone.camel.yaml"));
        Files.writeString(home.path("routes/own.camel.yaml"), OWN);
        Files.writeString(home.path("sql/query/open.sql"), "-- no line end\n");
        Files.writeString(home.path("sql/query/shut.sql"), "-- a line end");
        Files.writeString(home.path("sql/query/empty.sql"), "-- full\n");
        home.edit("routes/store.camel.yaml", "- templatedRoute:", "- templatedRoute: # here");

        Reader.Answered answer = reader.ask("routes", "diff");

        assertThat(answer.code()).as("%s", answer).isZero();
        assertThat(answer.out()).contains("--- 1/routes/store.camel.yaml\n+++ disk/routes/store.camel.yaml\n@@ ", "\n+- templatedRoute: # here\n",
                "--- /dev/null\n+++ disk/routes/own.camel.yaml\n@@ -0,0 +1,8 @@\n", "\n\\ No newline at end of file\n");
        Path copy = dir.resolve("copy");
        first.files().writeTo(copy);
        Path diff = Files.writeString(dir.resolve("diff"), answer.out());
        Process patch = new ProcessBuilder("patch", "-p1", "-s", "-i", diff.toString()).directory(copy.toFile()).redirectErrorStream(true).start();
        assertThat(new String(patch.getInputStream().readAllBytes())).isEmpty();
        assertThat(patch.waitFor()).isZero();
        assertThat(EditedFiles.read(copy)).isEqualTo(EditedFiles.read(home.path("")));

        keep("edit");
        assertThat(reader.ask("routes", "diff", "1", "2").out()).isEqualTo(answer.out().replace("+++ disk/", "+++ 2/"));
        assertThat(reader.ask("routes", "diff")).isEqualTo(new Reader.Answered(1, "Nothing differs between generation 2 and the files on disk.\n", ""));
        assertThat(reader.ask("routes", "diff", "3").err()).startsWith("tac8: generation 3 is not kept in the spool " + home.spool() + ": ./tac8 routes history lists those that are\n");
    }

    @Test
    void aRollbackTakesBackWhatIsNotInForceAndThenWhatIs() throws IOException {
        keep("start");
        EditedFiles first = EditedFiles.read(home.path(""));
        home.edit("sql/query/cost.sql", "SELECT", "select");
        Files.writeString(home.path("routes/own.camel.yaml"), OWN);
        Files.createDirectory(home.path("sql/own"));
        Files.writeString(home.path("sql/own/own.sql"), "-- mine\n");
        keep("edit");
        EditedFiles second = EditedFiles.read(home.path(""));
        Files.writeString(home.path("routes/own.camel.yaml"), "broken");
        Files.delete(home.path("sql/query/cost.sql"));

        Reader.Answered back = reader.ask("routes", "rollback");

        assertThat(back.code()).as("%s", back).isZero();
        assertThat(back.out()).startsWith("Rolled back to generation 2, of ").contains("; written: routes/own.camel.yaml, sql/query/cost.sql.\n")
                .endsWith("The next start takes it.\n");
        assertThat(EditedFiles.read(home.path(""))).isEqualTo(second);
        Path replaced = home.spool().resolve(".tac8/generations/replaced");
        assertThat(back.out()).contains("What stood there is kept in " + replaced + " until the next rollback.\n");
        assertThat(replaced.resolve("routes/own.camel.yaml")).hasContent("broken");

        assertThat(reader.ask("routes", "rollback").out()).startsWith("Rolled back to generation 1, of ")
                .contains("; written: sql/query/cost.sql; removed: routes/own.camel.yaml, sql/own/own.sql.\n").doesNotContain("What stood there");
        assertThat(EditedFiles.read(home.path(""))).isEqualTo(first);
        assertThat(replaced.resolve("routes/own.camel.yaml")).hasContent("broken");
        keep("back to 1");
        assertThat(reader.ask("routes", "rollback", "1")).isEqualTo(new Reader.Answered(1, "The files on disk are those of generation 1 already.\n", ""));
    }

    @Test
    void aRollbackLeavesLinksAndRightsAsTheyAre() throws IOException {
        Path checkout = Files.createDirectory(dir.resolve("checkout"));
        Path real = checkout.resolve("cost.sql");
        Files.move(home.path("sql/query/cost.sql"), real);
        Files.createSymbolicLink(home.path("sql/query/cost.sql"), real);
        Files.setPosixFilePermissions(home.path("routes/store.camel.yaml"), PosixFilePermissions.fromString("rw-rw-r--"));
        Files.setPosixFilePermissions(home.path("application.properties"), PosixFilePermissions.fromString("rw-r--r--"));
        Files.writeString(home.path("routes/own.camel.yaml"), OWN);
        String cost = Files.readString(real);
        keep("start");
        Files.writeString(real, "-- other\n");
        Files.writeString(home.path("routes/store.camel.yaml"), "# other\n");
        Files.delete(home.path("routes/own.camel.yaml"));

        assertThat(reader.ask("routes", "rollback").code()).isZero();

        assertThat(real).hasContent(cost);
        assertThat(home.path("sql/query/cost.sql")).isSymbolicLink();
        assertThat(Files.getPosixFilePermissions(home.path("routes/store.camel.yaml"))).isEqualTo(PosixFilePermissions.fromString("rw-rw-r--"));
        assertThat(Files.getPosixFilePermissions(home.path("routes/own.camel.yaml"))).isEqualTo(PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(Files.getOwner(home.path("routes/own.camel.yaml"))).isEqualTo(Files.getOwner(home.path("application.properties"), LinkOption.NOFOLLOW_LINKS));
        assertThat(home.path("routes")).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void aGenerationOfAnotherBuildIsTakenByForceOnly() throws IOException {
        Path about = keep("start").folder().resolve("generation.json");
        Files.writeString(about, Files.readString(about).replaceFirst("\"build\" : \"\\w+", "\"build\" : \"000000000000"));
        assertThat(reader.ask("routes", "rollback").err()).startsWith("tac8: no generation of this build is kept in the spool " + home.spool() + ", so there is nothing to go back to\n");
        home.edit("sql/query/cost.sql", "SELECT", "select");

        Reader.Answered refused = reader.ask("routes", "rollback", "1");

        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).startsWith("tac8: generation 1 is of another build of tac8, and may not fit this one, so nothing was changed:");
        assertThat(home.path("sql/query/cost.sql")).content().contains("select");
        assertThat(reader.ask("routes", "history").out()).contains("start, another build");
        assertThat(reader.json("routes", "rollback", "1", "--force").get("written")).hasToString("[\"sql/query/cost.sql\"]");
        assertThat(home.path("sql/query/cost.sql")).content().doesNotContain("select");
    }

    @Test
    void aDamagedGenerationIsNotWrittenToDisk() throws IOException {
        Generation first = keep("start");
        EditedFiles before = EditedFiles.read(home.path(""));
        Files.writeString(first.folder().resolve("routes/store.camel.yaml"), "noise");

        Reader.Answered answer = reader.ask("routes", "rollback", "1");

        assertThat(answer.code()).isNotZero();
        assertThat(answer.err()).contains("its files are not those that were kept");
        assertThat(EditedFiles.read(home.path(""))).isEqualTo(before);
    }
}
