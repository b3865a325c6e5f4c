package dev.tac8.ingest;

import dev.tac8.files.Sha256;
import dev.tac8.store.NullCharacter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** What rows are found by, in as many bytes as its field holds. {@code clients/tac_logger.py} makes the same of the same. */
public final class FittingId {
    /** The most bytes of UTF-8 that record.schema.json allows. */
    private static final int MOST_BYTES = 800;
    private static final String CUT = "... ";
    private static final int HASH_CHARACTERS = 16;

    private FittingId() {
    }

    /** An id as it is, or if it is too long its beginning and a hash of the whole: two that differ only behind it stay two. */
    public static String of(String id) {
        byte[] text = NullCharacter.shown(id).getBytes(StandardCharsets.UTF_8);
        if (text.length <= MOST_BYTES) {
            return id;
        }
        int end = MOST_BYTES - CUT.length() - HASH_CHARACTERS;
        // Never amid a character.
        while ((text[end] & 0xC0) == 0x80) {
            end--;
        }
        MessageDigest digest = Sha256.begin();
        digest.update(text);
        return new String(text, 0, end, StandardCharsets.UTF_8) + CUT + Sha256.end(digest).substring(0, HASH_CHARACTERS);
    }
}
