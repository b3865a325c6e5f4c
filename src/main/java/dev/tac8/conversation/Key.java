package dev.tac8.conversation;

import dev.tac8.files.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** Stands for foreign texts of any length in 128 bits of their SHA-256, so that many can be remembered and none is cut. */
record Key(long high, long low) {
    /** The key of some texts in their order; none of them is null. */
    static Key of(String... texts) {
        MessageDigest digest = Sha256.begin();
        for (String text : texts) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_16LE);
            digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
            digest.update(bytes);
        }
        ByteBuffer hash = ByteBuffer.wrap(digest.digest());
        return new Key(hash.getLong(), hash.getLong());
    }
}
