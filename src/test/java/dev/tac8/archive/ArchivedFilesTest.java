package dev.tac8.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tac8.store.StoreException;
import dev.tac8.store.Volume;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchivedFilesTest {
    private static final Instant OLD = Instant.parse("2026-02-03T04:05:06Z");

    @TempDir
    private Path dir;
    private OldHome home;
    private final List<String> progress = new ArrayList<>();

    @BeforeEach
    void archive() throws Exception {
        home = new OldHome(dir.resolve("home"));
        for (int i = 0; i < 5; i++) {
            home.write("logs/" + i + ".jsonl", "content " + i, OLD);
        }
        home.write("logs/later.jsonl", "later", OLD.plusSeconds(86_400 * 40));
        home.write("var/spool/done/done.jsonl", "done", OLD);
        home.move();
    }

    @Test
    void readsEachFileBackAndCountsThem() throws Exception {
        ArchivedFiles.Checked checked = verify(null);

        assertThat(checked.faults()).isEmpty();
        assertThat(checked.files()).isEqualTo(7);
        assertThat(checked.bytes()).isEqualTo(5 * 9 + 5 + 4);
        assertThat(checked.compressedBytes()).isGreaterThan(7 * 20);
        assertThat(progress).hasSize(7).endsWith("2026-02 7 54").contains("2026-02 1 9", "2026-03 6 50");
        assertThat(verify("2026-03").files()).isEqualTo(1);
        assertThat(verify("2026-04").files()).isZero();
    }

    @Test
    void namesEachFileThatIsMissingDamagedOrInNoManifest() throws Exception {
        Path missing = archived("0");
        Files.delete(missing);
        Path damaged = archived("1");
        byte[] bytes = Files.readAllBytes(damaged);
        bytes[12] ^= 1;
        Files.write(damaged, bytes);
        Path cut = archived("2");
        Files.write(cut, java.util.Arrays.copyOf(Files.readAllBytes(cut), 20));
        Path other = archived("3");
        Files.copy(archived("4"), other, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Path unlisted = Files.copy(other, other.resolveSibling("unlisted.jsonl.gz"));
        Path manifest = other.resolveSibling("manifest.jsonl");
        Files.writeString(manifest, "no line\n", StandardOpenOption.APPEND);
        Path lone = Files.createDirectories(home.path("var/external/events/2025-12")).resolve("lone.jsonl.gz");
        Files.copy(other, lone);

        ArchivedFiles.Checked checked = verify(null);

        assertThat(checked.files()).isEqualTo(3);
        assertThat(checked.faults()).containsExactlyInAnyOrder(
                missing + ", which was " + home.path("logs/0.jsonl") + ", is missing: bring it back from a backup",
                damaged + ", which was " + home.path("logs/1.jsonl") + ", does not hold what was put into it: bring it back from a backup",
                cut + ", which was " + home.path("logs/2.jsonl") + ", does not hold what was put into it: bring it back from a backup",
                other + ", which was " + home.path("logs/3.jsonl") + ", does not hold what was put into it: bring it back from a backup",
                unlisted + " stands in no line of " + manifest + ", so that it is not found by its old name",
                lone + " stands in no line of " + lone.resolveSibling("manifest.jsonl") + ", so that it is not found by its old name",
                "line 6 of " + manifest + " cannot be read, so that the file it named is not looked at; it may be among those that no line"
                        + " names");
    }

    @Test
    void findsNothingWrongWhereNothingWasArchivedAndSaysSoWhereTheVolumeIsAway() throws Exception {
        OldHome fresh = new OldHome(dir.resolve("fresh"));
        assertThat(ArchivedFiles.of(fresh.settings()).verify(null, (month, files, bytes) -> { }).files()).isZero();
        Files.delete(fresh.path("var/external/" + Volume.MARKER));

        assertThatThrownBy(() -> ArchivedFiles.of(fresh.settings()).verify(null, (month, files, bytes) -> { }))
                .isInstanceOf(StoreException.class).hasMessageContaining("no tac8 volume is mounted");
    }

    private ArchivedFiles.Checked verify(String month) throws Exception {
        return ArchivedFiles.of(home.settings()).verify(month, (at, files, bytes) -> progress.add(at + " " + files + " " + bytes));
    }

    private Path archived(String name) throws Exception {
        return OldHome.files(home.path("var/external/conversations/2026-02")).stream()
                .filter(file -> file.getFileName().toString().startsWith(name + "-")).findFirst().orElseThrow();
    }
}
