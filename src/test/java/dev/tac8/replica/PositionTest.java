package dev.tac8.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.files.OwnFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Of a position that somebody has edited, or that is no longer whole, nothing is believed: all is read again. */
class PositionTest {
    @TempDir
    private Path spool;
    private OwnFolder folder;

    @BeforeEach
    void create() throws Exception {
        folder = OwnFolder.of(spool);
        folder.create();
    }

    @Test
    void isThatOfTheMark() throws Exception {
        Position one = new Position("a 1", "10:20:11,12");
        Position other = new Position("a 1", Position.NOTHING_READ);
        Position.write(folder, Map.of(7, one, 8, other));

        assertThat(Position.of(folder, 7)).isEqualTo(one);
        assertThat(Position.of(folder, 8)).isEqualTo(other);
        assertThat(Position.of(folder, 9)).isNull();
        assertThat(Position.of(folder, 0)).as("no mark").isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "7", "{\"7\": null}", "{\"7\": {}}", "{\"7\": {\"history\": \"a 1\"}}", "{\"7\": {\"history\": \"a 1\", \"snapshot\": \"10:20\"}}",
        "{\"7\": {\"history\": \"a 1\", \"snapshot\": \"10:x:\"}}", "{\"7\": {\"history\": \"a 1\", \"snapshot\": null}}"})
    void isUnknownWhereItSaysNothing(String text) throws Exception {
        Files.writeString(folder.path().resolve("replica-position.json"), text);

        assertThat(Position.of(folder, 7)).isNull();
    }
}
