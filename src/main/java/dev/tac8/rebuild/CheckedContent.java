package dev.tac8.rebuild;

import dev.tac8.files.Sha256;
import dev.tac8.store.Reasons;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;

/** The bytes of a file, whose end is only reached if they are what they should be. */
final class CheckedContent extends FilterInputStream {
    private final Path path;
    private final MessageDigest digest = Sha256.begin();
    private final String expected;
    private final long expectedBytes;
    private long bytes;
    private String sha256;

    /**
     * @param expected      what the content's SHA-256 begins with, or null for any
     * @param expectedBytes its length, or -1 for any
     */
    CheckedContent(Path path, InputStream in, String expected, long expectedBytes) {
        super(in);
        this.path = path;
        this.expected = expected;
        this.expectedBytes = expectedBytes;
    }

    /** Says which file it is; without a cause, because only the innermost cause is shown. */
    static IOException failure(Path path, IOException cause) {
        return new IOException(path + " cannot be read, so nothing is rebuilt: " + Reasons.of(cause));
    }

    /** The content's hash, once all of it has been read. */
    String sha256() {
        return sha256;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int read;
        try {
            read = in.read(buffer, offset, length);
        } catch (IOException e) {
            throw failure(path, e);
        }
        if (read > 0) {
            digest.update(buffer, offset, read);
            bytes += read;
        }
        if (read < 0 && sha256 == null) {
            sha256 = Sha256.end(digest);
        }
        if (expectedBytes >= 0 && (bytes > expectedBytes || read < 0 && bytes < expectedBytes)
                || read < 0 && expected != null && !sha256.startsWith(expected)) {
            throw new IOException(path + " is not what was acknowledged, its content has changed, so nothing is rebuilt: put the original"
                    + " back from a backup");
        }
        return read;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    @Override
    public long skip(long count) throws IOException {
        return in.skip(0);
    }
}
