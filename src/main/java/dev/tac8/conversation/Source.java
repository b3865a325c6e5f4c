package dev.tac8.conversation;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;

/** The bytes of a conversation, held open: as its worker writes it. */
class Source implements Closeable {
    static final int BUFFER_BYTES = 1 << 16;

    private final FileChannel channel;

    Source(FileChannel channel) {
        this.channel = channel;
    }

    /** Reads it from its beginning, independent of other readers. */
    InputStream open() throws IOException {
        return new ChannelInput(channel);
    }

    /** Copies a run of bytes, or as much of it as exists. */
    final void copy(long position, long length, OutputStream target) throws IOException {
        try (InputStream in = open()) {
            in.skip(position);
            byte[] buffer = new byte[BUFFER_BYTES];
            long left = length;
            for (int read = 1; left > 0 && read > 0; left -= read) {
                read = in.readNBytes(buffer, 0, (int) Math.min(buffer.length, left));
                target.write(buffer, 0, read);
            }
        }
    }

    @Override
    public final void close() throws IOException {
        channel.close();
    }
}
