package dev.tac8.text;

import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Serial;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Standard output, whose failures end the command: {@code System.out} and every {@code PrintWriter} hide theirs, and a full disk
 * would look like a whole answer.
 */
public final class StandardOutput extends OutputStream {
    private static final Path HERE = Path.of("/proc/self/fd/1");
    private static final Path NOTHING = Path.of("/dev/null");
    private static final int FILE_TYPE = 0170000;
    private static final int PIPE = 0010000;
    private static final int SOCKET = 0140000;

    private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);

    /** Output could not be written. Not an exception: picocli would print the stack trace of one that meets {@code --help}. */
    public static final class Failure extends Error {
        @Serial
        private static final long serialVersionUID = 1L;

        private final boolean readerGone;

        Failure(IOException cause, boolean readerGone) {
            super("cannot write the answer: " + cause.getMessage(), cause);
            this.readerGone = readerGone;
        }

        /** Whether the reader has gone, which is not a fault: {@code head} has seen enough. */
        public boolean isReaderGone() {
            return readerGone;
        }
    }

    /** A writer of UTF-8 that throws {@link Failure}; a line is written when it is complete. */
    public PrintWriter writer() {
        return new PrintWriter(new BufferedWriter(new OutputStreamWriter(this, StandardCharsets.UTF_8)), true);
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            // The message does not tell: it is in the user's language.
            throw new Failure(e, isPipe());
        }
    }

    /**
     * Ends a command that has nothing to write while its reader is gone. A pipe tells that only to a writer; this kernel looks for the
     * reader even if nothing is sent. Another kernel may not; then the next line tells.
     */
    public void checkReader() {
        try (FileChannel nothing = FileChannel.open(NOTHING)) {
            nothing.transferTo(0, 1, out.getChannel());
        } catch (IOException e) {
            throw new Failure(e, isPipe());
        }
    }

    private static boolean isPipe() {
        try {
            int type = (Integer) Files.getAttribute(HERE, "unix:mode") & FILE_TYPE;
            return type == PIPE || type == SOCKET;
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }
}
