package dev.tac8.conversation;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;

/** A conversation as its worker writes it. */
final class PlainSource implements Source {
    private final FileChannel channel;

    PlainSource(FileChannel channel) {
        this.channel = channel;
    }

    @Override
    public InputStream open() {
        return new ChannelInput(channel);
    }

    @Override
    public void copy(long position, long length, WritableByteChannel target) throws IOException {
        long done = 0;
        long now = 1;
        while (done < length && now > 0) {
            now = channel.transferTo(position + done, length - done, target);
            done += now;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
