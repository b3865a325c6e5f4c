package dev.tac8.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The hash by which tac8 knows content. */
public final class Sha256 {
    private Sha256() {
    }

    /** Begins a hash. */
    public static MessageDigest begin() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ends a hash: 64 hexadecimal digits. */
    public static String end(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The hash of all that can be read. */
    public static String of(InputStream in) throws IOException {
        MessageDigest digest = begin();
        in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
        return end(digest);
    }
}
