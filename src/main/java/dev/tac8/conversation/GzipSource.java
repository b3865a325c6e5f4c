package dev.tac8.conversation;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** A conversation from the archive, decompressed anew for each reader, in bounded memory. */
final class GzipSource implements Source {
    private static final int BUFFER_BYTES = 1 << 16;

    private final FileChannel channel;
    private final Path path;

    GzipSource(FileChannel channel, Path path) {
        this.channel = channel;
        this.path = path;
    }

    @Override
    public InputStream open() {
        return new Decompressing();
    }

    @Override
    public void copy(long position, long length, WritableByteChannel target) throws IOException {
        try (InputStream in = open()) {
            long left = position;
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int read = 0; left > 0 && read >= 0; left -= Math.max(read, 0)) {
                read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            }
            left = length;
            for (int read = 0; left > 0 && read >= 0; left -= Math.max(read, 0)) {
                read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, Math.max(read, 0));
                while (bytes.hasRemaining()) {
                    target.write(bytes);
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** Reports where damage is, in place of the decompressor's own message. */
    private final class Decompressing extends InputStream {
        private GZIPInputStream gzip;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                if (gzip == null) {
                    gzip = new GZIPInputStream(new ChannelInput(channel), BUFFER_BYTES);
                }
                return gzip.read(bytes, offset, length);
            } catch (ZipException | EOFException e) {
                throw new IOException("the archived conversation " + path + " is damaged from here on: bring it back from a backup, which"
                        + " ./tac8 archive verify then compares with what was put into it");
            }
        }

        @Override
        public void close() throws IOException {
            if (gzip != null) {
                gzip.close();
            }
        }
    }
}
