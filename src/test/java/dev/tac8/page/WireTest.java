package dev.tac8.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** An answer that is cut off is not taken for a whole one. */
class WireTest {
    private final byte[] body = new byte[300_000];

    @Test
    void whatIsWrittenIsReadAndNothingBehindIt() throws IOException {
        assertThat(Wire.body(new ByteArrayInputStream(Arrays.copyOf(written(), written().length + 9))).readAllBytes()).isEqualTo(body);
    }

    @Test
    void whereverItIsCutOffItFails() throws IOException {
        byte[] whole = written();
        for (int length : new int[] {0, 3, 4, 1000, 65_540, 200_000, whole.length - 5, whole.length - 4, whole.length - 1}) {
            assertThatThrownBy(() -> Wire.body(new ByteArrayInputStream(whole, 0, length)).readAllBytes()).as("after %d bytes", length).isInstanceOf(EOFException.class);
        }
    }

    private byte[] written() throws IOException {
        new Random(1).nextBytes(body);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream parts = Wire.body(out)) {
            parts.write(body, 0, 10);
            parts.write(body, 10, body.length - 10);
        }
        return out.toByteArray();
    }
}
