package dev.tac8.conversation;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;

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
    public void close() throws IOException {
        channel.close();
    }
}
