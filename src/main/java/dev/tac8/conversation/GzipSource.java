package dev.tac8.conversation;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** A conversation from the archive, decompressed anew for each reader, in bounded memory. */
final class GzipSource implements Source {
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
